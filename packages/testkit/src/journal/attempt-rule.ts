import type { DurableEvent } from '@batonjs/core'
import { executionOf, type JournalRule, placeOf, SOUND } from './rule.ts'

type EventOf<Type extends DurableEvent['type']> = Extract<DurableEvent, { type: Type }>

/** What became of an execution so far. */
interface Record {
  readonly place: string
  attempt: number
  state: 'open' | 'succeeded' | 'retrying' | 'failed' | 'skipped'
}

/** Skips that may end an attempt: a lost race (E3), and a rejected approval that skips its step (H5). */
const ENDING_SKIPS: ReadonlySet<string> = new Set(['lost', 'rejected'])

/** Every attempt begins once and ends once (E3); what ended well is not repeated (S5). */
export function createAttemptRule(): JournalRule {
  const records = new Map<string, Record>()
  const rearmed = new Set<string>()
  return (event) => {
    switch (event.type) {
      case 'step_start':
        return [...startProblems(event, records, rearmed)]
      case 'step_end':
        return endProblems(event, records, 'succeeded')
      case 'step_error':
        return endProblems(event, records, event.willRetry ? 'retrying' : 'failed')
      case 'step_skipped':
        return skipProblems(event, records)
      case 'routing_decision':
        for (const { stepId, iteration } of event.rearmed ?? [])
          rearmed.add(`${event.frame}/${stepId}#${iteration}`)
        return SOUND
      case 'run_resumed':
        reopen(records, event.rearmed)
        return SOUND
      case 'flow_revised':
        reviseAt(
          records,
          event.rearmed.map(({ frame, stepId }) => placeOf(frame, stepId)),
        )
        return SOUND
      case 'run_completed':
        return openAttempts(records)
      default:
        return SOUND
    }
  }
}

function* startProblems(event: EventOf<'step_start'>, records: Map<string, Record>, rearmed: Set<string>) {
  const key = executionOf(event)
  const record = records.get(key)
  if (record?.state === 'open')
    yield `${key} starts attempt ${event.attempt} while attempt ${record.attempt} runs`
  else if (record !== undefined && record.state !== 'retrying')
    yield `${key} starts again after it ${record.state}`
  if (event.attempt !== (record?.attempt ?? 0) + 1) {
    yield `${key} starts attempt ${event.attempt} after attempt ${record?.attempt ?? 0}`
  }
  if (event.idempotencyKey !== idempotencyKeyOf(event))
    yield `${key} has the idempotency key "${event.idempotencyKey}"`
  if (event.iteration > 1 && !rearmed.has(`${event.frame}/${event.stepId}#${event.iteration}`)) {
    yield `${key} was never re-armed`
  }
  records.set(key, { place: placeOf(event.frame, event.stepId), attempt: event.attempt, state: 'open' })
}

function idempotencyKeyOf(event: EventOf<'step_start'>): string {
  return `${event.runId}/${executionOf(event)}@${event.contentKey.slice(0, 8)}`
}

function endProblems(
  event: EventOf<'step_end' | 'step_error'>,
  records: Map<string, Record>,
  state: Record['state'],
): readonly string[] {
  const key = executionOf(event)
  const record = records.get(key)
  if (record === undefined) return [`${key} ends and never started`]
  const isOpen = record.state === 'open' && record.attempt === event.attempt
  record.state = state
  if (isOpen) return SOUND
  return [`attempt ${event.attempt} of ${key} ends, but is not running`]
}

function skipProblems(event: EventOf<'step_skipped'>, records: Map<string, Record>): readonly string[] {
  const key = executionOf(event)
  const record = records.get(key)
  const wasOpen = record?.state === 'open'
  const place = placeOf(event.frame, event.stepId)
  records.set(key, { place, attempt: record?.attempt ?? 0, state: 'skipped' })
  if (record === undefined || record.state === 'retrying' || wasOpen) {
    return wasOpen && !ENDING_SKIPS.has(event.reason)
      ? [`${key} is skipped (${event.reason}) while it runs`]
      : SOUND
  }
  return [`${key} is skipped after it ${record.state}`]
}

/** What `retryFailed` re-armed may try again; what succeeded, such as items of a failed map, may not. */
function reopen(records: Map<string, Record>, places: readonly string[]): void {
  for (const record of recordsAt(records, places)) if (record.state !== 'succeeded') record.state = 'retrying'
}

/** An edited step may run again, and so may all its items; their attempts go on counting. */
function reviseAt(records: Map<string, Record>, places: readonly string[]): void {
  for (const record of recordsAt(records, places)) record.state = 'retrying'
}

function recordsAt(records: Map<string, Record>, places: readonly string[]): Record[] {
  const named = new Set(places)
  return [...records.values()].filter(({ place }) => named.has(place))
}

function openAttempts(records: ReadonlyMap<string, Record>): readonly string[] {
  return [...records].filter(([, { state }]) => state === 'open').map(([key]) => `${key} is still running`)
}
