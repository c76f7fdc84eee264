import type { StepContext } from '@batonjs/core'

/** Which repair of its attempt a call is. */
export type RepairCounter = (context: StepContext) => number

/** Tells the repairs of one attempt apart; a call that is no repair is number 0. */
export function createRepairCounter(): RepairCounter {
  const counts = new Map<string, number>()
  return ({ promptParts, runId, idempotencyKey, attempt }) => {
    if (promptParts.repair === '') return 0
    const key = JSON.stringify([runId, idempotencyKey, attempt])
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return count
  }
}
