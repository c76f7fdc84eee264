import { stat } from 'node:fs/promises'
import { EngineError } from '@batonjs/core'
import type { ProcessOptions } from './process-options.ts'

/** The machine has none left at the moment. */
const SCARCE = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM'])

/** Whether something failed because the system has no process, memory or file left: later it may succeed. */
export function isScarce(thrown: unknown): boolean {
  return SCARCE.has(codeOf(thrown))
}

/**
 * Rejects with an EngineError `engine_unavailable` when the folder is not there: the system would blame the program for
 * it. {@link startProcess} does so by itself.
 */
export async function checkFolder(cwd: string | undefined): Promise<void> {
  if (cwd === undefined) return
  const found = await stat(cwd).catch((cause: unknown) => {
    throw unavailable(`The folder "${cwd}" to work in cannot be used`, { cause })
  })
  if (!found.isDirectory()) throw unavailable(`"${cwd}", where to work, is not a folder`)
}

/** What it means that a program could not be started. */
export function toSpawnFailure(cause: unknown, options: ProcessOptions): EngineError {
  const { command, install = '' } = options
  const code = codeOf(cause)
  const about = { cause, details: { code } }
  if (code === 'ENOENT') return unavailable(`"${command}" was not found. ${install}`.trim(), about)
  if (code === 'EACCES') return unavailable(`"${command}" is not executable. ${install}`.trim(), about)
  if (code === 'E2BIG') {
    const message = `The arguments or the environment of "${command}" are larger than the system allows`
    return new EngineError(message, { code: 'invalid_request', ...about })
  }
  return toStartFailure(cause, `"${command}" could not be started`)
}

/**
 * What it means that something could not be made that a program needs, such as a file: an EngineError
 * `engine_unavailable`, retryable when the system has no process, memory or file left.
 *
 * @param what what could not be done, the beginning of the message
 */
export function toStartFailure(cause: unknown, what: string): EngineError {
  const retryable = isScarce(cause)
  const why = retryable ? 'the system has no process, memory or file left' : 'the system refused'
  return unavailable(`${what}: ${why}`, { cause, details: { code: codeOf(cause) }, retryable })
}

function unavailable(
  message: string,
  options: { readonly cause?: unknown; readonly details?: unknown; readonly retryable?: boolean } = {},
): EngineError {
  return new EngineError(message, { code: 'engine_unavailable', ...options })
}

function codeOf(thrown: unknown): string {
  const isCoded = typeof thrown === 'object' && thrown !== null && 'code' in thrown
  return isCoded ? String(thrown.code) : ''
}
