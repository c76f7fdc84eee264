/** My job: whether an answer counts (rule H1). */
import type { AnswerRejected } from '../events/request-events.ts'
import type { EventDraft } from '../events/swarm-event.ts'
import { validateJson } from '../flow/schema.ts'
import type { AnswerInput } from '../storage/storage.ts'
import { resolution } from './resolution.ts'
import type { RequestState, RunState } from './state.ts'

/** The event that an answer becomes: the end of its request, or its refusal with the reason. */
export function judgeAnswer(state: RunState, input: AnswerInput): EventDraft {
  const request = state.requests.get(input.requestId)
  const refusal = refuse(request, input)
  if (request === undefined || refusal !== undefined) {
    return {
      type: 'answer_rejected',
      requestId: input.requestId,
      ...(refusal ?? { reason: 'unknown_request' as const, message: '' }),
      by: input.by,
      inputId: input.inputId,
    }
  }
  const { answer, by, inputId } = input
  return resolution(request, { outcome: 'answered', answer, by, inputId })
}

type Refusal = Pick<AnswerRejected, 'reason' | 'message'>

function refuse(request: RequestState | undefined, input: AnswerInput): Refusal | undefined {
  const id = input.requestId
  if (request === undefined) {
    return {
      reason: 'unknown_request',
      message: `Nothing was asked under "${id}". List the run's open requests.`,
    }
  }
  if (request.status !== 'open') return refuseClosed(request)
  const { answerers, deadlineAt } = request
  if (deadlineAt !== undefined && input.submittedAt >= deadlineAt) {
    return { reason: 'late', message: `The answer to "${id}" came after its deadline.` }
  }
  if (answerers !== undefined && !answerers.includes(input.by)) {
    return {
      reason: 'unauthorised',
      message: `"${input.by}" may not answer "${id}"; ${answerers.join(', ')} may.`,
    }
  }
  const problems = validateJson(request.record.answerSchema, input.answer)
  if (problems.length === 0) return undefined
  return {
    reason: 'invalid',
    message: `The answer to "${id}" does not match its schema: ${problems.join('; ')}`,
  }
}

function refuseClosed(request: RequestState): Refusal {
  const { requestId, status, by } = request
  if (status === 'answered') {
    return { reason: 'duplicate', message: `"${requestId}" was already answered by ${by}.` }
  }
  if (status === 'defaulted') {
    return { reason: 'late', message: `The deadline of "${requestId}" has already decided.` }
  }
  return { reason: 'stale', message: `"${requestId}" was ${status} by ${by}; nobody waits for it any more.` }
}
