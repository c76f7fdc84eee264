/** Tells that something changed. Counts, so that a change between looking and waiting is not missed. */
export interface ChangeBell {
  /** How often it rang. Read it, then look, then wait with it. */
  readonly count: number
  ring(): void
  /** Resolves once it rang more often than `count`, or when the signal aborts. */
  wait(count: number, signal?: AbortSignal): Promise<void>
}

/** A bell that never rang. */
export function createChangeBell(): ChangeBell {
  const waiting = new Set<() => void>()
  let rings = 0
  return {
    get count() {
      return rings
    },
    ring() {
      rings++
      if (waiting.size > 0) for (const wake of [...waiting]) wake()
    },
    wait(count, signal) {
      if (rings !== count || signal?.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const wake = () => {
          waiting.delete(wake)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        waiting.add(wake)
        signal?.addEventListener('abort', wake)
      })
    },
  }
}
