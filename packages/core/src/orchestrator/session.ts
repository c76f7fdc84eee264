/**
 * My job: one run in one process: take in what has happened, decide, record, then do (law 2).
 * My neighbours: `run/` decides, the journal records, `launch` and `call` do.
 *
 * Invariants:
 * 1. Nothing starts before the event that says so is appended (rule S8, faults 34 and 35).
 * 2. All that is due is recorded in one append before anything is waited for (rule J3).
 * 3. A call can end its own execution only, and only once (law 5).
 * 4. When the journal cannot be written the session ends, and with it every call.
 */
import { SwarmError } from '../errors/swarm-error.ts'
import type { DurableEvent, EventDraft } from '../events/swarm-event.ts'
import { isEmpty, nextTimerAt } from '../run/agenda.ts'
import { nextAction } from '../run/next-action.ts'
import type { RunState } from '../run/state.ts'
import type { ArtifactStore } from '../storage/artifact-store.ts'
import type { RunWriter } from '../storage/storage.ts'
import { CallRegistry } from './calls/call-registry.ts'
import { Gatekeeper } from './gatekeeper.ts'
import type { Host } from './host.ts'
import { createJournal, createStamp, type Journal } from './journal.ts'
import type { RequestHandler } from './options.ts'
import { perform } from './perform.ts'
import { type Broadcast, createBroadcast } from './readers/broadcast.ts'
import { createRecords, type Records } from './records/records.ts'
import { RunningChecks } from './running-checks.ts'
import type { RunSlots } from './slots.ts'

/** What a session is made of. */
export interface SessionParts {
  readonly host: Host
  readonly state: RunState
  readonly writer: RunWriter
  readonly onRequest: RequestHandler | undefined
  /** Ends the session when only people can move the run. */
  readonly parks: boolean
  /** What is recorded before anything else. */
  readonly opening: readonly EventDraft[]
  /** Events that were appended with the run's creation, of which nobody has been told. */
  readonly untold: readonly DurableEvent[]
}

/** A run that this process owns. */
export class Session {
  readonly host: Host
  readonly state: RunState
  readonly artifacts: ArtifactStore
  readonly broadcast: Broadcast
  readonly records: Records
  readonly calls: CallRegistry
  readonly checks: RunningChecks
  readonly gatekeeper: Gatekeeper
  readonly slots: RunSlots
  readonly stamp: () => string
  /** Resolves when this process no longer owns the run; rejects when the journal failed. */
  readonly ended: Promise<void>
  /** The first event that this session records, or that was recorded for it. */
  readonly firstSeq: number
  /** The last event that this session knows to be in the journal. */
  durableSeq: number
  readonly #writer: RunWriter
  readonly #journal: Journal
  readonly #parks: boolean
  readonly #closing = new AbortController()
  #inbox: (() => void)[] = []
  #afterFlush: (() => void)[] = []
  /** Rejects the commits that are under way. */
  readonly #commits = new Set<() => void>()
  #wake: (() => void) | undefined
  /** Things under way that will come back by themselves, beside calls. */
  #pending = 0
  #failure: unknown

