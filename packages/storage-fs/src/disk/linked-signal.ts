/** A signal that aborts with any of several, for as long as it is not released. */
export interface LinkedSignal {
  readonly signal: AbortSignal
  /** Forgets the others. Without it, each would hold on to this one for as long as it lives. */
  release(): void
}

/** The reason of an abort that nobody asks for one: left out, an error with its stack would be made each time. */
export const OVER = 'over'

/** Links signals. `AbortSignal.any` does the same, but on Node 20 what it adds to a long-lived signal stays. */
export function linkSignals(...sources: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController()
  const abort = () => controller.abort(OVER)
  for (const source of sources) {
    if (source?.aborted) abort()
    else source?.addEventListener('abort', abort)
  }
  return {
    signal: controller.signal,
    release() {
      for (const source of sources) source?.removeEventListener('abort', abort)
    },
  }
}
