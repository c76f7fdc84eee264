/**
 * My job: where large outputs and sessions lie (rule J5): each is named by its content too, so that one is
 * never written over another, and what has taken its place is told from it.
 */
import { digestText } from '../flow/digest.ts'
import type { Execution, FrameState } from '../run/state.ts'
import { safeName, visitFolder } from './records/artifact-paths.ts'

const DIGEST_DIGITS = 16
const CONTENT_NAME = new RegExp(`\\.([0-9a-f]{${DIGEST_DIGITS}})\\.(?:txt|json)$`)

/** Where the large outputs of an execution lie; their digests and endings are added. */
export function outputPath(execution: Execution, attempt = execution.attempt): string {
  return `${visitFolder(execution.frame)}/outputs/${nameOf(execution, attempt)}`
}

/** Where the large output of a visit lies; its digest and ending are added. */
export function flowOutputPath(frame: FrameState): string {
  return `${visitFolder(frame)}/outputs/flow`
}

/** Where a large session of an execution lies. */
export function sessionPath(execution: Execution, digest: string): string {
  const base = `${visitFolder(execution.frame)}/sessions/${nameOf(execution, execution.attempt)}`
  return contentPath(base, digest, 'json')
}

/** The whole path of what has this digest. */
export function contentPath(base: string, digest: string, ending: 'txt' | 'json'): string {
  return `${base}.${digest.slice(0, DIGEST_DIGITS)}.${ending}`
}

/** Whether an artifact holds what its name says. Names of before they said so promise JSON at most. */
export function holdsItsContent(path: string, text: string): boolean {
  const digest = CONTENT_NAME.exec(path)?.[1]
  if (digest !== undefined) return digestText(text).startsWith(digest)
  return !path.endsWith('.json') || isJson(text)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function nameOf({ step, item, iteration }: Execution, attempt: number): string {
  const place = item === undefined ? '' : `.${item.index}`
  return `${safeName(step.place.id)}${place}.${iteration}.${attempt}`
}
