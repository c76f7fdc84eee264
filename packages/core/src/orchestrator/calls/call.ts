/**
 * My job: one call, whatever it does (law 5): its time, its abort, its end, its retries.
 *
 * Invariants:
 * 1. An attempt has exactly one end; what comes after it is a `late_result` diagnostic.
 * 2. A call that ignores its abort is given up after a grace and told as `abandoned`.
 * 3. Time spent waiting for people counts against no timeout and holds no slot (rule H3).
 */
import { type PlainError, toPlainError } from '../../errors/plain-error.ts'
import { EngineError } from '../../errors/swarm-error.ts'
import type { Handoff } from '../../events/envelope.ts'
import type { QuotaWaiting } from '../../events/open-events.ts'
import type { EventDraft } from '../../events/swarm-event.ts'
import { formatAddress } from '../../run/address.ts'
import { toldAmounts } from '../../run/budget.ts'
import { withdrawRequests } from '../../run/call-off.ts'
import { kernelError, stepEnd, stepError, stepScope } from '../../run/drafts.ts'
import { conflictsOf, toEntries } from '../../run/facts.ts'
import { definitionOf, type Execution } from '../../run/state.ts'
import { outputPath } from '../output-path.ts'
import { isSmall, type RawOutput, storeOutput, toSmallOutput } from '../outputs.ts'
import type { Session } from '../session.ts'
import type { Launch } from '../starts/record-start.ts'
import { createCallTimer } from './call-timer.ts'
import { fallbackOf } from './engine-choice.ts'
import { quotaWaitOf, retryOf } from './retry.ts'
import { RunningCall } from './running-call.ts'
import type { CutOff } from './spent.ts'
import { endLeftTools } from './tool-calls.ts'

/** How a call ended, as core understood it. */
export type CallEnd = CallSuccess | CallFailure

/** What a call gave. */
export interface CallSuccess {
  readonly raw: RawOutput
  readonly handoff?: Handoff | undefined
  /** The model that answered. */
  readonly model?: string | undefined
}

/** Why a call failed. */
export interface CallFailure {
  readonly error: PlainError
}

/** What a call does. It may throw, and it may end at once. */
type Work = (call: RunningCall) => Promise<CallEnd> | CallEnd

/** Begins a call after its start is durable. */
export function beginCall({ session, execution, release }: Launch, work: Work): void {
  const call = new RunningCall(execution, release)
  session.calls.add(call)
  session.after(() => {
    if (!session.calls.isCurrent(call)) return call.release()
    call.timer = watchTimes(session, call)
    call.done = run(session, call, work)
  })
}

function watchTimes(session: Session, call: RunningCall): RunningCall['timer'] {
  const definition = definitionOf(call.execution)
  const { defaults } = call.execution.frame.graph.definition
  const timeoutMs = definition.timeoutMs ?? defaults?.timeoutMs
  const idleTimeoutMs =
    definition.kind === 'agent' ? (definition.idleTimeoutMs ?? defaults?.idleTimeoutMs) : undefined
  if (timeoutMs === undefined && idleTimeoutMs === undefined) return undefined
  return createCallTimer(session.host.clock, { timeoutMs, idleTimeoutMs }, (what) => {
    const message = `Step "${call.execution.step.place.id}" took longer than ${what}.`
    call.abort(new EngineError(message, { code: 'timeout', retryable: true }))
  })
}

async function run(session: Session, call: RunningCall, work: Work): Promise<void> {
  call.onAbort(() => giveGrace(session, call))
  const end = await attempt(session, call, work)
  if (call.isGivenUp) return session.enqueue(() => recordLate(session, call, end))
  call.grace?.cancel()
  // It has ended: an abort while its output is stored finds nothing to give up.
  call.onAbort(() => {})
  // The answer of a call that took too much is paid for.
  const counts = call.abortion === undefined || (call.isOverspent && 'raw' in end)
  const counted = counts ? end : { error: abortReason(call) }
  const stored = 'raw' in counted && !isSmall(counted.raw) ? await store(session, call, counted) : counted
  session.enqueue(() => finish(session, call, stored))
}

async function attempt(session: Session, call: RunningCall, work: Work): Promise<CallEnd> {
  try {
    return await work(call)
  } catch (thrown) {
    const isFunction = definitionOf(call.execution).kind === 'function'
    return { error: session.host.secrets.plainError(thrown, isFunction ? 'function_failed' : 'engine_error') }
  }
}

/** A call that is aborted may clean up; when its grace is over it is given up. */
function giveGrace(session: Session, call: RunningCall): void {
  const { clock, graceMs } = session.host
  let giveUp = (): void => {}
  const over = new Promise<void>((resolve) => {
    giveUp = resolve
  })
  const cancel = clock.setTimer(clock.now() + graceMs, () => {
    call.isGivenUp = true
    abandon(session, call)
    giveUp()
  })
  call.grace = { over, cancel }
}

function abortReason({ abortion }: RunningCall): PlainError {
  return toPlainError(abortion?.reason, 'aborted')
}

function abandon(session: Session, call: RunningCall): void {
  const address = formatAddress(call.scope)
  const message = `The call did not end within ${session.host.graceMs} ms of its abort and was given up.`
  session.enqueue(() => session.record({ type: 'diagnostic', code: 'abandoned', message, address }))
  session.enqueue(() => finish(session, call, { error: abortReason(call) }))
}

