/** My job: what a resume closes and re-arms (rule S5). */

import type { StepScope } from '../events/envelope.ts'
import type { SkipReason } from '../events/step-events.ts'
import type { EventDraft } from '../events/swarm-event.ts'
import { formatAddress, placeOf as formatPlace } from './address.ts'
import { withdrawRequests } from './call-off.ts'
import { kernelError, stepError, stepScope } from './drafts.ts'
import { EDGE, hasNotBegun } from './edges.ts'
import { isAbsorbed } from './outcome.ts'
import type { Execution, FrameState, RunState, StepState } from './state.ts'

const MAX_INTERRUPTIONS = 5

/** Addresses of the calls that were cut off. */
export function interruptedCalls(state: RunState): readonly string[] {
  return [...state.calls].map((execution) => formatAddress(stepScope(execution)))
}

/** The events that close the calls that were cut off and not called off; after too many, for good. */
export function closeInterrupted(
  state: RunState,
  calledOff: readonly EventDraft[] = [],
): readonly EventDraft[] {
  const more = state.resumedFrom === 'crash' ? 1 : 0
  const ended = new Set(calledOff.flatMap((draft) => ('stepId' in draft ? [placeOf(draft)] : [])))
  const open = [...state.calls].filter((execution) => !ended.has(placeOf(stepScope(execution))))
  return open.flatMap((execution) => closeCall(execution, execution.interruptions + more))
}

function placeOf({ frame, stepId, item }: Pick<StepScope, 'frame' | 'stepId' | 'item'>): string {
  return formatPlace(frame, stepId, item)
}

function closeCall(execution: Execution, count: number): readonly EventDraft[] {
  if (count <= MAX_INTERRUPTIONS) {
    const error = kernelError('interrupted', 'The process that ran this attempt is gone.')
    return [{ ...stepError(execution, error, true), ...execution.told }]
  }
  const message = `The process died ${count} times while this step ran. Find out why, then resume with retryFailed.`
  return [
    ...withdrawRequests(execution),
    { ...stepError(execution, kernelError('poisoned', message)), ...execution.told },
  ]
}

const SKIPPED_BY_FAILURE: ReadonlySet<SkipReason | undefined> = new Set<SkipReason>([
  'needs_failed',
  'upstream_failed',
  'stopped',
])
const SKIPPED_BY_LIMIT: ReadonlySet<SkipReason | undefined> = new Set<SkipReason>(['step_budget', 'budget'])
const LIMITED: ReadonlySet<string | undefined> = new Set(['duration_exceeded', 'budget_exceeded'])
const FOLLOWERS: ReadonlySet<SkipReason | undefined> = new Set<SkipReason>([
  'needs_failed',
  'needs_skipped',
  'not_routed',
  'upstream_failed',
])

/** Failed steps that nothing absorbed and what they skipped, as `frame/step`, for `retryFailed`. */
export function failedSteps(state: RunState): readonly string[] {
  return stepsToRedo(state, isFailure)
}

/** Steps that a limit kept from running or cut off, as `frame/step`, for a resume with higher limits. */
export function limitedSteps(state: RunState): readonly string[] {
  return stepsToRedo(state, isLimited)
}

/** The same of one visit and what failed below it. */
export function limitedIn(frame: FrameState): readonly string[] {
  return redoIn(frame, isLimited)
}

function isFailure(step: StepState): boolean {
  if (step.status === 'failed') return !isAbsorbed(step)
  return (step.status === 'skipped' && SKIPPED_BY_FAILURE.has(step.skipReason)) || isLimited(step)
}

function isLimited(step: StepState): boolean {
  if (step.status === 'failed') return wasLimited(step) || wasLimitedBelow(step)
  return step.status === 'skipped' ? wasLimited(step) : isBeingLimited(step)
}

/** Its loop was ended, or it is about to be skipped: the process died before that was recorded. */
function isBeingLimited(step: StepState): boolean {
  return step.heldUp || (hasNotBegun(step) && SKIPPED_BY_LIMIT.has(step.frame.closing))
}

function wasLimited({ error, skipReason }: Execution): boolean {
  return LIMITED.has(error?.code) || SKIPPED_BY_LIMIT.has(skipReason)
}

/** Whether it failed for want of items or visits that a limit held up, and not after them. */
function wasLimitedBelow(step: StepState): boolean {
  const { error, map } = step
  if (error?.code !== 'map_items_failed' && error?.code !== 'child_failed') return false
  return (map?.executions.some(wasLimited) ?? false) || hasLimitedChild(step)
}

function hasLimitedChild(step: StepState): boolean {
  return childrenOf(step).some(({ outcome, steps }) => outcome === 'failed' && steps.some(isLimited))
}

type IsCause = (step: StepState) => boolean

function stepsToRedo(state: RunState, isCause: IsCause): readonly string[] {
  const { frame } = state.journey
  return frame === undefined ? [] : redoIn(frame, isCause)
}

function redoIn(frame: FrameState, isCause: IsCause): readonly string[] {
  const again = new Set<StepState>(frame.steps.filter(isCause))
  for (const step of again) for (const next of skippedBecauseOf(frame, step)) again.add(next)
  const failed = [...again].flatMap(childrenOf).filter((child) => child.outcome === 'failed')
  const open = frame.steps.flatMap(childrenOf).filter((child) => child.outcome === undefined)
  const below = [...failed, ...open].flatMap((child) => redoIn(child, isCause))
  return [...[...again].map((step) => `${frame.id}/${step.place.id}`), ...below]
}

/** Steps that were skipped for want of one that runs again, or are about to be: it has been heard of already. */
function skippedBecauseOf(frame: FrameState, step: StepState): readonly StepState[] {
  return step.place.outgoing.flatMap((edge) => {
    const target = frame.steps[edge.to]
    if (target === undefined) return []
    const wasSkipped = target.status === 'skipped' && FOLLOWERS.has(target.skipReason)
    const isToBe = hasNotBegun(target) && frame.decided[edge.id] === EDGE.decided
    return wasSkipped || isToBe ? [target] : []
  })
}

function childrenOf(step: StepState): readonly FrameState[] {
  const executions: readonly Execution[] = [step, ...(step.map?.executions ?? [])]
  return executions.flatMap(({ child }) => (child === undefined ? [] : [child]))
}
