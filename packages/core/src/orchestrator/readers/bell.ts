/** Wakes whoever waits for a change, and costs next to nothing while nobody does. */
export interface Bell {
  /** Wakes everyone who waits now. */
  ring(): void
  /** Resolves at the next ring, or at once when the signal aborts. Look again afterwards. */
  wait(signal?: AbortSignal): Promise<void>
}

/** A bell that nobody waits for yet. */
export function createBell(): Bell {
  const waiting = new Set<() => void>()
  return {
    ring() {
      if (waiting.size > 0) for (const wake of [...waiting]) wake()
    },
    wait(signal) {
      if (signal?.aborted) return Promise.resolve()
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
