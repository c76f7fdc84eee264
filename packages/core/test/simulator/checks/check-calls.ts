/** Decide, record, then do (law 2): what was called, held against what was on disk at that moment. */
import { isDeepStrictEqual } from 'node:util'
import type { StepScope } from '../../../src/events/envelope.ts'
import type { DurableEvent } from '../../../src/events/swarm-event.ts'
import type { CallRecord } from '../world/calls.ts'

type Start = Extract<DurableEvent, { readonly type: 'step_start' }>

/** What calls did against the rules. */
export function checkCalls(
  calls: readonly CallRecord[],
  journal: readonly DurableEvent[],
): readonly string[] {
  return [
    ...repeated(calls),
    ...renamed(calls, journal),
    ...calls.flatMap((call) => problemsOf(call, journal)),
  ]
}

/** At most one call for each attempt of an execution. */
function repeated(calls: readonly CallRecord[]): readonly string[] {
  const addresses = calls.map(addressOf)
  const twice = addresses.filter((address, index) => addresses.indexOf(address) < index)
  return twice.map((address) => `${address} is called twice`)
}

/** Every attempt of an execution with the same content is called with one key (rule S5). */
function renamed(calls: readonly CallRecord[], journal: readonly DurableEvent[]): readonly string[] {
  const keys = new Map<string, string>()
  return calls.flatMap((call) => {
    const start = journal.find((event) => isStartOf(event, call))
    if (start === undefined) return []
    const what = `${executionOf(start)} ${start.contentKey}`
    const key = keys.get(what) ?? call.idempotencyKey
    keys.set(what, key)
    return key === call.idempotencyKey ? [] : [`${addressOf(call)} had the key ${key} before (S5)`]
  })
}

function problemsOf(call: CallRecord, journal: readonly DurableEvent[]): readonly string[] {
  const problems: string[] = []
  const before = journal.slice(0, call.seq)
  const start = before.find((event) => isStartOf(event, call))
  if (start === undefined) problems.push('before its start was on disk (S8)')
  if (start !== undefined && !isDeepStrictEqual(call.budget, start.reserved))
    problems.push(`with the budget ${JSON.stringify(call.budget)} (B3)`)
  if (before.some((event) => isEndOf(event, start))) problems.push('after it had ended (S5)')
  if (call.isOrphan) problems.push('by a process that had lost the run (S7)')
  return problems.map((problem) => `${addressOf(call)} is called ${problem}`)
}

function isStartOf(event: DurableEvent, { idempotencyKey, attempt }: CallRecord): event is Start {
  return event.type === 'step_start' && event.idempotencyKey === idempotencyKey && event.attempt === attempt
}

function isEndOf(event: DurableEvent, start: Start | undefined): boolean {
  return event.type === 'step_end' && start !== undefined && executionOf(event) === executionOf(start)
}

function executionOf({ frame, stepId, item = '', iteration }: Omit<StepScope, 'attempt'>): string {
  return `${frame}/${stepId}[${item}]#${iteration}`
}

function addressOf({ idempotencyKey, attempt }: CallRecord): string {
  return `${idempotencyKey}.${attempt}`
}
