/** My job: how a visit ended (rule X1). */
import type { FlowOutcome, FrameState, StepState } from './state.ts'

/** `failed` by its own error or a failure that nothing absorbed, `partial` by one that was absorbed. */
export function outcomeOf(frame: FrameState): FlowOutcome {
  if (frame.error !== undefined) return 'failed'
  const failed = frame.steps.filter((step) => step.status === 'failed')
  if (failed.some((step) => !isAbsorbed(step))) return 'failed'
  return failed.length > 0 || frame.childPartial ? 'partial' : 'succeeded'
}

/** Whether a failure harms nobody: allowed, or a race that it reaches was won without it. */
export function isAbsorbed(step: StepState): boolean {
  if (step.place.definition.allowFailure === true) return true
  const { steps } = step.frame
  const reached = new Set<StepState>([step])
  for (const source of reached) {
    for (const edge of source.place.outgoing) {
      const target = steps[edge.to]
      if (target === undefined) continue
      if (target.status === 'succeeded' && target.place.definition.triggerRule === 'one_success') return true
      if (target.status === 'skipped') reached.add(target)
    }
  }
  return false
}

/** The last declared step that succeeded: whose output is the flow's by default. */
export function lastSucceeded(frame: FrameState): StepState | undefined {
  for (let index = frame.steps.length - 1; index >= 0; index -= 1) {
    const step = frame.steps[index]
    if (step?.status === 'succeeded') return step
  }
  return undefined
}
