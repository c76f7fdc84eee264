/**
 * My job: questions from inside a call (rule H4). My neighbour `recess` is where the call waits meanwhile.
 *
 * Invariant: the n-th request of a call with the same content is the same request in every attempt. It is
 * joined while open, its answer is taken once, and it is asked anew when a tool has used it up.
 */

import type { ApprovalAnswer, AskOptions, RecordedAnswer, RequestOptions } from '../../engine/context.ts'
import type { PermissionDecision } from '../../engine/permissions.ts'
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
  POLICY,
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
import { permissionFor } from './permission.ts'
import { createRecess, type Recess } from './recess.ts'
import type { RunningCall } from './running-call.ts'
import { NOTHING } from './spent.ts'

/** Counts what one attempt has asked. */
export interface Asker {
  readonly session: Session
  readonly call: RunningCall
  readonly counts: Map<string, number>
  readonly recess: Recess
}

const askers = new WeakMap<RunningCall, Asker>()

/** The asker of a call, one for all passes of its engine: what the next of them asks again is another request. */
export function askerOf(session: Session, call: RunningCall): Asker {
  const known = askers.get(call)
  if (known !== undefined) return known
  const asker = { session, call, counts: new Map<string, number>(), recess: createRecess(session, call) }
  askers.set(call, asker)
  return asker
}

/** Shows an action and waits for the decision. */
export async function approve(
  asker: Asker,
  action: ProposedActionContent,
  options: RequestOptions = {},
): Promise<ApprovalAnswer> {
  const { secrets } = asker.session.host
  const plain = readAction(secrets.copy(action))
  const terms = termsOf(asker, options, { approved: options.onDeadline === 'approve' })
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
  options: AskOptions = {},
): Promise<JsonObject> {
  const { secrets } = asker.session.host
  const plain = readQuestions(secrets.copy(questions))
  const terms = termsOf(asker, options, options.onDeadline)
  const request = await openAndWait(asker, {
    kind: 'clarification',
    // In JavaScript it may be anything.
    prompt: secrets.text(String(options.reason ?? '')),
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
  const { clock, secrets } = session.host
  return {
    ...(deadlineMs === undefined ? {} : { deadlineAt: clock.now() + readDeadline(deadlineMs) }),
    ...(deadlineMs === undefined || fallback === undefined
      ? {}
      : { deadlineAnswer: plainAnswer(secrets.copy(fallback)) }),
    ...(answerers === undefined ? {} : { answerers: readAnswerers(secrets.copy(answerers)) }),
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
    if (known !== undefined) {
      denyByPolicy(session, call, known, spec)
      return known
    }
    const { attempt } = call.scope
    const spent = call.spent === NOTHING ? undefined : call.spent
    session.record(requestDraft(call.execution, spec, { requestId, repeats, attempt, spent }))
    const request = state.requests.get(requestId)
    if (request === undefined)
      throw new RunError(`Request "${requestId}" was not folded.`, { code: 'internal' })
    answerByPolicy(session, call, request, spec)
    return request
  })
}

/** An action that a crash has left open stays with whoever was asked, unless it is denied by now. */
function denyByPolicy(session: Session, call: RunningCall, request: RequestState, spec: RequestSpec): void {
  if (request.status !== 'open' || policyFor(session, call, spec) !== 'deny') return
  session.record(resolution(request, { outcome: 'answered', by: POLICY, answer: { approved: false } }))
}

/** What an agent proposes is answered by the host's policy when that knows what to say; a function asks people. */
function answerByPolicy(session: Session, call: RunningCall, request: RequestState, spec: RequestSpec): void {
  const permission = policyFor(session, call, spec)
  if (permission === 'ask') return
  const answer = { approved: permission === 'allow' }
  session.record(resolution(request, { outcome: 'answered', by: POLICY, answer }))
}

function policyFor(session: Session, call: RunningCall, spec: RequestSpec): PermissionDecision {
  const isProposed = spec.kind === 'action' && definitionOf(call.execution).kind === 'agent'
  return isProposed ? permissionFor(session, call, spec.action) : 'ask'
}

/** Answers that earlier attempts got, oldest first. */
export function recordedAnswers({ requests }: Execution): readonly RecordedAnswer[] {
  return requests.flatMap(({ requestId, answer, by = '', used }) =>
    answer === undefined ? [] : [{ requestId, answer: frozen(answer), by, used }],
  )
}
