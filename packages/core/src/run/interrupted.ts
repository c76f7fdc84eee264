/** My job: what a resume closes and re-arms (rule S5). */

import type { SkipReason } from '../events/step-events.ts'
import type { EventDraft } from '../events/swarm-event.ts'
import { formatAddress } from './address.ts'
import { kernelError, stepError, stepScope } from './drafts.ts'
import { isAbsorbed } from './outcome.ts'
import type { Execution, FrameState, RunState, StepState } from './state.ts'

const MAX_INTERRUPTIONS = 5

/** Addresses of the calls that were cut off. */
export function interruptedCalls(state: RunState): readonly string[] {
  return [...state.calls].map((execution) => formatAddress(stepScope(execution)))
}

/** The events that close the calls that were cut off; after too many interruptions, for good. */
export function closeInterrupted(state: RunState): readonly EventDraft[] {
  const more = state.resumedFrom === 'crash' ? 1 : 0
  return [...state.calls].map((execution) => closeCall(execution, execution.interruptions + more))
}

function closeCall(execution: Execution, count: number): EventDraft {
  if (count <= MAX_INTERRUPTIONS) {
    return stepError(
      execution,
      kernelError('interrupted', 'The process that ran this attempt is gone.'),
      true,
    )
  }
  const message = `The process died ${count} times while this step ran. Find out why, then resume with retryFailed.`
  return stepError(execution, kernelError('poisoned', message))
}

const SKIPPED_BY_FAILURE: ReadonlySet<SkipReason | undefined> = new Set<SkipReason>([
  'needs_failed',
  'upstream_failed',
  'step_budget',
  'budget',
  'stopped',
])

/** Failed steps that nothing absorbed and what they skipped, as `frame/step`, for `retryFailed`. */
export function failedSteps(state: RunState): readonly string[] {
  const frame = state.journey.frame
  return frame === undefined ? [] : failedIn(state, frame)
}

function failedIn(state: RunState, frame: FrameState): readonly string[] {
  const again = new Set<StepState>(
    frame.steps.filter((step) => step.status === 'failed' && !isAbsorbed(step)),
  )
  for (const step of frame.steps) {
    if (step.status === 'skipped' && SKIPPED_BY_FAILURE.has(step.skipReason)) again.add(step)
  }
  for (const step of again) for (const next of skippedBecauseOf(frame, step)) again.add(next)
  const children = [...again].flatMap((step) => childrenOf(step))
  const below = children.flatMap((child) => (child.outcome === 'failed' ? failedIn(state, child) : []))
  return [...[...again].map((step) => `${frame.id}/${step.place.id}`), ...below]
}

/** Steps that were skipped for want of one that runs again. */
function skippedBecauseOf(frame: FrameState, step: StepState): readonly StepState[] {
  return step.place.outgoing.flatMap((edge) => {
    const target = frame.steps[edge.to]
    const isFollower = target?.status === 'skipped' && FOLLOWERS.has(target.skipReason)
    return target !== undefined && isFollower ? [target] : []
  })
}

const FOLLOWERS: ReadonlySet<SkipReason | undefined> = new Set<SkipReason>(['needs_skipped', 'not_routed'])

function childrenOf(step: StepState): readonly FrameState[] {
  const executions: readonly Execution[] = [step, ...(step.map?.executions ?? [])]
  return executions.flatMap(({ child }) => (child === undefined ? [] : [child]))
}
