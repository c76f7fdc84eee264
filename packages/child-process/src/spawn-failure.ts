import { stat } from 'node:fs/promises'
import { EngineError } from '@batonjs/core'
import type { ProcessOptions } from './process-options.ts'

/** The machine has none left at the moment. */
const SCARCE = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM'])

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
  const retryable = SCARCE.has(code)
  const why = retryable ? 'the system has no process, memory or file left' : 'the system refused'
  return unavailable(`"${command}" could not be started: ${why}`, { ...about, retryable })
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
