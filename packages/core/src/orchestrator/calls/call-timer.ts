/** My job: how long one call may take and be silent, in the time that it does not wait for people. */
import type { Clock } from '../clock.ts'

/** Watches one call for its time and its silence; stands still while a human is asked (rule H3). */
export interface CallTimer {
  /** The call gave a sign of life. */
  touch(): void
  /** A human is asked. */
  pause(): void
  /** The human has answered. */
  resume(): void
  /** Ends it for good. */
  stop(): void
}

/** Which times to watch. */
export interface CallTimes {
  /** Longest time of the call in milliseconds. */
  readonly timeoutMs: number | undefined
  /** Longest silence in milliseconds. */
  readonly idleTimeoutMs: number | undefined
}

/** A timer that calls `onTimeout` once, with what was over. */
export function createCallTimer(
  clock: Clock,
  times: CallTimes,
  onTimeout: (what: string) => void,
): CallTimer {
  const whole = createCountdown(clock, times.timeoutMs, () => onTimeout(`timeoutMs (${times.timeoutMs} ms)`))
  const idle = createCountdown(clock, times.idleTimeoutMs, () =>
    onTimeout(`idleTimeoutMs (${times.idleTimeoutMs} ms)`),
  )
  let pauses = 0
  whole.run()
  idle.run()
  return {
    touch() {
      if (pauses === 0) idle.restart()
    },
    pause() {
      pauses += 1
      whole.hold()
      idle.hold()
    },
    resume() {
      pauses -= 1
      if (pauses > 0) return
      whole.run()
      idle.restart()
    },
    stop() {
      pauses = Number.POSITIVE_INFINITY
      whole.hold()
      idle.hold()
    },
  }
}

interface Countdown {
  run(): void
  hold(): void
  restart(): void
}

/** Counts down only while it runs. A restart moves the end, not the timer: it is on every chunk's path. */
function createCountdown(clock: Clock, totalMs: number | undefined, fire: () => void): Countdown {
  if (totalMs === undefined) return { run: () => {}, hold: () => {}, restart: () => {} }
  let leftMs = totalMs
  let endsAt: number | undefined
  let cancel = (): void => {}
  const arm = (): void => {
    if (endsAt === undefined) return
    const left = endsAt - clock.monotonic()
    if (left <= 0) fire()
    else cancel = clock.setTimer(clock.now() + left, arm)
  }
  return {
    run() {
      if (endsAt !== undefined) return
      endsAt = clock.monotonic() + leftMs
      arm()
    },
    hold() {
      if (endsAt === undefined) return
      leftMs = Math.max(0, endsAt - clock.monotonic())
      endsAt = undefined
      cancel()
    },
    restart() {
      leftMs = totalMs
      const wasRunning = endsAt !== undefined
      endsAt = clock.monotonic() + totalMs
      if (!wasRunning) arm()
    },
  }
}