function recordLate(session: Session, call: RunningCall, end: CallEnd): void {
  if (session.state.final !== undefined) return
  const what = 'error' in end ? `failed (${end.error.code})` : 'succeeded'
  const message = `A call ${what} after its step had ended; the result does not count.`
  session.record({ type: 'diagnostic', code: 'late_result', message, address: formatAddress(call.scope) })
}

/** An output that is too large for its event; the artifact is written before the event that names it. */
async function store(session: Session, call: RunningCall, end: CallSuccess): Promise<CallEnd & StoredOutput> {
  try {
    return {
      ...end,
      stored: await storeOutput(session, outputPath(call.execution, call.scope.attempt), end.raw),
    }
  } catch (thrown) {
    session.enqueue(() => {
      throw thrown
    })
    return { error: session.host.secrets.plainError(thrown, 'storage_failed') }
  }
}

interface StoredOutput {
  readonly stored?: ReturnType<typeof toSmallOutput>
}

function finish(session: Session, call: RunningCall, end: CallEnd & StoredOutput): void {
  const wasAborted = call.abortion !== undefined
  if (!session.calls.finish(call)) {
    if (!wasAborted) recordLate(session, call, end)
    return
  }
  const { state } = session
  if (state.final !== undefined) return
  if (!call.isSpotless) for (const draft of lastWords(call, end)) session.record(draft)
  if (!('error' in end)) return recordSuccess(session, call, end)
  // Cut off by a stop: the execution stays open and is closed by the resume (rule S5).
  if (wasAborted && session.calls.abortedAddresses.has(formatAddress(call.scope)))
    session.calls.cutOff.push(cutOffOf(call))
  else recordFailure(session, call, end)
}

/** Nobody knows what a call took that an orderly stop cut off and that told nothing: it counts as unpriced. */
function cutOffOf({ execution, scope, spent }: RunningCall): CutOff {
  const isUnpriced = execution.reserved?.costUsd !== undefined && spent.costUsd === undefined
  return {
    scope,
    spent: isUnpriced ? { ...spent, unpriced: true } : spent,
    taken: toldAmounts(spent),
    hasReserved: execution.reserved !== undefined,
  }
}

/** What is left to be said of a call. The failure of an attempt ends its tools, its success does not. */
function lastWords(call: RunningCall, end: CallEnd): readonly EventDraft[] {
  const tools = 'error' in end ? [] : endLeftTools(call)
  return [...tools, ...call.complaints.rest()]
}

function recordFailure(session: Session, { execution, spent }: RunningCall, { error }: CallFailure): void {
  const quota = quotaWaitOf(session, execution, error)
  const retry = quota?.until ?? retryOf(session, execution, error)
  const fallback = retry === undefined ? fallbackOf(session, execution, error) : undefined
  const willRetry = retry !== undefined || fallback !== undefined
  if (!willRetry) for (const draft of withdrawRequests(execution)) session.record(draft)
  session.record({
    ...stepError(execution, error, willRetry),
    ...(retry === undefined ? {} : { retryAt: retry }),
    ...(fallback === undefined ? {} : { fallback }),
    ...spent,
  })
  if (quota !== undefined) awaitQuota(session, execution, quota)
}

/** The account is closed for every run of this orchestrator. */
function awaitQuota(
  session: Session,
  execution: Execution,
  quota: Pick<QuotaWaiting, 'account' | 'until'>,
): void {
  session.record({ type: 'quota_waiting', ...stepScope(execution), ...quota })
  session.host.slots.close(quota.account, quota.until - session.host.clock.now())
}

function recordSuccess(session: Session, call: RunningCall, end: CallSuccess & StoredOutput): void {
  const { execution, spent } = call
  const { handoff, model } = end
  for (const draft of memoryOf(session, execution, handoff)) session.record(draft)
  for (const draft of withdrawRequests(execution)) session.record(draft)
  session.record({
    ...stepEnd(execution, end.stored ?? toSmallOutput(end.raw), handoff),
    ...spent,
    ...(model === undefined ? {} : { model }),
  })
}

/** What a handoff adds to the run's memory. */
function memoryOf(
  session: Session,
  execution: Execution,
  handoff: Handoff | undefined,
): readonly EventDraft[] {
  if (handoff === undefined) return []
  const scope = stepScope(execution)
  const facts = handoff.facts ?? []
  const entries = toEntries(session.state, facts, scope.agentKey ?? scope.stepId)
  const conflicts = conflictsOf(session.state, entries)
  return [
    ...(facts.length === 0 ? [] : [{ type: 'facts_updated' as const, ...scope, entries, conflicts }]),
    ...(handoff.assumptions ?? []).map((assumption) => ({
      type: 'assumption_recorded' as const,
      ...scope,
      assumption,
    })),
    ...(handoff.decisions ?? []).map((decision) => ({
      type: 'decision_recorded' as const,
      ...scope,
      decision,
    })),
  ]
}

/** The error of a call that was never made. */
export function callError(code: string, message: string): CallFailure {
  return { error: kernelError(code, message) }
}
