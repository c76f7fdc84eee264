/** My job: where large outputs and sessions lie (rule J5). */
import type { Execution } from '../run/state.ts'
import { visitFolder } from './records/artifact-paths.ts'

const SESSION_DIGITS = 16

/** Where the large outputs of an execution lie; the ending is added by kind. */
export function outputPath(execution: Execution, attempt = execution.attempt): string {
  return `${visitFolder(execution.frame)}/outputs/${nameOf(execution)}.${attempt}`
}

/** Where a large session of an execution lies: named by its content, so that one is never another. */
export function sessionPath(execution: Execution, digest: string): string {
  const name = `${nameOf(execution)}.${execution.attempt}.${digest.slice(0, SESSION_DIGITS)}`
  return `${visitFolder(execution.frame)}/sessions/${name}.json`
}

function nameOf({ step, item, iteration }: Execution): string {
  const name = item === undefined ? step.place.id : `${step.place.id}.${item.index}`
  return `${name}.${iteration}`
}
