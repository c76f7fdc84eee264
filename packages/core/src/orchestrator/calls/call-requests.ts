/**
 * My job: questions from inside a call (rule H4). My neighbour `recess` is where the call waits meanwhile.
 *
 * Invariant: the n-th request of a call with the same content is the same request in every attempt. It is
 * joined while open, its answer is taken once, and it is asked anew when a tool has used it up.
 */

import type { ApprovalAnswer, AskOptions, RecordedAnswer, RequestOptions } from '../../engine/context.ts'
import { RunError } from '../../errors/swarm-error.ts'
import type { ProposedActionContent } from '../../events/request-events.ts'
import type { Question } from '../../flow/definition.ts'
import type { JsonObject, JsonValue } from '../../flow/json.ts'
import { isJsonObject } from '../../flow/json.ts'
import { frozen } from '../../input/value.ts'
import { isApproval } from '../../run/conclude.ts'
import {
  contentHashOf,
  excessOf,
  findRequest,
  type RequestSpec,
  type RequestTerms,
  requestDraft,
} from '../../run/request.ts'
import { resolution } from '../../run/resolution.ts'
import { definitionOf, type Execution, type RequestState } from '../../run/state.ts'
import { toPlainJson } from '../plain-json.ts'
import {
  checkDeadlineAnswer,
  readAction,
  readAnswerers,
  readDeadline,
  readQuestions,
} from '../request-input.ts'
import type { Session } from '../session.ts'
import { commitInCall } from './commit-in-call.ts'
import { POLICY, permissionFor } from './permission.ts'
import { createRecess, type Recess } from './recess.ts'
import type { RunningCall } from './running-call.ts'

/** Counts what one attempt has asked. */
export interface Asker {
  readonly session: Session
  readonly call: RunningCall
  readonly counts: Map<string, number>
  readonly recess: Recess
}

/** An asker that has asked nothing yet. */
export function createAsker(session: Session, call: RunningCall): Asker {
  return { session, call, counts: new Map(), recess: createRecess(session, call) }
}

/** Shows an action and waits for the decision. */
export async function approve(
  asker: Asker,
  action: ProposedActionContent,
  options: RequestOptions = {},
): Promise<ApprovalAnswer> {
  const { secrets } = asker.session.host
  const plain = readAction(secrets.copy(action))
  const terms = termsOf(asker, secrets.copy(options), { approved: options.onDeadline === 'approve' })
  const request = await openAndWait(asker, {
    kind: 'action',
    prompt: plain.summary ?? plain.name,
    action: plain,
    ...terms,
  })
  const { answer = null, by = '', requestId } = request
  const comment =
    isJsonObject(answer) && typeof answer.comment === 'string' ? { comment: answer.comment } : {}
  return { requestId, approved: isApproval(answer), by, ...comment }
}

/** Asks questions and waits for the answers. */
export async function ask(
  asker: Asker,
  questions: readonly Question[],
  given: AskOptions = {},
): Promise<JsonObject> {
  const { secrets } = asker.session.host
  const plain = readQuestions(secrets.copy(questions))
  const options = secrets.copy(given)
  const terms = termsOf(asker, options, options.onDeadline)
  const request = await openAndWait(asker, {
    kind: 'clarification',
    prompt: options.reason ?? '',
    questions: plain,
    ...terms,
  })
  const { answer } = request
  return answer !== undefined && isJsonObject(answer) ? frozen(answer) : {}
}

function termsOf(
  { session }: Asker,
  { deadlineMs, answerers }: Pick<RequestOptions, 'deadlineMs' | 'answerers'>,
  fallback: JsonObject | undefined,
): RequestTerms {
  return {
    ...(deadlineMs === undefined ? {} : { deadlineAt: session.host.clock.now() + readDeadline(deadlineMs) }),
    ...(deadlineMs === undefined || fallback === undefined ? {} : { deadlineAnswer: plainAnswer(fallback) }),
    ...(answerers === undefined ? {} : { answerers: readAnswerers(answerers) }),
  }
}

function plainAnswer(answer: JsonObject): JsonValue {
  return toPlainJson(answer).value
}

async function openAndWait(asker: Asker, spec: RequestSpec): Promise<RequestState> {
  const { session, call, recess } = asker
  checkDeadlineAnswer(spec)
  const request = await open(asker, spec)
  if (request.status !== 'open') return answered(request)
  return answered(await recess.during(() => session.gatekeeper.waitFor(request, call.signal)))
}

function answered(request: RequestState): RequestState {
  if (request.answer !== undefined) return request
  const message = `"${request.prompt}" (${request.requestId}) ended without an answer: ${request.status} by ${request.by}.`
  throw new RunError(message, { code: 'request_expired' })
}

/** The request itself: one from before a crash, or a new one that is recorded now. */
function open({ session, call, counts }: Asker, spec: RequestSpec): Promise<RequestState> {
  const excess = excessOf(spec)
  if (excess !== undefined) throw new RunError(excess, { code: 'request_too_large' })
  const contentHash = contentHashOf(spec)
  const nth = (counts.get(contentHash) ?? 0) + 1
  counts.set(contentHash, nth)
  return commitInCall(session, call, () => {
    const { state } = session
    const { requestId, known, repeats } = findRequest(state, call.execution, { contentHash, nth })
    if (known !== undefined) return known
    session.record(requestDraft(call.execution, spec, { requestId, repeats, attempt: call.scope.attempt }))
    const request = state.requests.get(requestId)
    if (request === undefined)
      throw new RunError(`Request "${requestId}" was not folded.`, { code: 'internal' })
    answerByPolicy(session, call, request, spec)
    return request
  })
}

/** What an agent proposes is answered by the host's policy when that knows what to say; a function asks people. */
function answerByPolicy(session: Session, call: RunningCall, request: RequestState, spec: RequestSpec): void {
  if (spec.kind !== 'action' || definitionOf(call.execution).kind !== 'agent') return
  const permission = permissionFor(session, call, spec.action)
  if (permission === 'ask') return
  const answer = { approved: permission === 'allow' }
  session.record(resolution(request, { outcome: 'answered', by: POLICY, answer }))
}

/** Answers that earlier attempts got, oldest first. */
export function recordedAnswers({ requests }: Execution): readonly RecordedAnswer[] {
  return requests.flatMap(({ requestId, answer, by = '', used }) =>
    answer === undefined ? [] : [{ requestId, answer: frozen(answer), by, used }],
  )
}
