/** Runs that a budget has held up, and what a resume makes of them (rule B3). */
import { allOf, checkJournal, firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { DurableEvent } from '../events/swarm-event.ts'
import { defineFlow } from '../flow/define-flow.ts'
import type { Flow, StepInput } from '../flow/flow.ts'
import type { RunStorage } from '../storage/storage.ts'
import { beside, cost, spend, steps } from './budget.fixture.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import { createProcess, journalOf, type ProcessOptions } from './process.fixture.ts'

const call: StepInput = { id: 'call', kind: 'flow', flow: 'child', needs: [] }

/** A call that takes a dollar and may be tried again. */
const busy = { ...cost(1), fail: { code: 'timeout', retryable: true } }

/** What a process left on the storage that died right after an event. */
async function leftAfter(events: readonly DurableEvent[], last: DurableEvent): Promise<RunStorage> {
  const storage = createMemoryStorage()
  const writer = await storage.createRun(events.slice(0, last.seq), { sync: 'os' })
  await writer.close()
  return storage
}

/** Takes a run up with more, and drives it to its end. */
async function resume(
  what: readonly StepInput[] | readonly Flow[],
  { costUsd, ...options }: ProcessOptions & { readonly storage: RunStorage; readonly costUsd: number },
) {
  const { orchestrator, clock, called } = createProcess(what, options)
  const result = await clock.drive(orchestrator.resume('run-1', { budget: { costUsd } }))
  const events = await journalOf(options.storage, 'run-1')
  expect(checkJournal(events)).toEqual([])
  return { result, events, called }
}

describe('a map that a budget has held up', () => {
  const map: StepInput = {
    id: 'each',
    kind: 'map',
    items: '["x", "y", "z"]',
    itemKey: '$item',
    itemRule: 'all_done',
    step: { prompt: '$item' },
  }

  it('B3: is not done, whatever its rule, and goes on with the items that were kept back', async () => {
    const storage = createMemoryStorage()
    const replies = { each: cost(1) }
    const before = await spend([map], { storage, replies, request: { budget: { costUsd: 1 } } })
    expect(firstOf(before.events, 'step_error')).toMatchObject({
      stepId: 'each',
      error: { code: 'map_items_failed', message: '2 of 3 items failed: y (budget), z (budget)' },
    })
    const { result, called } = await resume([map], { storage, replies, costUsd: 3 })
    expect(called()).toHaveLength(2)
    expect(result).toMatchObject({ status: 'succeeded', costUsd: 3, census: { items: { succeeded: 3 } } })
  })
})

describe('the budget of a run', () => {
  it('B3: ends the run with the visit, and no other flow follows', async () => {
    const main = defineFlow({ key: 'main', steps: steps('a', 'b'), onFailure: { nextFlow: 'mend' } })
    const mend = defineFlow({ key: 'mend', steps: steps('c') })
    const { events, result } = await spend([main, mend], {
      replies: { a: cost(1) },
      request: { flow: 'main', follow: 'macro', budget: { costUsd: 1 } },
    })
    expect(allOf(events, 'flow_start')).toHaveLength(1)
    expect(result).toMatchObject({ status: 'failed', nextFlow: 'mend' })
  })

  it('law 2: ends the same visits when the record was torn between two of them', async () => {
    const main = defineFlow({ key: 'main', steps: [call] })
    const child = defineFlow({ key: 'child', steps: steps('x', 'y') })
    const flows = [main, child]
    const replies = { x: cost(1) }
    const { events } = await spend(flows, { replies, request: { flow: 'main', budget: { costUsd: 1 } } })
    const storage = await leftAfter(events, firstOf(events, 'budget_exceeded'))
    const { orchestrator, clock } = createProcess(flows, { storage, replies })
    await clock.drive(orchestrator.resume('run-1'))
    const told = allOf(await journalOf(storage, 'run-1'), 'budget_exceeded')
    expect(told.map(({ frame }) => frame)).toEqual(['main#1', 'child#1'])
  })

  it('S5: calls what was about to be refused when the process died, once there is enough', async () => {
    const storage = createMemoryStorage()
    const what = steps('a', 'b')
    await spend(what, { storage, replies: { a: busy }, request: { budget: { costUsd: 1 } } })
    const { events } = await resume(what, { storage, costUsd: 1 })
    const [uncalled] = allOf(events, 'step_start').slice(-1)
    if (uncalled === undefined) throw new Error('Nothing began')
    const replies = { a: cost(1), b: cost(1) }
    const again = await resume(what, { storage: await leftAfter(events, uncalled), replies, costUsd: 4 })
    expect(again.result).toMatchObject({ status: 'succeeded', census: { succeeded: 2, skipped: 0 } })
    expect(again.called()).toHaveLength(2)
  })

  it('law 6: that is too small again leaves no visit open which a resume had opened', async () => {
    const main = defineFlow({ key: 'main', steps: [...beside('a'), call] })
    const child = defineFlow({ key: 'child', steps: steps('x') })
    const storage = createMemoryStorage()
    const options = { storage, replies: { a: busy } }
    await spend([main, child], { ...options, request: { flow: 'main', budget: { costUsd: 1 } } })
    const { events, result } = await resume([main, child], { ...options, costUsd: 1 })
    expect(allOf(events, 'flow_end').map(({ frame }) => frame)).toEqual([
      'child#1',
      'main#1',
      'child#1',
      'main#1',
    ])
    expect(result).toMatchObject({ status: 'failed', census: { skippedBecause: { budget: 2 } } })
    expect(result.census?.skippedBecause).not.toHaveProperty('stopped')
  })
})
