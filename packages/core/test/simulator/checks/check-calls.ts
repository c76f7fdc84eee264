/** Decide, record, then do (law 2): what was called, held against what was on disk at that moment. */
import type { DurableEvent } from '../../../src/events/swarm-event.ts'
import type { CallRecord } from '../world/calls.ts'

/** What calls did against the rules. */
export function checkCalls(
  calls: readonly CallRecord[],
  journal: readonly DurableEvent[],
): readonly string[] {
  return [...repeated(calls), ...calls.flatMap((call) => problemsOf(call, journal))]
}

/** At most one call for each attempt of an execution. */
function repeated(calls: readonly CallRecord[]): readonly string[] {
  const addresses = calls.map(addressOf)
  const twice = addresses.filter((address, index) => addresses.indexOf(address) < index)
  return twice.map((address) => `${address} is called twice`)
}

function problemsOf(call: CallRecord, journal: readonly DurableEvent[]): readonly string[] {
  const problems: string[] = []
  const before = journal.slice(0, call.seq)
  if (!before.some((event) => isStartOf(event, call))) problems.push('before its start was on disk (S8)')
  if (before.some((event) => isEndOf(event, call))) problems.push('after it had ended (S5)')
  if (call.isOrphan) problems.push('by a process that had lost the run (S7)')
  return problems.map((problem) => `${addressOf(call)} is called ${problem}`)
}

function isStartOf(event: DurableEvent, { idempotencyKey, attempt }: CallRecord): boolean {
  return event.type === 'step_start' && event.idempotencyKey === idempotencyKey && event.attempt === attempt
}

function isEndOf(event: DurableEvent, { idempotencyKey }: CallRecord): boolean {
  if (event.type !== 'step_end') return false
  const item = event.item === undefined ? '' : `[${event.item}]`
  return idempotencyKey.startsWith(`${event.runId}/${event.frame}/${event.stepId}${item}#${event.iteration}@`)
}

function addressOf({ idempotencyKey, attempt }: CallRecord): string {
  return `${idempotencyKey}.${attempt}`
}
