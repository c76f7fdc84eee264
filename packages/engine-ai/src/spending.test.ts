import { says, uses } from '@batonjs/vendor-server'
import { describe, expect, it } from 'vitest'
import { call, sessionIn, startModel } from './loopback.fixture.ts'
import { createTools } from './tools.fixture.ts'

/** A conversation in which a tool was called and has not run. */
const openRead = [
  { role: 'user', content: 'Go.' },
  {
    role: 'assistant',
    content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'read', input: { path: 'a' } }],
  },
]

describe('the tools of a call with a budget', () => {
  it('B3: are followed by no turn when the budget of the call is used up', async () => {
    const { tools } = createTools()
    const expensive = uses('read', { path: 'a' }, { usage: { input: 900, output: 100 } })
    const { engine, server } = await startModel(expensive, { tools })
    const { events, result } = await call(engine, { budget: { tokens: 2_000 } })
    expect(result.error).toMatchObject({ code: 'budget_exceeded', retryable: false })
    expect(server.requests).toHaveLength(2)
    expect(events.findLast(({ type }) => type === 'usage')).toMatchObject({ usage: { totalTokens: 2_000 } })
  })

  it('B3: do not run when the turn that would hear of them has no room in the budget', async () => {
    const { tools, done } = createTools()
    const usage = { input: 900, output: 100 }
    const use = uses('read', { path: 'a' }, { usage })
    const { engine, server } = await startModel([use, says('Done.', { usage: { input: 0, output: 0 } })], {
      tools,
      prices: { 'loopback-1': { input: 10, output: 10, cachedInput: 1 } },
    })
    for (const budget of [{ tokens: 1_800 }, { costUsd: 0.0108 }]) {
      const { events, result } = await call(engine, { budget })
      expect(result.error).toMatchObject({ code: 'budget_exceeded' })
      expect(sessionIn(events)).toBeDefined()
    }
    expect(done).toEqual([])
    expect(server.requests).toHaveLength(2)
    for (const budget of [{ tokens: 1_900 }, { costUsd: 0.0109 }])
      expect((await call(engine, { budget })).result.output).toBe('Done.')
  })

  it('B3: do not run when a later attempt has no budget at all', async () => {
    const { tools, done } = createTools()
    const { engine, server } = await startModel([uses('read', { path: 'a' })], { tools, maxSteps: 1 })
    const session = { kind: 'ai-messages', version: 1, messages: openRead }
    const { result } = await call(engine, { session, continuation: 'Go on.', budget: { tokens: 0 } })
    expect(result.error?.code).toBe('budget_exceeded')
    expect(done).toEqual([])
    expect(server.requests).toEqual([])
  })
})
