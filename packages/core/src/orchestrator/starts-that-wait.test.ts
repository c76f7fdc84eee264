/** Starts that wait for a slot: what was decided when they asked may hold no longer when they get it. */
import { describe, expect, it } from 'vitest'
import { createProcess, journalOf } from './process.fixture.ts'

const long = { acts: [{ kind: 'wait', ms: 100 }] } as const

describe('a start that waits for its slot', () => {
  it('F5: is not made when its step has lost meanwhile', async () => {
    const { orchestrator, clock, storage, called } = createProcess(
      [
        { id: 'a', prompt: 'a', needs: [] },
        { id: 'b', prompt: 'b', needs: [] },
        {
          id: 'race',
          kind: 'function',
          needs: ['a', 'b'],
          triggerRule: 'one_success',
          losers: 'cancel',
          run: () => 'over',
        },
        { id: 'after', prompt: 'after', needs: ['race'] },
      ],
      { slots: { perEngine: { stub: 1 } }, replies: { a: long, b: long } },
    )
    await clock.drive(orchestrator.execute({ runId: 'run-1' }))
    expect(called()).toEqual(['a#1.1', 'after#1.1'])
    const journal = await journalOf(storage, 'run-1')
    expect(journal.filter((event) => 'stepId' in event && event.stepId === 'b')).toMatchObject([
      { type: 'step_skipped', reason: 'lost' },
    ])
  })

  it('X2: is not made when the budget has been used up meanwhile', async () => {
    const { orchestrator, clock, called } = createProcess(
      [
        { id: 'a', prompt: 'a', needs: [] },
        { id: 'b', prompt: 'b', needs: [] },
      ],
      { slots: { perRun: 1 }, replies: { a: long, b: long } },
    )
    const result = await clock.drive(orchestrator.execute({ limits: { stepExecutions: 1 } }))
    expect(result).toMatchObject({ status: 'failed', error: { code: 'step_budget_exceeded' } })
    expect(called()).toEqual(['a#1.1'])
  })
})
