/** My job: where large outputs lie (rule J5). */
import type { Execution } from '../run/state.ts'
import { visitFolder } from './records/artifact-paths.ts'

/** Where the large outputs of an execution lie; the ending is added by kind. */
export function outputPath(execution: Execution, attempt = execution.attempt): string {
  const { step, frame, item, iteration } = execution
  const name = item === undefined ? step.place.id : `${step.place.id}.${item.index}`
  return `${visitFolder(frame)}/outputs/${name}.${iteration}.${attempt}`
}
