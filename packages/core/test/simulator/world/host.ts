/**
 * The host of a simulated run: it boots processes that begin the run or take it up again, and strikes with
 * the faults that come at a turn.
 *
 * Invariant: at most one process is current. One that was taken over may go on for a while; what it does then
 * is noted, and judged by others.
 */
import { SwarmError } from '../../../src/errors/swarm-error.ts'
import type { DurableEvent } from '../../../src/events/swarm-event.ts'
import type { ResumeOptions, Run, RunResult } from '../../../src/orchestrator/options.ts'
import { checkLive, checkStream } from '../checks/check-live.ts'
import { type Fault, type FaultKind, HOUR_MS } from '../scenario.ts'
import { type CallBook, createCallBook } from './calls.ts'
import type { Cast } from './cast.ts'
import type { Disk } from './disk.ts'
import { People } from './people.ts'
import { raiseOf } from './raise.ts'
import { createSeat, enter, RUN_ID, type Seat, type Task } from './seat.ts'
import { nextTurn, type World } from './world.ts'

/** What a host is made of. */
export interface HostParts {
  readonly cast: Cast
  readonly world: World
  readonly disk: Disk
  readonly faults: readonly Fault[]
  /** Whether the living state is looked at after every turn. */
  readonly isWatched: boolean
}

const IDLE_TURNS = 30
/** How often a run that was left gets a larger budget before it needs one. */
const RAISES = 0.2
/** How often the living state is looked at. */
const LOOKS = 0.02
/** Failures of a session that a host expects: another process, or another try, goes on. */
const EXPECTED: ReadonlySet<string> = new Set(['storage_failed', 'run_lock_lost', 'writer_closed'])

/** See the head of the file. */
export class Host {
  readonly book: CallBook
  readonly problems: string[] = []
  readonly struck: Fault[] = []
  processes = 0
  isOver = false
  result: RunResult | undefined
  readonly #cast: Cast
  readonly #world: World
  readonly #disk: Disk
  readonly #desk: Seat
  readonly #people: People
  readonly #isWatched: boolean
  #seat: Seat | undefined
  #faults: readonly Fault[]
  #phase: 'going' | 'returning' | 'parked' = 'going'
  #givenBefore = 0
  #idle = 0

