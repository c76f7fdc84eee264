import { allOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StepInput } from '../flow/flow.ts'
import { chain, edited, leftAt } from './left-run.fixture.ts'
import type { PlannedStep, ResumeOptions } from './options.ts'
import { createProcess, journalOf } from './process.fixture.ts'

describe('planResume', () => {
  const cases: readonly [string, string, readonly StepInput[], ResumeOptions][] = [
    ['a run that was left', 'b', chain, {}],
    ['an edited step', 'c', edited('b', 'Better B of $a.output'), { flow: 'current' }],
    ['an edited first step', 'c', edited('a', 'Better A'), { flow: 'current' }],
    ['an edit that the stored flow overrules', 'b', edited('a', 'Better A'), { flow: 'stored' }],
    ['a new step', 'c', [...chain, { id: 'more', prompt: 'More', needs: ['a'] }], { flow: 'current' }],
    ['a step that is gone', 'b', chain.filter(({ id }) => id !== 'c'), { flow: 'current' }],
  ]

  it.each(cases)('S6: tells for %s what a resume then does', async (_, stepId, steps, options) => {
    const storage = await leftAt(stepId)
    const { orchestrator, engine } = createProcess(steps, { storage })
    const before = await journalOf(storage, 'run-1')
    const plan = await orchestrator.planResume('run-1', options)
    expect(await journalOf(storage, 'run-1')).toEqual(before)
    await orchestrator.resume('run-1', options)
    const called = engine.calls.map((call) => call.stepId)
    expect(plannedToRun(plan.steps)).toEqual([...called].sort())
  })

  it('S5: tells for retryFailed what a resume then does', async () => {
    const first = createProcess(chain, { replies: { b: { fail: { code: 'broken' } } } })
    await first.orchestrator.execute({ runId: 'run-1' })
    const { orchestrator, engine } = createProcess(chain, { storage: first.storage })
    expect((await orchestrator.planResume('run-1')).steps).toMatchObject([
      { stepId: 'a', action: 'reuse' },
      { stepId: 'b', action: 'blocked', cause: 'broken' },
      { stepId: 'c', action: 'skipped', cause: 'needs_failed' },
      { stepId: 'side', action: 'reuse' },
    ])
    const plan = await orchestrator.planResume('run-1', { retryFailed: true })
    await orchestrator.resume('run-1', { retryFailed: true })
    expect(plannedToRun(plan.steps)).toEqual(engine.calls.map((call) => call.stepId).sort())
  })

  it('S6: tells that a failure which stays keeps skipped what needs it, though another need runs again', async () => {
    const steps = (prompt: string): readonly StepInput[] => [
      { id: 'a', prompt: 'A', needs: [] },
      { id: 'b', prompt, needs: [] },
      { id: 'z', prompt: 'Z', needs: ['a', 'b'] },
      { id: 'last', prompt: 'Last', needs: ['z', 'b'] },
    ]
    const first = createProcess(steps('B'), { replies: { a: { fail: { code: 'broken' } } } })
    await first.orchestrator.execute({ runId: 'run-1' })
    const { orchestrator, engine } = createProcess(steps('Better B'), { storage: first.storage })
    const plan = await orchestrator.planResume('run-1', { flow: 'current' })
    expect(plan.steps.map(({ stepId, action, cause }) => `${stepId}: ${action}, ${cause}`)).toEqual([
      'a: blocked, broken',
      'b: rerun, definition changed',
      'z: skipped, needs_failed',
      'last: skipped, needs_skipped',
    ])
    await orchestrator.resume('run-1', { flow: 'current' })
    expect(engine.calls.map(({ stepId }) => stepId)).toEqual(['b'])
    await orchestrator.resume('run-1', { retryFailed: true })
    expect(engine.calls.map(({ stepId }) => stepId)).toEqual(['b', 'a', 'z', 'last'])
  })

  it('S6: tells of an edited map only that it begins anew: its items are not known yet', async () => {
    const steps = (items: string): readonly StepInput[] => [
      { id: 'each', kind: 'map', items, itemKey: '$item', step: { prompt: 'Item $item' } },
    ]
    const { orchestrator, storage } = createProcess(steps('["x", "y"]'))
    await orchestrator.execute({ runId: 'run-1' })
    const edited = createProcess(steps('["x", "z"]'), { storage })
    const plan = await edited.orchestrator.planResume('run-1', { flow: 'current' })
    expect(plan.steps).toMatchObject([{ stepId: 'each', action: 'rerun', cause: 'definition changed' }])
    expect(plan.steps).toHaveLength(1)
  })

  it('H3: tells which steps wait for people', async () => {
    const { orchestrator } = createProcess([{ id: 'gate', kind: 'approval', prompt: 'Go?' }])
    const { openRequests } = await orchestrator.execute({ runId: 'run-1' })
    const plan = await orchestrator.planResume('run-1')
    expect(plan).toMatchObject({ status: 'waiting', changedFlows: [] })
    expect(plan.steps).toMatchObject([
      { action: 'wait', cause: `open request ${openRequests[0]?.requestId}` },
    ])
  })

  it('S6: names the flows that were changed, and takes no lock', async () => {
    const storage = await leftAt('b')
    const writer = await storage.openRun('run-1')
    const plan = await createProcess(edited('b', 'Better B'), { storage }).orchestrator.planResume('run-1')
    expect(plan.changedFlows).toEqual(['main'])
    await writer.close()
    expect(allOf(await journalOf(storage, 'run-1'), 'flow_revised')).toEqual([])
  })
})

function plannedToRun(steps: readonly PlannedStep[]): readonly string[] {
  return steps
    .filter(({ action }) => action === 'run' || action === 'rerun')
    .map(({ stepId }) => stepId)
    .sort()
}