  constructor({ host, state, writer, onRequest, parks, opening, untold }: SessionParts) {
    this.host = host
    this.firstSeq = state.lastSeq + 1
    this.durableSeq = state.lastSeq
    this.state = state
    this.stamp = createStamp(host.clock)
    this.artifacts = host.storage.artifacts(state.runId)
    this.broadcast = createBroadcast(state.runId, state.lastSeq, {
      replay: (fromSeq) => host.storage.readEvents(state.runId, { fromSeq }),
      stamp: this.stamp,
    })
    this.slots = host.slots.openRun()
    this.#writer = writer
    this.#parks = parks
    this.#journal = createJournal(state, writer, host)
    this.records = createRecords(this, () => writer.owned())
    this.calls = new CallRegistry(this)
    this.checks = new RunningChecks(this)
    this.gatekeeper = new Gatekeeper(this, writer, onRequest)
    host.watchers.tell(untold, (event, thrown) => this.#complain(event, thrown))
    this.ended = this.#run(opening)
    // Whoever waits for the result is told; a session that nobody watches must not crash the process.
    this.ended.catch(() => {})
  }

  /** Records an event. To be called only inside work that was handed to the session. */
  record(draft: EventDraft): DurableEvent {
    const event = this.#journal.record(draft, this.calls.measure(draft))
    this.calls.observe(event)
    this.checks.observe(event)
    return event
  }

  /** Hands in work that records events, at once, in the order of handing in. */
  enqueue(work: () => void): void {
    this.#inbox.push(work)
    this.#wake?.()
  }

  /** Hands in work and resolves when what it recorded is durable. Rejects when the session has ended. */
  commit<T>(work: () => T): Promise<T> {
    if (this.#closing.signal.aborted) return Promise.reject(this.#gone())
    return new Promise((resolve, reject) => {
      const giveUp = (): void => reject(this.#gone())
      this.#commits.add(giveUp)
      const conclude = (end: () => void): void => {
        this.#commits.delete(giveUp)
        end()
      }
      this.enqueue(() => {
        try {
          const value = work()
          this.after(() => conclude(() => resolve(value)))
        } catch (thrown) {
          // It is the fault of whoever handed it in, not of the run.
          conclude(() => reject(thrown))
        }
      })
    })
  }

  /** Looks again whether anything goes on: a call has begun to wait for people. */
  look(): void {
    this.#wake?.()
  }

  /** Does something once what is recorded now is durable. */
  after(effect: () => void): void {
    this.#afterFlush.push(effect)
  }

  /** Does something that takes time and then hands in work; the run is not idle meanwhile. */
  async background<T>(task: Promise<T>, then: (value: T) => void): Promise<void> {
    this.#pending += 1
    try {
      const value = await task
      this.enqueue(() => then(value))
    } catch (error) {
      this.enqueue(() => {
        throw error
      })
    } finally {
      this.#pending -= 1
      this.#wake?.()
    }
  }

  /** The signal that fires when this process gives the run up. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  #gone(): unknown {
    const message = `This process no longer owns run "${this.state.runId}". Resume it to go on.`
    return this.#failure ?? new SwarmError(message, { code: 'run_not_owned' })
  }

  async #run(opening: readonly EventDraft[]): Promise<void> {
    try {
      // Before anything else is looked at: what is taken up again may have been stopped or over.
      for (const draft of opening) this.record(draft)
      await this.gatekeeper.open()
      while (!this.#isOver()) {
        this.#turn()
        if (this.#journal.isDirty || this.#afterFlush.length > 0) await this.#flush()
        else if (this.#isParked()) break
        else if (this.#inbox.length === 0) await this.#sleep()
      }
    } catch (error) {
      this.#failure = error
    }
    await this.#close()
    if (this.#failure !== undefined) throw this.#failure
  }

  #isOver(): boolean {
    return this.state.final !== undefined || this.state.control === 'stopped'
  }

  #turn(): void {
    const works = this.#inbox
    this.#inbox = []
    for (const work of works) if (!this.#isOver()) work()
    for (let action = this.#next(); action !== undefined; action = this.#next()) perform(this, action)
    this.gatekeeper.rest()
  }

  #next(): ReturnType<typeof nextAction> {
    const { timers } = this.state.agenda
    return nextAction(this.state, timers.length === 0 ? 0 : this.host.clock.now())
  }

  async #flush(): Promise<void> {
    const effects = this.#afterFlush
    this.#afterFlush = []
    if (this.#journal.isDirty) this.#tell(await this.#journal.flush())
    for (const effect of effects) effect()
  }

  #tell(events: readonly DurableEvent[]): void {
    this.durableSeq = events.at(-1)?.seq ?? this.durableSeq
    this.broadcast.publish(events)
    this.records.observe(events)
    this.gatekeeper.observe(events)
    this.host.watchers.tell(events, (event, thrown) => this.#complain(event, thrown))
  }

  /** A watcher that throws at its own diagnostic is not told of again. */
  #complain(event: DurableEvent, thrown: unknown): void {
    if (event.type === 'diagnostic' || this.state.final !== undefined) return
    const message = `A watcher of "${event.type}" threw: ${this.host.secrets.plainError(thrown).message}`
    this.enqueue(() => this.record({ type: 'diagnostic', code: 'watcher_threw', message }))
  }

  /** Whether only people can move the run. */
  #isParked(): boolean {
    if (!this.#parks || this.state.open.size === 0 || this.state.control !== 'running') return false
    const hasRetries = this.state.agenda.timers.some(
      (timer) => timer.kind === 'retry' && timer.execution.status === 'retrying',
    )
    return this.isIdle && this.calls.allAsk && !hasRetries && !this.gatekeeper.isAsking
  }

  /** Whether nothing is under way but calls that wait for an answer. */
  get isIdle(): boolean {
    return this.#pending === 0 && this.#inbox.length === 0 && this.calls.allWait
  }

  /** Whether nothing at all is under way. */
  get isAtRest(): boolean {
    return this.#pending === 0 && this.#inbox.length === 0 && this.calls.isEmpty
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      const at = isEmpty(this.state.agenda.due) ? nextTimerAt(this.state.agenda) : undefined
      const cancel = at === undefined ? () => {} : this.host.clock.setTimer(at, () => this.#wake?.())
      this.#wake = () => {
        this.#wake = undefined
        cancel()
        resolve()
      }
    })
  }

  async #close(): Promise<void> {
    // Nobody reads the reason; the error that would be made of none costs as much as a step.
    this.#closing.abort('closed')
    for (const giveUp of this.#commits) giveUp()
    await Promise.all([this.calls.abortAll(), this.checks.abortAll()])
    this.slots.close()
    await this.records.close()
    await this.#writer.close().catch((error: unknown) => {
      this.#failure ??= error
    })
    this.broadcast.end()
  }
}