  constructor({ cast, world, disk, faults, isWatched }: HostParts) {
    this.#isWatched = isWatched
    this.#cast = cast
    this.#world = world
    this.#disk = disk
    this.book = createCallBook(disk, cast.scenario.host.slots)
    this.#faults = faults.filter(
      ({ kind }) => !/-(before|after|torn)$/.test(kind) && kind !== 'deliver-again',
    )
    this.#desk = this.#sit()
    this.#people = new People(world, cast.scenario, {
      doors: { here: () => this.#here(), elsewhere: () => this.#desk.orchestrator.open(RUN_ID) },
      self: this.#desk.process,
    })
  }

  /** Takes in what has become durable. */
  observe(events: readonly DurableEvent[]): void {
    this.#people.observe(events)
    for (const { type } of events) if (type === 'run_pausing' || type === 'run_paused') this.#offerContinue()
  }

  /** Lets everything rest, looks where things stand, and lets one thing happen. */
  async advance(): Promise<void> {
    await nextTurn()
    this.#inspect()
    if (this.isOver) return
    this.#strike()
    if (this.#world.step()) this.#idle = 0
    else this.#rest()
  }

  /** Begins the run, or takes up a journal that is there. */
  go(options: ResumeOptions = {}): void {
    this.#phase = 'going'
    const isThere = this.#disk.lines.length > 0
    const isEnded = lastTypeOf(this.#disk) === 'run_completed'
    const raise = raiseOf(this.#cast.scenario.host, this.#disk)
    if (isEnded && raise === undefined) {
      this.isOver = true
      return
    }
    const isRaised = isThere && raise !== undefined && (isEnded || this.#world.random.chance(RAISES))
    const seat = this.#sit()
    this.#seat = seat
    this.result = undefined
    const onRequest = this.#people.handlerOf(seat.process)
    const { request, host } = this.#cast.scenario
    const task: Task = isThere
      ? { kind: 'resume', options: { ...options, ...(isRaised ? { budget: raise } : {}), onRequest } }
      : { kind: 'begin', request: { ...request, runId: RUN_ID, onRequest } }
    enter(seat, host.door, task)
    this.#people.askAgain()
  }

  /** Ends what is left. */
  async leave(): Promise<void> {
    for (let turns = 0; turns < 3; turns += 1) await nextTurn()
    if (this.#seat !== undefined) this.#world.kill(this.#seat.process)
  }

  #sit(): Seat {
    const process = { id: this.processes, isAlive: true }
    this.processes += 1
    const stage = { world: this.#world, process, scenario: this.#cast.scenario, book: this.book }
    return createSeat(stage, this.#cast, this.#disk)
  }

  /** A handle in the process that owns the run, while one does. */
  #here(): Run | undefined {
    const seat = this.#seat
    return seat?.process.isAlive && seat.end === undefined ? seat.orchestrator.open(RUN_ID) : undefined
  }

  /** Looks whether the current process has died or done its part. */
  #inspect(): void {
    const seat = this.#seat
    if (this.#phase === 'parked') return this.#maybeReturn()
    if (seat === undefined || this.#phase !== 'going') return
    if (!seat.process.isAlive) this.#comeBack('a new process takes the run up')
    else if (seat.end !== undefined) this.#judge(seat, seat.end)
    else if (this.#world.random.chance(LOOKS) || this.#isWatched)
      this.problems.push(...checkLive(seat, this.#disk))
  }

  #judge(seat: Seat, end: NonNullable<Seat['end']>): void {
    if ('error' in end) {
      const code = SwarmError.is(end.error) ? end.error.code : undefined
      // More money was of no use to it.
      if (code === 'run_over') {
        this.isOver = true
        return
      }
      if (code === undefined || !this.#isExpected(code))
        this.problems.push(`the run threw ${String(end.error)} (${code})`)
      // Who finds it locked takes it over: else its old owner and the new ones might wait for each other.
      const options = code === 'run_locked' ? { takeover: true } : {}
      this.#comeBack('the run is taken up after a failed write', options)
      return
    }
    this.problems.push(...checkLive(seat, this.#disk), ...checkStream(seat, this.#disk))
    const status = end.result?.status
    if (lastTypeOf(this.#disk) === 'run_completed') {
      this.result = end.result
      if (raiseOf(this.#cast.scenario.host, this.#disk) === undefined) this.isOver = true
      else this.#comeBack('the run is given more')
    } else if (status === 'waiting') {
      this.#phase = 'parked'
      this.#givenBefore = this.#people.given
    } else this.#comeBack('the run is taken up after a rest')
  }

  /** Two processes that open a run in one moment may find it locked, where one takes it over. */
  #isExpected(code: string): boolean {
    return (
      EXPECTED.has(code) || (code === 'run_locked' && this.struck.some(({ kind }) => kind === 'takeover'))
    )
  }

  #comeBack(what: string, options: ResumeOptions = {}): void {
    this.#phase = 'returning'
    this.#world.offer(this.#desk.process, what, () => this.go(options))
  }

  /** A run that was parked is taken up some time after an answer has come. */
  #maybeReturn(): void {
    if (this.#people.given > this.#givenBefore && this.#world.random.chance(0.4)) this.go()
  }

  /** Nothing can happen: a parked run is taken up at its next deadline, any other one hangs. */
  #rest(): void {
    if (this.#phase === 'parked') {
      this.#world.sleepUntil(this.#people.nextDeadline ?? 0)
      this.go()
      return
    }
    this.#idle += 1
    if (this.#idle < IDLE_TURNS) return
    this.problems.push(`the run hangs (${this.#seat?.end === undefined ? 'its process lives' : 'at rest'})`)
    this.isOver = true
  }

  #strike(): void {
    const [fault] = this.#faults
    const seat = this.#seat
    if (
      fault === undefined ||
      fault.at > this.#world.turns ||
      seat === undefined ||
      this.#here() === undefined
    )
      return
    this.#faults = this.#faults.slice(1)
    this.struck.push(fault)
    this.#world.story.push(`fault: ${fault.kind}`)
    strikes[fault.kind]?.(this.#target(seat))
  }

  #target(seat: Seat): Target {
    const isHere = this.#world.random.chance(0.6)
    return {
      seat,
      control: isHere ? seat.orchestrator.open(RUN_ID) : this.#desk.orchestrator.open(RUN_ID),
      kill: () => this.#world.kill(seat.process),
      takeOver: () => this.go({ takeover: true }),
      setClock: (byMs) => this.#world.setClock(byMs),
    }
  }

  #offerContinue(): void {
    this.#world.offer(this.#desk.process, 'the run is told to go on', () => {
      const run = this.#here() ?? this.#desk.orchestrator.open(RUN_ID)
      ignore(run.continue())
    })
  }
}

interface Target {
  readonly seat: Seat
  /** A handle in this process or in another one. */
  readonly control: Run
  readonly kill: () => void
  readonly takeOver: () => void
  readonly setClock: (byMs: number) => void
}

const strikes: Readonly<Partial<Record<FaultKind, (target: Target) => void>>> = {
  kill: ({ kill }) => kill(),
  stop: ({ control }) => ignore(control.stop()),
  pause: ({ control }) => ignore(control.pause()),
  cancel: ({ control }) => ignore(control.cancel()),
  takeover: ({ takeOver }) => takeOver(),
  'clock-back': ({ setClock }) => setClock(-HOUR_MS),
  'clock-forward': ({ setClock }) => setClock(HOUR_MS),
  leave({ seat }) {
    seat.leaves = true
  },
}

/** A receipt that nobody needs: a process that gives the run up meanwhile refuses it. */
function ignore(receipt: Promise<unknown>): void {
  receipt.catch(() => {})
}

function lastTypeOf({ lines }: Disk): DurableEvent['type'] | undefined {
  const line = lines.at(-1)
  return line === undefined ? undefined : JSON.parse(line).type
}
