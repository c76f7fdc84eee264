/** My job: how a visit ended (rule X1). */
import type { PlainError } from '../errors/plain-error.ts'
import type { SkipReason } from '../events/step-events.ts'
import { kernelError } from './drafts.ts'
import type { FlowOutcome, FrameState, StepState } from './state.ts'

/** `failed` by its own error or a failure that nothing absorbed, `partial` by one that was absorbed. */
export function outcomeOf(frame: FrameState): FlowOutcome {
  if (frame.error !== undefined) return 'failed'
  const failed = frame.steps.filter((step) => step.status === 'failed')
  if (failed.some((step) => !isAbsorbed(step))) return 'failed'
  return failed.length > 0 || frame.steps.some(isIncomplete) ? 'partial' : 'succeeded'
}

/** Succeeded, but with a child flow that was partial (rule V1), or with items that failed. */
function isIncomplete({ status, child, map }: StepState): boolean {
  if (status !== 'succeeded') return false
  if (child?.outcome === 'partial') return true
  return (
    map?.executions.some((item) => item.status === 'failed' || item.child?.outcome === 'partial') ?? false
  )
}

/** Reasons for which a failure skips what follows it, directly or not; or the arm as a whole has lost. */
const BY_FAILURE: ReadonlySet<SkipReason | undefined> = new Set<SkipReason>([
  'lost',
  'needs_failed',
  'needs_skipped',
  'not_routed',
  'upstream_failed',
])

/** A step that did not succeed, and those that were skipped for it, directly or through others. */
export function withSkipped(step: StepState): ReadonlySet<StepState> {
  const reached = new Set<StepState>([step])
  for (const source of reached) {
    for (const target of followersOf(source)) {
      if (target.status === 'skipped' && BY_FAILURE.has(target.skipReason)) reached.add(target)
    }
  }
  return reached
}

function followersOf({ place, frame }: StepState): readonly StepState[] {
  return place.outgoing.flatMap(({ to }) => frame.steps[to] ?? [])
}

/** Whether a failure harms nobody: allowed, or a race that it reaches was won without it. */
export function isAbsorbed(step: StepState): boolean {
  if (step.place.definition.allowFailure === true) return true
  return [...withSkipped(step)].some((source) => followersOf(source).some(isWonRace))
}

function isWonRace({ status, place }: StepState): boolean {
  return status === 'succeeded' && place.definition.triggerRule === 'one_success'
}

/** The last declared step that succeeded: whose output is the flow's by default. */
export function lastSucceeded(frame: FrameState): StepState | undefined {
  for (let index = frame.steps.length - 1; index >= 0; index -= 1) {
    const step = frame.steps[index]
    if (step?.status === 'succeeded') return step
  }
  return undefined
}

/** Why a visit failed: as a whole, or by the first declared step that failed and that nothing absorbed. */
export function failureOf(frame: FrameState): PlainError {
  if (frame.error !== undefined) return frame.error
  const failed = frame.steps.find((step) => step.status === 'failed' && !isAbsorbed(step))
  const { code = 'flow_failed', message = '' } = failed?.error ?? {}
  return kernelError(code, `Step "${failed?.place.id}" of flow "${frame.flowKey}" failed: ${message}`)
}
