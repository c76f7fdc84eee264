/** My job: from the names in an event to the state that they mean. */
import { RunError } from '../errors/swarm-error.ts'
import type { Execution, FrameState, RunState, StepState } from './state.ts'

/** The names by which an event points at an execution. */
export interface Place {
  readonly frame: string
  readonly stepId: string
  readonly item?: string | undefined
}

/** The visit of an event. Throws `journal_corrupt`: the journal names one that never began. */
export function frameOf(state: RunState, id: string): FrameState {
  const frame = state.frames.get(id)
  if (frame === undefined) throw unknown(`visit "${id}"`)
  return frame
}

/** The step of an event. */
export function stepOf(state: RunState, { frame: id, stepId }: Place): StepState {
  const frame = frameOf(state, id)
  const index = frame.graph.byId.get(stepId)?.index
  const step = index === undefined ? undefined : frame.steps[index]
  if (step === undefined) throw unknown(`step "${stepId}" of visit "${id}"`)
  return step
}

/** The execution of an event: the step's own, or that of a map item. */
export function executionOf(state: RunState, place: Place): Execution {
  const step = stepOf(state, place)
  if (place.item === undefined) return step
  const execution = step.map?.byKey.get(place.item)
  if (execution === undefined) throw unknown(`item "${place.item}" of step "${place.stepId}"`)
  return execution
}

function unknown(what: string): RunError {
  const message = `The journal speaks of ${what}, which it has not introduced. Restore the run's folder from a backup.`
  return new RunError(message, { code: 'journal_corrupt' })
}
