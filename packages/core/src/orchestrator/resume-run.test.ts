import { createStubEngine, type StubReplies } from '@batonjs/engine-stub'
import { allOf, collect } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { defineFlow } from '../flow/define-flow.ts'
import type { StepInput } from '../flow/flow.ts'
import { createOrchestrator, type Orchestrator } from './create-orchestrator.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'

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
