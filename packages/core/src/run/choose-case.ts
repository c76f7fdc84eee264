/** My job: which case of a branch holds (rule L1). */
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
        ? compileCondition(branchCase.when).holds(conditionScope(state, step))
        : compares(readField(step, branchCase.field), branchCase)
    if (holds) return { target: branchCase.next, reason: `case:${index + 1}` }
  }
  return undefined
}
