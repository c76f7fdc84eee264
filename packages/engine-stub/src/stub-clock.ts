/** What the stub needs of a clock; the kernel's `Clock` and a hand clock are such. */
export interface StubClock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `fire` at that time; returns how to call it off. */
  setTimer(at: number, fire: () => void): () => void
}

/** Resolves after that long; rejects with the signal's reason when it aborts before. */
export function wait(clock: StubClock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  let cancel = () => {}
  const passed = new Promise<void>((resolve) => {
    cancel = clock.setTimer(clock.now() + ms, resolve)
  })
  return unlessAborted(passed, signal).finally(cancel)
}

/** Settles as the promise does; rejects with the signal's reason when it aborts before. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
    if (signal.aborted) abort()
  })
}
