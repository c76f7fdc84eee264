/**
 * The outside of a simulated run: virtual time, and one thing that happens at a time, drawn by the seed.
 *
 * Invariants:
 * 1. Nothing happens by itself: whatever a run waits for is a choice or a timer of this world.
 * 2. Between two choices everything that can run has run.
 * 3. What belongs to a process that was killed never happens.
 * 4. The clock on the wall may be set; the time that passes is not moved by that.
 */
import type { Clock } from '../../../src/orchestrator/clock.ts'
import type { Random } from '../random.ts'

/** A process of the simulated host. */
export interface Process {
  readonly id: number
  isAlive: boolean
}

interface Choice {
  readonly what: string
  readonly owner: Process
  readonly take: () => void
}

interface Timer {
  /** On the time that passes, which no clock shows. */
  readonly at: number
  readonly owner: Process
  readonly fire: () => void
}

/** A time that every simulated run begins at. */
export const START = Date.UTC(2026, 0, 1)

/** See the head of the file. */
export class World {
  readonly random: Random
  /** What happened, in order. */
  readonly story: string[] = []
  /** How many things have happened. */
  turns = 0
  /** The time that has passed. */
  #passed = 0
  /** What the clock on the wall shows at no time. */
  #wall = START
  #choices: Choice[] = []
  #timers: Timer[] = []
  readonly #eager: boolean

  constructor(random: Random, { eager }: { readonly eager: boolean }) {
    this.random = random
    this.#eager = eager
  }

  /** What the clock on the wall shows. */
  get now(): number {
    return this.#wall + this.#passed
  }

  /** Resolves when it is the turn of this thing; never, when its process is killed before. */
  turnOf(owner: Process, what: string): Promise<void> {
    return new Promise((resolve) => this.offer(owner, what, resolve))
  }

  /** Offers something that may happen; returns a way to take it back. */
  offer(owner: Process, what: string, take: () => void): () => void {
    const choice: Choice = { what, owner, take }
    if (owner.isAlive) this.#choices.push(choice)
    return () => {
      this.#choices = this.#choices.filter((one) => one !== choice)
    }
  }

  /** The clock as a process sees it. */
  clockOf(owner: Process): Clock {
    return {
      now: () => this.now,
      monotonic: () => this.#passed,
      setTimer: (at, fire) => {
        const timer: Timer = { at: this.#passed + Math.max(0, at - this.now), owner, fire }
        if (owner.isAlive) this.#timers.push(timer)
        return () => {
          this.#timers = this.#timers.filter((one) => one !== timer)
        }
      },
    }
  }

  /** Ends a process: what it waits for does not come. */
  kill(process: Process): void {
    process.isAlive = false
    this.#choices = this.#choices.filter(({ owner }) => owner !== process)
    this.#timers = this.#timers.filter(({ owner }) => owner !== process)
  }

  /** Lets one thing happen. False when nothing is there that could. */
  step(): boolean {
    const isTimeChosen = this.#eager && this.#timers.length > 0 && this.random.chance(0.1)
    const moved = this.#choices.length === 0 || isTimeChosen ? this.#fireNext() : this.#takeNext()
    if (moved) this.turns += 1
    return moved
  }

  /** Lets time pass, as it does while nobody runs. */
  sleepUntil(time: number): void {
    this.#passed += Math.max(0, time - this.now)
  }

  /** Somebody sets the clock on the wall, forward or back. */
  setClock(byMs: number): void {
    this.#wall += byMs
  }

  #takeNext(): boolean {
    const index = this.random.int(this.#choices.length)
    const [choice] = this.#choices.splice(index, 1)
    if (choice === undefined) return false
    this.story.push(choice.what)
    choice.take()
    return true
  }

  #fireNext(): boolean {
    const next = this.#timers.reduce<Timer | undefined>(
      (first, timer) => (first === undefined || timer.at < first.at ? timer : first),
      undefined,
    )
    if (next === undefined) return false
    this.#timers = this.#timers.filter((timer) => timer !== next)
    this.#passed = Math.max(this.#passed, next.at)
    this.story.push(`time ${this.#passed}`)
    next.fire()
    return true
  }
}

/** Lets everything run that waits for nothing but its turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
