import type { StubAct } from '@batonjs/engine-stub'
import { allOf, checkJournal, firstOf, typesOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { PermissionPolicy } from '../../engine/permissions.ts'
import { defineFlow } from '../../flow/define-flow.ts'
import { createOrchestrator } from '../create-orchestrator.ts'
import { createMemoryStorage } from '../memory/memory-storage.ts'
import { approve, requestOf } from '../people.fixture.ts'
import { codeOf, createProcess, journalOf } from '../process.fixture.ts'

const act = (name: string): StubAct => ({ kind: 'propose', action: { name, input: { path: 'a.ts' } } })
const steps = [{ id: 'act', prompt: 'Act' }]

/** Runs a step that proposes one action; nobody is there to answer. */
async function propose(permissions: PermissionPolicy | undefined, name: string) {
  const process = createProcess(steps, {
    replies: { act: { acts: [act(name)] } },
    ...(permissions === undefined ? {} : { permissions }),
  })
  const result = await process.orchestrator.execute({ runId: 'run-1' })
  return { ...process, result, events: await journalOf(process.storage, 'run-1') }
}

describe('the permission policy', () => {
  it('asks a human when nothing is said: no tool is used without', async () => {
    const { result, events } = await propose(undefined, 'write')
    expect(result.status).toBe('waiting')
    expect(typesOf(events)).not.toContain('tool_start')
  })

  it.each<[string, PermissionPolicy, string]>([
    ['allows what it names', { allow: ['write'] }, 'write'],
    ['allows what a pattern names', { allow: ['mcp__*__read*'] }, 'mcp__files__read_all'],
    ['allows everything when it says so', { otherwise: 'allow' }, 'write'],
    ['allows what it decides for itself', { decide: ({ input }) => decided(input, 'allow') }, 'write'],
  ])(
    'H4: %s: the action is shown, answered by the policy, and its answer is used up',
    async (_, permissions, name) => {
      const { result, events } = await propose(permissions, name)
      expect(result.status).toBe('succeeded')
      const asked = firstOf(events, 'proposed_action')
      expect(asked.action).toEqual({ name, input: { path: 'a.ts' } })
      expect(firstOf(events, 'action_resolved')).toMatchObject({
        requestId: asked.requestId,
        outcome: 'answered',
        by: 'policy',
        answer: { approved: true },
        seq: asked.seq + 1,
      })
      expect(firstOf(events, 'tool_start').requestId).toBe(asked.requestId)
      expect(checkJournal(events)).toEqual([])
    },
  )

  it.each<[string, PermissionPolicy]>([
    [
      'refuses what it names, whatever else allows it',
      { deny: ['wri*'], allow: ['*'], decide: () => 'allow' },
    ],
    ['refuses the rest when it says so', { allow: ['read'], otherwise: 'deny' }],
    ['refuses what it decides against', { allow: ['write'], decide: () => 'deny' }],
  ])('H4: %s, and the engine is told', async (_, permissions) => {
    const { engine, events } = await propose(permissions, 'write')
    expect(engine.calls[0]?.approvals).toEqual([
      { requestId: firstOf(events, 'proposed_action').requestId, approved: false, by: 'policy' },
    ])
    expect(typesOf(events)).not.toContain('tool_start')
  })

  it.each<[string, PermissionPolicy]>([
    ['a name that only looks alike', { allow: ['writ', 'write*r', 'rewrite', 'w*x*e', '*write*write*'] }],
    ['a decision to ask', { allow: ['write'], decide: () => 'ask' }],
  ])('asks a human about %s', async (_, permissions) => {
    const { result } = await propose(permissions, 'write')
    expect(result.status).toBe('waiting')
  })

  // Whatever a host may write in JavaScript.
  it.each<[string, () => unknown, string]>([
    ['throws', () => raise(), 'threw: no'],
    ['is none', () => 'yes', 'gave "yes"'],
    ['is not there yet', () => Promise.reject(new Error('late')), 'gave a promise'],
  ])('asks a human, and tells the host, when its decision %s', async (_, decide, told) => {
    const { result, events } = await propose({ allow: ['write'], decide: decide as never }, 'write') // as said above
    expect(result.status).toBe('waiting')
    const [diagnostic] = allOf(events, 'diagnostic')
    expect(diagnostic).toMatchObject({ code: 'permission_undecided', address: 'main#1/act#1.1' })
    expect(diagnostic?.message).toContain(told)
  })

  it('H4: does not answer what a crash has left open: whoever was asked decides', async () => {
    const storage = createMemoryStorage()
    const replies = { act: { acts: [act('write')] } }
    const { runId } = await createProcess(steps, { storage, replies }).orchestrator.execute()
    const second = createProcess(steps, { storage, replies, permissions: { otherwise: 'allow' } })
    expect(await second.orchestrator.resume(runId)).toMatchObject({ status: 'waiting' })
    const third = createProcess(steps, { storage, replies })
    await third.orchestrator.resume(runId, { onRequest: () => ({ answer: approve, by: 'ada' }) })
    expect(allOf(await journalOf(storage, runId), 'action_resolved')).toMatchObject([{ by: 'ada' }])
  })

  it.each<[string, PermissionPolicy, PermissionPolicy, boolean]>([
    ['allows no more what it has allowed', { allow: ['write'] }, { deny: ['write'] }, false],
    ['refuses no more what it has refused', { deny: ['write'] }, { allow: ['write'] }, true],
    ['denies what it has asked people about', {}, { deny: ['write'] }, false],
  ])('law 7: counts as it is now: %s', async (_, before, now, approved) => {
    const storage = createMemoryStorage()
    const hang = { act: { acts: [act('write')], ending: { kind: 'hang' as const } } }
    const first = createProcess(steps, { storage, replies: hang, permissions: before, drainMs: 0 })
    const run = await first.orchestrator.start({ runId: 'run-1' })
    const { requestId } = await requestOf(run)
    // As the journal stood before the tool was used.
    const events = await journalOf(storage, 'run-1')
    const asked = events.findIndex((event) => 'answerSchema' in event && event.requestId === requestId)
    const isAnswered = events[asked + 1]?.type === 'action_resolved'
    const left = createMemoryStorage()
    await (await left.createRun(events.slice(0, asked + (isAnswered ? 2 : 1)), { sync: 'os' })).close()
    const second = createProcess(steps, {
      storage: left,
      replies: { act: { acts: [act('write')] } },
      permissions: now,
    })
    await second.orchestrator.resume('run-1')
    expect(second.engine.calls[0]?.approvals).toMatchObject([{ approved, by: 'policy' }])
    await run.cancel()
  })

  it.each([' write', 'wri\u200bte', 'write\u0000'])(
    'law 7: denies what only looks otherwise: %j',
    async (name) => {
      const { events } = await propose({ deny: ['write'], otherwise: 'allow' }, name)
      expect(firstOf(events, 'action_resolved').answer).toEqual({ approved: false })
    },
  )

  it('leaves what a function step asks to people', async () => {
    const flow = defineFlow({
      key: 'main',
      steps: [
        { id: 'ship', kind: 'function', run: ({ approve: ask }) => ask({ name: 'ship' }).then(() => 1) },
      ],
    })
    const orchestrator = createOrchestrator({ flows: [flow], permissions: { otherwise: 'allow' } })
    expect(await orchestrator.execute()).toMatchObject({ status: 'waiting' })
  })

  it.each<[string, PermissionPolicy, PermissionPolicy]>([
    ['as lists', { allow: ['read'] }, { allow: ['read'], deny: [], otherwise: 'ask' }],
    [
      'as what is denied when it decides for itself',
      { allow: ['read'], deny: ['rm'], otherwise: 'allow', decide: () => 'allow' },
      { allow: [], deny: ['rm'], otherwise: 'ask' },
    ],
  ])('is shown to the engine %s', async (_, permissions, shown) => {
    const { engine } = await propose(permissions, 'write')
    expect(engine.calls[0]?.context.permissions).toEqual(shown)
  })

  it('is refused when it is none', async () => {
    // Whatever a host may write in JavaScript.
    const permissions = { allow: 'all', otherwise: 'maybe' } as never
    await expect(codeOf(Promise.resolve().then(() => createOrchestrator({ permissions })))).resolves.toBe(
      'options_invalid',
    )
  })
})

function decided(input: unknown, decision: 'allow'): 'allow' | undefined {
  return JSON.stringify(input) === '{"path":"a.ts"}' ? decision : undefined
}

function raise(): never {
  throw new Error('no')
}
