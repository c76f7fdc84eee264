import { createStubEngine, type StubReplies } from '@batonjs/engine-stub'
import { allOf, collect } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { defineFlow } from '../flow/define-flow.ts'
import type { Flow, StepInput } from '../flow/flow.ts'
import { createOrchestrator, type Orchestrator } from './create-orchestrator.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import { codeOf, createProcess, journalOf } from './process.fixture.ts'

const storage = createMemoryStorage()

/** An orchestrator as another process would make it: its own engine, the same storage. */
function open(steps: readonly StepInput[], replies: Readonly<Record<string, StubReplies>> = {}) {
  const engine = createStubEngine({ steps: replies })
  const orchestrator = createOrchestrator({
    flows: [defineFlow({ key: 'main', steps })],
    engines: [engine],
    storage,
  })
  return { orchestrator, called: () => engine.calls.map(({ stepId, iteration }) => `${stepId}#${iteration}`) }
}

const chain: readonly StepInput[] = [
  { id: 'a', prompt: 'A' },
  { id: 'b', prompt: 'B of $a.output', needs: ['a'] },
  { id: 'c', prompt: 'C of $b.output', needs: ['b'] },
]

describe('a run that is over', () => {
  it('S5: retryFailed runs failed steps again and what they skipped', async () => {
    const broken = open(chain, { b: { fail: { code: 'broken' } } })
    const { runId, status } = await broken.orchestrator.execute()
    expect(status).toBe('failed')
    const again = open(chain)
    expect(await again.orchestrator.resume(runId, { retryFailed: true })).toMatchObject({
      status: 'succeeded',
    })
    expect(again.called()).toEqual(['b#1', 'c#1'])
  })

  it('S6: an edited flow runs the failed step again and what it skipped, and keeps the rest', async () => {
    const broken = open(chain, { b: { fail: { code: 'broken' } } })
    const { runId } = await broken.orchestrator.execute()
    const mended = open(
      chain.map((step) => (step.id === 'b' ? { ...step, prompt: 'Better B of $a.output' } : step)),
    )
    expect(await mended.orchestrator.resume(runId, { flow: 'current' })).toMatchObject({
      status: 'succeeded',
    })
    expect(mended.called()).toEqual(['b#1', 'c#1'])
  })
})

describe('a run that is over and whose flow was edited', () => {
  const flowOf = (key: string, prompt: string, params?: Flow['params']): Flow =>
    defineFlow({ key, steps: [{ id: key, prompt }], ...(params === undefined ? {} : { params }) })

  it('S6: goes on after a success, too, and runs what changed', async () => {
    const { runId } = await open(chain).orchestrator.execute()
    const edited = chain.map((step) =>
      step.id === 'b' ? { ...step, prompt: 'Better B of $a.output' } : step,
    )
    const again = open(edited)
    expect(await codeOf(again.orchestrator.resume(runId))).toBe('flow_changed')
    expect(await again.orchestrator.resume(runId, { flow: 'current' })).toMatchObject({ status: 'succeeded' })
    expect(again.called()).toEqual(['b#1', 'c#1'])
    expect(await codeOf(again.orchestrator.resume(runId, { flow: 'current' }))).toBe('run_over')
  })

  it('S6: is over, whatever is asked for, when only a flow before the last was edited', async () => {
    const first = createProcess([flowOf('one', 'One'), flowOf('two', 'Two')])
    await first.orchestrator.execute({ runId: 'run-1', flows: ['one', 'two'] })
    const again = createProcess([flowOf('one', 'Better'), flowOf('two', 'Two')], { storage: first.storage })
    for (const options of [{}, { flow: 'current' }, { flow: 'stored' }] as const) {
      expect(await codeOf(again.orchestrator.resume('run-1', options))).toBe('run_over')
    }
  })

  it('S6: is refused params_invalid before anything is done when the edit asks for other params', async () => {
    const needsName = { type: 'object', required: ['name'] } as const
    const broken = createProcess([flowOf('one', 'One'), flowOf('two', 'Two')], {
      replies: { one: { fail: { code: 'broken' } } },
    })
    const { storage } = broken
    await broken.orchestrator.execute({ runId: 'run-1', flows: ['one', 'two'] })
    const before = await journalOf(storage, 'run-1')
    for (const flows of [
      [flowOf('one', 'Greet $params.name', needsName), flowOf('two', 'Two')],
      [flowOf('one', 'Better'), flowOf('two', 'Greet $params.name', needsName)],
    ]) {
      const { orchestrator } = createProcess(flows, { storage })
      const options = { flow: 'current', retryFailed: true } as const
      expect(await codeOf(orchestrator.planResume('run-1', options))).toBe('params_invalid')
      expect(await codeOf(orchestrator.resume('run-1', options))).toBe('params_invalid')
    }
    expect(await journalOf(storage, 'run-1')).toEqual(before)
  })
})

describe('a run that was stopped', () => {
  /** `draft` goes to `judge` by way of `polish` when it says so; `judge` wants a second draft. */
  const loop: readonly StepInput[] = [
    {
      id: 'draft',
      prompt: 'Draft',
      routing: { kind: 'branch', cases: [{ value: 'ROUGH', next: 'polish' }], default: 'judge' },
    },
    { id: 'polish', prompt: 'Polish', routing: { kind: 'linear', next: 'judge' } },
    { id: 'judge', prompt: 'Judge', routing: { kind: 'microloop', loopTarget: 'draft' } },
  ]
  const judge = [{ verdict: 'UNVERIFIED' }, { verdict: 'VERIFIED' }]

  it('S5: goes on where it was', async () => {
    const first = open(chain, { b: { ending: { kind: 'hang' } } })
    const runId = await leaveAt('b#1', first.orchestrator)
    const again = open(chain)
    const events = await collect(again.orchestrator.resumeStream(runId))
    expect(events[0]).toMatchObject({ type: 'run_resumed', resumedFrom: 'stop' })
    expect(events.at(-1)).toMatchObject({ type: 'run_completed', status: 'succeeded' })
    expect(again.called()).toEqual(['b#1', 'c#1'])
  })

  it('L3: does not skip in the next pass of a loop what the pass before has skipped', async () => {
    const first = open(loop, { judge, 'draft#2': { ending: { kind: 'hang' } } })
    const runId = await leaveAt('draft#2', first.orchestrator)
    const again = open(loop, { judge, draft: { verdict: 'ROUGH' } })
    const events = await collect(again.orchestrator.resumeStream(runId))
    expect(allOf(events, 'step_skipped')).toEqual([])
    expect(again.called()).toEqual(['draft#2', 'polish#2', 'judge#2'])
  })
})

/** Leaves a run when a step starts; gives its id. */
async function leaveAt(execution: string, orchestrator: Orchestrator): Promise<string> {
  for await (const event of orchestrator.executeStream()) {
    if (event.type === 'step_start' && `${event.stepId}#${event.iteration}` === execution) return event.runId
  }
  throw new Error(`The run ended before ${execution}`)
}
