/** My job: what it means that a file of ours could not be written. */
import { EngineError } from '@batonjs/core'

/** The machine has none left at the moment. */
const SCARCE: ReadonlySet<unknown> = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM'])

/** An EngineError `engine_unavailable`; to be tried again where the machine may have files or memory later. */
export function toWriteFailure(message: string, cause: unknown): EngineError {
  const code: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : undefined
  return new EngineError(message, { code: 'engine_unavailable', retryable: SCARCE.has(code), cause })
}
