/** Time as the orchestrator sees it; tests bring their own. */
export interface Clock {
  /** Milliseconds since the epoch; may jump. */
  now(): number
  /** Milliseconds that never go back, for durations. */
  monotonic(): number
  /** Calls back once at or after a time in milliseconds since the epoch; returns a way to cancel. */
  setTimer(at: number, fire: () => void): () => void
}

/** Longer delays overflow the timers of JavaScript and fire at once. */
const LONGEST_DELAY_MS = 2_147_483_647

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(at, fire) {
    let timer: ReturnType<typeof setTimeout> | undefined
    const arm = (): void => {
      const left = at - Date.now()
      timer =
        left > LONGEST_DELAY_MS ? setTimeout(arm, LONGEST_DELAY_MS) : setTimeout(fire, Math.max(0, left))
    }
    arm()
    return () => clearTimeout(timer)
  },
}
