/** My job: the event with which a request ends. */
import type { EventDraft } from '../events/swarm-event.ts'
import type { JsonValue } from '../flow/json.ts'
import type { RequestState } from './state.ts'

/** How a request ended. */
export interface RequestEnd {
  readonly outcome: 'answered' | 'defaulted' | 'withdrawn' | 'canceled'
  readonly by: string
  readonly answer?: JsonValue
  readonly inputId?: string
}

const RESOLVED_BY_KIND = {
  approval: 'approval_resolved',
  clarification: 'clarification_answered',
  action: 'action_resolved',
  callback: 'callback_received',
} as const

/** The event of a request's end, in the scope in which it was asked. */
export function resolution(request: RequestState, end: RequestEnd): EventDraft {
  const { flowKey, visit, frame, stepId, item, iteration, attempt, agentKey } = request.record
  return {
    type: RESOLVED_BY_KIND[request.kind],
    flowKey,
    visit,
    frame,
    stepId,
    ...(item === undefined ? {} : { item }),
    iteration,
    attempt,
    ...(agentKey === undefined ? {} : { agentKey }),
    requestId: request.requestId,
    ...end,
  }
}
