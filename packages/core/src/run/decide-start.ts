/** My job: whether an execution that its edges allow really starts: its condition, budget and depth. */
import { toPlainError } from '../errors/plain-error.ts'
import type { EventDraft } from '../events/swarm-event.ts'
import { compileCondition } from '../flow/condition.ts'
import type { Action } from './action.ts'
import { type Reservation, reserve } from './budget.ts'
import { callOff, withdrawRequests } from './call-off.ts'
import { conditionScope } from './condition-scope.ts'
import { flowScope, kernelError, stepError, stepScope, stepSkipped, stepStart } from './drafts.ts'
import { exhaustedBudget } from './limits.ts'
import { definitionOf, type Execution, type FrameState, type RunState } from './state.ts'

const DEFAULT_DEPTH = 3
/** The content key of a start after which nothing is called. */
const UNCALLED = ''

/** A start, a skip, or a failure without a call. */
export function decideStart(state: RunState, execution: Execution): Action {
  const refusal = refuse(state, execution)
  if (refusal !== undefined) return { kind: 'record', events: refusal }
  const definition = definitionOf(execution)
  if (definition.kind === 'flow' && execution.child === undefined) {
    const limit = state.limits.depth ?? DEFAULT_DEPTH
    if (execution.frame.depth + 1 > limit) {
      return { kind: 'record', events: preventOverflow(execution, definition.flow, limit) }
    }
  }
  return state.isBudgeted && definition.kind === 'agent'
    ? decideByBudget(state, execution)
    : { kind: 'start', execution }
}

function decideByBudget(state: RunState, execution: Execution): Action {
  const reservation = reserve(state, execution)
  if (reservation.kind === 'reserved') return { kind: 'start', execution }
  if (reservation.kind === 'held') return { kind: 'hold', by: reservation.by }
  return { kind: 'record', events: refuseSpending(state, execution, reservation) }
}

/** The visits that end with the budget, each told once, and what becomes of the step that would have spent. */
function refuseSpending(
  state: RunState,
  execution: Execution,
  { place, dimension }: Extract<Reservation, { readonly kind: 'exceeded' }>,
): readonly EventDraft[] {
  const { visit, name, limit, ofRun } = place
  const value = limit[dimension] ?? 0
  const told = { type: 'budget_exceeded' as const, limit: dimension, value, ...(ofRun ? { ofRun } : {}) }
  const { id } = execution.step.place
  const message = `Step "${id}" was not called: too little is left of budget.${dimension} of ${name} (${value}).`
  const failed = failAtStart(execution, 'budget_exceeded', `${message} Raise it to go on.`)
  if (visit === undefined) return [{ ...told, ...flowScope(execution.frame), ofStep: id }, ...failed]
  const closing = visitsUpTo(state, execution.frame, visit).map((frame) => ({ ...told, ...flowScope(frame) }))
  // A step that has begun ends as failed; another one never runs.
  return [...closing, ...(execution.attempt === 0 ? [stepSkipped(execution, 'budget')] : failed)]
}

/** Attempts and items are in no budget; an attempt that follows a failed one was let in before. */
function refuse(state: RunState, execution: Execution): readonly EventDraft[] | undefined {
  const { frame, item, attempt, error, contentKey } = execution
  const isCounted = item === undefined && attempt === 0
  if (isCounted && exhaustedBudget(state, frame) !== undefined) return overBudget(state, execution)
  const wasLetIn = error !== undefined && contentKey !== UNCALLED
  const condition = wasLetIn ? undefined : definitionOf(execution).when
  if (condition === undefined) return undefined
  try {
    const isMet = compileCondition(condition).holds(conditionScope(state, execution))
    return isMet ? undefined : callOff(state, execution, { kind: 'skipped', reason: 'condition' })
  } catch (thrown) {
    const { message } = toPlainError(thrown, 'condition_error')
    return failAtStart(execution, 'condition_error', message)
  }
}

function overBudget(state: RunState, execution: Execution): readonly EventDraft[] {
  const { frame } = execution
  const value = exhaustedBudget(state, frame) ?? 0
  return [
    { type: 'budget_exceeded', ...flowScope(frame), limit: 'stepExecutions', value },
    stepSkipped(execution, 'step_budget'),
  ]
}

/** A start and its failure: nothing is called between them. What an attempt before has asked is asked no more. */
export function failAtStart(execution: Execution, code: string, message: string): readonly EventDraft[] {
  const start = stepStart(execution, { contentKey: UNCALLED })
  const error = { ...stepError(execution, kernelError(code, message)), attempt: start.attempt }
  return [...withdrawRequests(execution), start, error]
}

/**
 * From one above it down to a visit, without those that have been told. The uppermost comes first, so that a record
 * that is torn between them leaves a call that is refused again, and by the same budget.
 */
function visitsUpTo(state: RunState, from: FrameState, to: FrameState): readonly FrameState[] {
  const visits: FrameState[] = []
  for (
    let at: FrameState | undefined = from;
    at !== undefined;
    at = state.frames.get(at.parent?.frame ?? '')
  ) {
    if (at.error?.code !== 'budget_exceeded') visits.unshift(at)
    if (at === to) break
  }
  return visits
}

function preventOverflow(execution: Execution, flow: string, limit: number): readonly EventDraft[] {
  const message = `Step "${execution.step.place.id}" would run flow "${flow}" at depth ${execution.frame.depth + 1}, but limits.depth is ${limit}. Raise it on the request or nest less.`
  const [start, error] = failAtStart(execution, 'stack_overflow_prevented', message)
  const prevented: EventDraft = {
    type: 'stack_overflow_prevented',
    ...stepScope(execution, execution.attempt + 1),
    attemptedFlow: flow,
    currentDepth: execution.frame.depth,
    limit,
  }
  return [start, prevented, error].filter((draft) => draft !== undefined)
}
