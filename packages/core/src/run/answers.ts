/** My job: whether an answer counts (rule H1). */
import type { AnswerRejected } from '../events/request-events.ts'
import type { EventDraft } from '../events/swarm-event.ts'
import { isJsonObject, type JsonSchema, type JsonValue } from '../flow/json.ts'
import { validateJson } from '../flow/schema.ts'
import { clip } from '../prompt/tags.ts'
import type { AnswerInput } from '../storage/storage.ts'
import { resolution } from './resolution.ts'
import type { RequestState, RunState } from './state.ts'

/** What comes from outside goes into the record as far as a line of it can hold (fault 22). */
const ANSWER_CHARACTERS = 4_194_304
const MESSAGE_CHARACTERS = 2_000
const NAME_CHARACTERS = 512

/** The event that an answer becomes: the end of its request, or its refusal with the reason. */
export function judgeAnswer(state: RunState, input: AnswerInput): EventDraft {
  const requestId = clip(input.requestId, NAME_CHARACTERS)
  const by = clip(input.by, NAME_CHARACTERS)
  const { inputId } = input
  const request = state.requests.get(requestId)
  if (request === undefined) {
    const message = `Nothing was asked under "${requestId}". List the run's open requests.`
    return { type: 'answer_rejected', requestId, reason: 'unknown_request', message, by, inputId }
  }
  const answer = contentOf(request, input.answer)
  const refusal = refuse(request, input) ?? refuseContent(request, answer)
  if (refusal !== undefined) return { type: 'answer_rejected', requestId, ...refusal, by, inputId }
  return resolution(request, {
    outcome: 'answered',
    by,
    inputId,
    ...(answer === undefined ? {} : { answer }),
  })
}

type Refusal = Pick<AnswerRejected, 'reason' | 'message'>

function refuse(request: RequestState, { requestId: id, by, submittedAt }: AnswerInput): Refusal | undefined {
  if (request.status !== 'open') return refuseClosed(request)
  const { answerers, deadlineAt } = request
  if (deadlineAt !== undefined && submittedAt >= deadlineAt) {
    return { reason: 'late', message: `The answer to "${id}" came after its deadline.` }
  }
  if (answerers === undefined || answerers.includes(by)) return undefined
  return { reason: 'unauthorised', message: `"${by}" may not answer "${id}"; ${answerers.join(', ')} may.` }
}

const FORMS = {
  approval: '{ approved: true } or { approved: false, comment: "why" }',
  action: '{ approved: true } or { approved: false, comment: "why" }',
  clarification: '{ answers: { <question id>: … } }',
  callback: '{ payload: … }',
} as const

/** What of an answer is recorded: the decision itself, the answers or the payload; nothing of one of another form. */
function contentOf({ kind }: RequestState, answer: JsonValue): JsonValue | undefined {
  if (kind === 'approval' || kind === 'action') return answer
  const member = kind === 'callback' ? 'payload' : 'answers'
  const isForm = isJsonObject(answer) && Object.keys(answer).length === 1 && Object.hasOwn(answer, member)
  return isForm ? answer[member] : undefined
}

function refuseContent(
  { requestId, kind, record }: RequestState,
  content: JsonValue | undefined,
): Refusal | undefined {
  const problems = content === undefined ? ['it has another form'] : problemsOf(record.answerSchema, content)
  if (problems.length === 0) return undefined
  const message = `"${requestId}" (${kind}) is answered with ${FORMS[kind]}; what came is not that: ${problems.join('; ')}`
  return { reason: 'invalid', message: clip(message, MESSAGE_CHARACTERS) }
}

function problemsOf(schema: JsonSchema, content: JsonValue): readonly string[] {
  const { length } = JSON.stringify(content)
  if (length <= ANSWER_CHARACTERS) return validateJson(schema, content)
  return [`it has ${length} characters, and at most ${ANSWER_CHARACTERS} can be recorded`]
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
