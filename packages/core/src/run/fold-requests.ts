/** My job: requests to people and callbacks, and how they ended. */
import type { EventEnvelope } from '../events/envelope.ts'
import type { RequestEvent } from '../events/request-events.ts'
import { placeOf } from './address.ts'
import { pushConclude, setTimer } from './agenda.ts'
import { executionOf } from './lookup.ts'
import { definitionOf, type RequestState, type RunState } from './state.ts'

type Requested = RequestState['record'] & EventEnvelope
type Resolved = Extract<RequestEvent, { readonly outcome: unknown }>

const KINDS = {
  approval_requested: 'approval',
  clarification_needed: 'clarification',
  proposed_action: 'action',
  callback_awaited: 'callback',
} as const

/** Somebody is asked. */
export function foldRequest(state: RunState, record: Requested): void {
  const execution = executionOf(state, record)
  const request: RequestState = {
    requestId: record.requestId,
    kind: KINDS[record.type],
    step: placeOf(record.frame, record.stepId, record.item),
    askedAt: record.ts,
    prompt: record.prompt,
    contentHash: record.contentHash,
    ...(record.deadlineAt === undefined ? {} : { deadlineAt: record.deadlineAt }),
    ...(record.answerers === undefined ? {} : { answerers: record.answerers }),
    record,
    execution,
    status: 'open',
    answer: undefined,
    by: undefined,
    used: false,
  }
  state.requests.set(request.requestId, request)
  state.open.set(request.requestId, request)
  execution.requests.push(request)
  if (record.spent !== undefined) execution.told = record.spent
  if (isRequestStep(request)) state.calls.delete(execution)
  if (record.deadlineAt !== undefined) {
    setTimer(state.agenda, { kind: 'deadline', at: record.deadlineAt, request })
  }
  if (record.type === 'callback_awaited' && record.reminderAt !== undefined) {
    setTimer(state.agenda, { kind: 'reminder', at: record.reminderAt, request })
  }
}

/** A request ended; a step that is nothing but a request can be concluded. */
export function foldResolution(state: RunState, event: Resolved): void {
  const request = state.requests.get(event.requestId)
  if (request === undefined) return
  request.status = event.outcome
  request.answer = event.answer
  request.by = event.by
  state.open.delete(event.requestId)
  if (!isRequestStep(request)) return
  // Its step ends with it: one that runs again asks again.
  request.used = true
  pushConclude(state.agenda, request.execution)
}

/** Whether the request is a step's own, rather than one made inside a call. */
export function isRequestStep({ execution }: RequestState): boolean {
  const { kind } = definitionOf(execution)
  return kind === 'approval' || kind === 'question' || kind === 'wait'
}
