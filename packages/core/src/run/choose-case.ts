/** My job: which case of a branch holds (rule L1). */
import { FlowError } from '../errors/swarm-error.ts'
import { compileCondition } from '../flow/condition.ts'
import type { BranchRouting } from '../flow/routing.ts'
import { compares, readField } from './compare.ts'
import { conditionScope } from './condition-scope.ts'
import type { RunState, StepState } from './state.ts'

/** The first case that holds. Throws `condition_error` when one cannot be evaluated. */
export function chooseCase(
  state: RunState,
  step: StepState,
  routing: BranchRouting,
): { readonly target: string; readonly reason: string } | undefined {
  for (const [index, branchCase] of routing.cases.entries()) {
    const holds =
      'when' in branchCase
        ? holdsCondition(state, step, branchCase.when)
        : compares(readField(step, branchCase.field), branchCase)
    if (holds) return { target: branchCase.next, reason: `case:${index + 1}` }
  }
  return undefined
}

function holdsCondition(state: RunState, step: StepState, source: string): boolean {
  const value = compileCondition(source).evaluate(conditionScope(state, step))
  if (typeof value === 'boolean') return value
  const message = `Step "${step.place.id}": case "${source}" gave ${JSON.stringify(value)} instead of true or false.`
  throw new FlowError(message, { code: 'condition_error' })
}
