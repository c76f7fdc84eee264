/** Time as the orchestrator sees it; tests bring their own. */
export interface Clock {
  /** Milliseconds since the epoch; may jump. */
  now(): number
  /** Milliseconds that never go back, for durations. */
  monotonic(): number
  /**
   * Calls back once: at the latest when what is left until a time in milliseconds since the epoch has
   * passed, even if `now` is set back meanwhile. Returns a way to cancel.
   */
  setTimer(at: number, fire: () => void): () => void
}

/** Longest time in which it goes unnoticed that the machine slept or its clock was set forward. */
const LOOK_EVERY_MS = 60_000

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(at, fire) {
    const end = performance.now() + at - Date.now()
    let timer: ReturnType<typeof setTimeout> | undefined
    const arm = (): void => {
      const left = Math.min(end - performance.now(), at - Date.now())
      timer = left > LOOK_EVERY_MS ? setTimeout(arm, LOOK_EVERY_MS) : setTimeout(fire, Math.max(0, left))
    }
    arm()
    return () => clearTimeout(timer)
  },
}
