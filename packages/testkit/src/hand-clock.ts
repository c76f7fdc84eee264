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
  /** Sets the wall clock as a person would; timers keep what is left of their time, as those of a machine do. */
  jump(ms: number): void
  /** When the pending timers fire, the next one first. */
  readonly pending: readonly number[]
}

interface Timer {
  /** On the clock that does not jump. */
  readonly due: number
  readonly fire: () => void
}

/** Makes a clock for tests. @default start 2026-01-01T00:00:00Z */
export function createHandClock(start: number = Date.UTC(2026, 0, 1)): HandClock {
  return new MovedClock(start)
}

class MovedClock implements HandClock {
  #now: number
  #elapsed = 0
  /** The next one first; those of one time in the order in which they were set. */
  #timers: readonly Timer[] = []

  constructor(start: number) {
    this.#now = start
  }

  get pending(): readonly number[] {
    return this.#timers.map(({ due }) => this.#now + due - this.#elapsed)
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#elapsed
  }

  setTimer(at: number, fire: () => void): () => void {
    const timer = { due: this.#elapsed + at - this.#now, fire }
    this.#timers = [...this.#timers, timer].sort((a, b) => a.due - b.due)
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer)
    }
  }

  jump(ms: number): void {
    this.#now += ms
  }

  advanceTo(time: number): Promise<void> {
    return this.advance(time - this.#now)
  }

  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms
    await settle()
    for (let next = this.#timers[0]; next !== undefined && next.due <= end; next = this.#timers[0]) {
      this.#timers = this.#timers.slice(1)
      this.#pass(next.due - this.#elapsed)
      next.fire()
      await settle()
    }
    this.#pass(end - this.#elapsed)
  }

  async drive<T>(promise: Promise<T>): Promise<T> {
    let settled = false
    const done = () => {
      settled = true
    }
    promise.then(done, done)
    for (let idle = 0; idle < IDLE_TURNS; idle++) {
      await settle()
      if (settled) return promise
      const next = this.#timers[0]
      if (next === undefined) continue
      idle = 0
      await this.advance(next.due - this.#elapsed)
    }
    throw new Error('Nothing is left to wait for: the promise is pending, and no timer is')
  }

  #pass(ms: number): void {
    this.#elapsed += Math.max(0, ms)
    this.#now += Math.max(0, ms)
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
