/**
 * My job: the time of one run, by which its events are stamped and its retries, deadlines and durations
 * judged (fault 11). They stand in the journal as milliseconds since the epoch, so a clock that is set back
 * would make all of them wait.
 *
 * Invariants:
 * 1. A run's time never goes back: neither when the machine's clock does, nor from one owner to the next.
 * 2. When the machine's clock goes forward, so does the run's time.
 */
import type { RunState } from '../run/state.ts'
import type { Clock } from './clock.ts'
import type { Host } from './host.ts'

/** A host on whose clock one run goes on from its last event. */
export function inRunTime(host: Host, { updatedAt }: RunState): Host {
  return { ...host, clock: createRunClock(host.clock, Date.parse(updatedAt)) }
}

/** The time of a run whose last event is of the time `since`. */
export function createRunClock(clock: Clock, since: number): Clock {
  let start = since - clock.monotonic()
  const now = (): number => {
    start = Math.max(start, clock.now() - clock.monotonic())
    return Math.round(start + clock.monotonic())
  }
  return {
    now,
    monotonic: () => clock.monotonic(),
    setTimer: (at, fire) => clock.setTimer(clock.now() + at - now(), fire),
  }
}
