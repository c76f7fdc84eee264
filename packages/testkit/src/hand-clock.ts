import type { Clock } from '@batonjs/core'
import { nextTurn } from './suite/next-turn.ts'

/** A clock that stands still until a test moves it. */
export interface HandClock extends Clock {
  /** Lets time pass: timers fire in the order of their time, each after what the one before set off. */
  advance(ms: number): Promise<void>
  /** As {@link HandClock.advance}, to a time in milliseconds since the epoch. */
  advanceTo(time: number): Promise<void>
  /** Lets time pass, from timer to timer, until the promise settles. Throws when no timer is left that could help. */
  drive<T>(promise: Promise<T>): Promise<T>
  /** Sets the wall clock as a person would; timers keep their time, `monotonic` goes on. */
  jump(ms: number): void
  /** When the pending timers fire, the next one first. */
  readonly pending: readonly number[]
}

interface Timer {
  readonly at: number
  readonly fire: () => void
}

/** Makes a clock for tests. @default start 2026-01-01T00:00:00Z */
export function createHandClock(start: number = Date.UTC(2026, 0, 1)): HandClock {
  let now = start
  let elapsed = 0
  let timers: readonly Timer[] = []

  /** Timers of one time fire in the order in which they were set. */
  function setTimer(at: number, fire: () => void): () => void {
    const timer = { at, fire }
    timers = [...timers, timer].sort((a, b) => a.at - b.at)
    return () => {
      timers = timers.filter((one) => one !== timer)
    }
  }

  function moveTo(time: number): void {
    elapsed += Math.max(0, time - now)
    now = Math.max(now, time)
  }

  async function advanceTo(time: number): Promise<void> {
    await settle()
    for (let next = timers[0]; next !== undefined && next.at <= time; next = timers[0]) {
      timers = timers.slice(1)
      moveTo(next.at)
      next.fire()
      await settle()
    }
    moveTo(time)
  }

  async function drive<T>(promise: Promise<T>): Promise<T> {
    let settled = false
    const done = () => {
      settled = true
    }
    promise.then(done, done)
    for (let idle = 0; idle < IDLE_TURNS; idle++) {
      await settle()
      if (settled) return promise
      const next = timers[0]
      if (next === undefined) continue
      idle = 0
      await advanceTo(next.at)
    }
    throw new Error('Nothing is left to wait for: the promise is pending, and no timer is')
  }

  return {
    now: () => now,
    monotonic: () => elapsed,
    setTimer,
    advance: (ms) => advanceTo(now + ms),
    advanceTo,
    drive,
    jump(ms) {
      now += ms
    },
    get pending() {
      return timers.map(({ at }) => at)
    },
  }
}

/** Turns of the event loop that a reaction to a timer may take before the next one fires. */
const TURNS = 3
/** Rounds without a timer after which a driven promise is given up; files may take a few. */
const IDLE_TURNS = 2_000

/** Lets everything run that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await nextTurn()
}
