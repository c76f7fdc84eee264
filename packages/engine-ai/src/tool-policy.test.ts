import type { PermissionLists } from '@batonjs/core'
import { says, uses } from '@batonjs/vendor-server'
import * as ai from 'ai'
import { describe, expect, it } from 'vitest'
import { call, startModel } from './loopback.fixture.ts'
import { createTools, inputSchema } from './tools.fixture.ts'

describe('tools that need no approval', () => {
  it.each<[string, Partial<PermissionLists>]>([
    ['by its name', { deny: ['read'], allow: ['read'] }],
    ['by a pattern', { deny: ['r*d'] }],
    ['as all that is not allowed', { allow: ['write', 'rea'], otherwise: 'deny' }],
  ])(
    'law 7: are asked for when the policy refuses them %s, whatever they say themselves',
    async (_, lists) => {
      const { tools, done } = createTools()
      const { engine } = await startModel([uses('read', { path: 'a' }), says('Then not.')], { tools })
      const permissions: PermissionLists = { allow: [], deny: [], otherwise: 'ask', ...lists }
      const { result, recorded } = await call(engine, { permissions, decide: () => false })
      expect(recorded.approvals).toMatchObject([{ name: 'read', input: { path: 'a' } }])
      expect(done).toEqual([])
      expect(result.output).toBe('Then not.')
    },
  )

  it.each<[string, Partial<PermissionLists>]>([
    ['something else is refused', { deny: ['rea', 'read.', '*write'] }],
    ['it is allowed and the rest is not', { allow: ['re*'], otherwise: 'deny' }],
  ])('run unasked where the host says so and %s', async (_, lists) => {
    const { tools, done } = createTools()
    const { engine } = await startModel([uses('read', { path: 'a' }), says('Done.')], { tools })
    const permissions: PermissionLists = { allow: [], deny: [], otherwise: 'ask', ...lists }
    expect((await call(engine, { permissions })).recorded.approvals).toEqual([])
    expect(done).toEqual(['read a'])
  })

  it('law 7: are not shown to the model when they run at the vendor and the policy refuses them', async () => {
    const search = { type: 'provider', id: 'vendor.search', args: {}, inputSchema, needsApproval: false }
    // A tool that the vendor runs, as provider packages make them.
    const tools = { search: search as never, read: createTools().tools.read }
    const told: string[][] = []
    const streamText: typeof ai.streamText = (request) => {
      told.push(Object.keys(request.tools ?? {}))
      return ai.streamText(request)
    }
    const { engine } = await startModel(says('Hi'), { tools, ai: { ...ai, streamText } })
    for (const deny of [[], ['search']])
      await call(engine, { permissions: { allow: [], deny, otherwise: 'ask' } })
    expect(told).toEqual([['search', 'read'], ['read']])
  })
})
