/** My job: what a deadline or a reminder records. */
import type { EventDraft } from '../events/swarm-event.ts'
import { formatAddress } from './address.ts'
import { resolution } from './resolution.ts'
import type { RequestState } from './state.ts'

/** The deadline gives the default answer; without one the request is withdrawn and its step fails. */
export function expire(request: RequestState): readonly EventDraft[] {
  const answer = request.record.deadlineAnswer
  if (answer === undefined) return [resolution(request, { outcome: 'withdrawn', by: 'deadline' })]
  return [resolution(request, { outcome: 'defaulted', by: 'deadline', answer })]
}

/** One reminder that a callback has not come. */
export function remind(request: RequestState): readonly EventDraft[] {
  const message = `"${request.prompt}" (${request.requestId}) still waits for its callback.`
  return [{ type: 'diagnostic', code: 'callback_overdue', message, address: formatAddress(request.record) }]
}
