/** What calls tell of what they take, in the middle of their work and with their result. */
import type { StepContext } from '../../../src/engine/context.ts'
import type { EngineEvent, StepResult } from '../../../src/engine/result.ts'
import { nextTurn } from '../../../src/orchestrator/turn.ts'
import type { Behaviour, Bill } from '../scenario.ts'
import type { Stage } from './actor.ts'

/** What a call tells while it works. It is ended in the next turn when that is more than it may take (rule B3). */
export async function* tellWorking(
  { bill }: Behaviour,
  { book }: Stage,
  context: StepContext,
): AsyncGenerator<EngineEvent, void, void> {
  if (bill === undefined || bill.when === 'ending' || bill.tells === 'nothing') return
  const { usage = {}, costUsd } = told(bill, 1)
  yield { type: 'usage', usage, ...(costUsd === undefined ? {} : { costUsd }) }
  const { idempotencyKey, attempt, signal } = context
  const isOver = isMore(costUsd, context.budget?.costUsd) || isMore(usage.totalTokens, context.budget?.tokens)
  if (!isOver) return
  // An answer that is on its way is waited for.
  await nextTurn()
  if (!signal.aborted) book.complain(`${idempotencyKey}.${attempt} may take more than it may (B3)`)
}

/** What a call tells with its result: all that it has taken by then. */
export function toldAtLast(bill: Bill | undefined): Pick<StepResult, 'usage' | 'costUsd'> {
  if (bill === undefined || bill.when === 'working') return {}
  return told(bill, bill.when === 'both' ? 2 : 1)
}

function told({ tells, costUsd, tokens }: Bill, times: number): Pick<StepResult, 'usage' | 'costUsd'> {
  const usage = { usage: { totalTokens: times * tokens } }
  const cost = { costUsd: times * costUsd }
  return {
    ...(tells === 'both' || tells === 'usage' ? usage : {}),
    ...(tells === 'both' || tells === 'cost' ? cost : {}),
  }
}

function isMore(taken = 0, most = Number.POSITIVE_INFINITY): boolean {
  return taken > most
}
