/** My job: what a call may still take of what it has reserved (rule B3). */
import type { StepContext } from '../../engine/context.ts'
import { EngineError } from '../../errors/swarm-error.ts'
import { toldAmounts } from '../../run/budget.ts'
import { nextTurn } from '../turn.ts'
import type { RunningCall } from './running-call.ts'

/** What the next pass of an engine may take; nothing where no budget bounds it. */
export function remainingBudget({ execution, spent }: RunningCall): Pick<StepContext, 'budget'> {
  const { reserved } = execution
  if (reserved === undefined) return {}
  const told = toldAmounts(spent)
  const left = (amount: number | undefined, taken = 0): number | undefined =>
    amount === undefined ? undefined : Math.max(0, amount - taken)
  const costUsd = left(reserved.costUsd, told.costUsd)
  const tokens = left(reserved.tokens, told.tokens)
  return {
    budget: { ...(costUsd === undefined ? {} : { costUsd }), ...(tokens === undefined ? {} : { tokens }) },
  }
}

/** Why nothing more can be asked of the engine, if nothing is left of what its call has reserved. */
export function spentUp(call: RunningCall): string | undefined {
  const { budget = {} } = remainingBudget(call)
  const { costUsd, tokens } = budget
  if (costUsd !== 0 && tokens !== 0) return undefined
  const name = costUsd === 0 ? 'costUsd' : 'tokens'
  return `Step "${call.scope.stepId}" is not asked to mend its answer: nothing is left of its budget.${name}. Raise it to go on.`
}

/**
 * Aborts a call that has told that it took more than it had reserved: what it takes is nobody's to give. An answer
 * that is on its way is paid for and counts.
 */
export function abortOverspent(call: RunningCall): void {
  const { reserved, step } = call.execution
  if (reserved === undefined || call.isOverspent) return
  const told = toldAmounts(call.spent)
  const over = (['costUsd', 'tokens'] as const).find(
    (name) => (told[name] ?? 0) > (reserved[name] ?? Infinity),
  )
  if (over === undefined) return
  const message = `Step "${step.place.id}" took more than was left for it: ${shown(told[over])} of ${shown(reserved[over])} ${over}. Raise the budget to go on.`
  call.isOverspent = true
  void nextTurn().then(() => call.abort(new EngineError(message, { code: 'budget_exceeded' })))
}

/** Sums of fractions of a cent are not exact. */
function shown(amount = 0): number {
  return Number(amount.toFixed(6))
}
