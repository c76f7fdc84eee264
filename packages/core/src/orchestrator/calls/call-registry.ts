/**
 * My job: the calls that run in this process: their signals, times and slots.
 *
 * Invariants:
 * 1. A call whose execution was ended by somebody else is aborted; what it gives later is not counted.
 * 2. Its slot is given back when it has ended, or when its grace is over.
 * 3. Nothing that a call does after its end outlives the session by more than the grace.
 */
import type { AttemptMeasures } from '../../events/step-events.ts'
import type { DurableEvent, EventDraft } from '../../events/swarm-event.ts'
import { formatAddress } from '../../run/address.ts'
import { chargeOf } from '../../run/budget.ts'
import { executionOf } from '../../run/lookup.ts'
import type { Execution } from '../../run/state.ts'
import type { Session } from '../session.ts'
import type { RunningCall } from './running-call.ts'
import type { CutOff } from './spent.ts'

interface Times {
  readonly startedAt: number
  readonly queuedMs: number
}

/** The calls of a session. */
export class CallRegistry {
  /** Addresses of the calls that were aborted because the run was told to rest. */
  readonly abortedAddresses = new Set<string>()
  /** What calls had spent that ended so: their attempts stay open, and nobody else tells of it. */
  readonly cutOff: CutOff[] = []
  readonly #session: Session
  readonly #calls = new Map<Execution, RunningCall>()
  readonly #times = new Map<Execution, Times>()
  /** The last call of each execution that has ended: its end is recorded then. */
  readonly #ended = new WeakMap<Execution, RunningCall>()
  /** Calls that no longer count and clean up. */
  readonly #leaving = new Set<RunningCall>()

  constructor(session: Session) {
    this.#session = session
  }

  /** Remembers when an execution began, for its durations. */
  started(execution: Execution, queuedMs: number): void {
    this.#ended.delete(execution)
    this.#times.set(execution, { startedAt: this.#session.host.clock.monotonic(), queuedMs })
  }

  /** Takes a call in. */
  add(call: RunningCall): void {
    this.#calls.set(call.execution, call)
  }

  /** Takes a call out as it ends; false when somebody else has ended its execution. */
  finish(call: RunningCall): boolean {
    call.timer?.stop()
    call.release()
    this.#leaving.delete(call)
    if (this.#calls.get(call.execution) !== call) return false
    this.#calls.delete(call.execution)
    this.#ended.set(call.execution, call)
    return true
  }

  /** Whether a call still counts. */
  isCurrent(call: RunningCall): boolean {
    return this.#calls.get(call.execution) === call
  }

  /** No call runs, or each waits for an answer. */
  get allWait(): boolean {
    for (const call of this.#calls.values()) if (call.waits === 0) return false
    return true
  }

  /** No call runs, or each has a question open: one that was answered goes on, if only when it has a slot. */
  get allAsk(): boolean {
    for (const { waits, execution } of this.#calls.values())
      if (waits === 0 || execution.requests.every(({ status }) => status !== 'open')) return false
    return true
  }

  /** Whether no call runs at all. */
  get isEmpty(): boolean {
    return this.#calls.size === 0
  }

  /** What the attempt took that a draft ends; what its call has spent, if it is somebody else who ends it. */
  measure(draft: EventDraft): AttemptMeasures | undefined {
    if (draft.type !== 'step_end' && draft.type !== 'step_error' && draft.type !== 'step_skipped')
      return undefined
    const execution = executionOf(this.#session.state, draft)
    const running = this.#calls.get(execution)
    const measured = { ...running?.spent, ...this.#timesOf(execution) }
    if (execution.reserved === undefined) return measured
    const charged = chargeOf(
      this.#session.state,
      execution,
      { ...draft, ...measured },
      running ?? this.#ended.get(execution),
    )
    return charged === undefined ? measured : { ...measured, charged }
  }

  #timesOf(execution: Execution): Pick<AttemptMeasures, 'durationMs' | 'queuedMs'> | undefined {
    const times = this.#times.get(execution)
    if (times === undefined) return undefined
    this.#times.delete(execution)
    const durationMs = Math.max(0, this.#session.host.clock.monotonic() - times.startedAt)
    return { durationMs: round(durationMs), queuedMs: round(times.queuedMs) }
  }

  /** Aborts the call whose execution an event has ended. */
  observe(event: DurableEvent): void {
    if (event.type !== 'step_error' && event.type !== 'step_skipped') return
    const execution = executionOf(this.#session.state, event)
    const call = this.#calls.get(execution)
    if (call === undefined) return
    this.#calls.delete(execution)
    this.#leaving.add(call)
    call.abort(new Error(`The step was ended: ${event.type}`))
  }

  /** Aborts every call, or those that wait for an answer, and lets them clean up within their grace. */
  async abortAll(which: 'all' | 'waiting' = 'all'): Promise<void> {
    const calls = [...this.#calls.values()].filter((call) => which === 'all' || call.waits > 0)
    for (const call of calls) {
      this.abortedAddresses.add(formatAddress(call.scope))
      call.abort(new Error('The run rests'))
    }
    await Promise.all([...calls, ...this.#leaving].map((call) => call.left))
  }
}

/** Microseconds are enough, and shorter to store. */
function round(milliseconds: number): number {
  return Math.round(milliseconds * 1_000) / 1_000
}
