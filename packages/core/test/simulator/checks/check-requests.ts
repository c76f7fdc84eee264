/** Rule H1, read off the journal: what is shown is hashed, the first valid answer counts, the rest is refused. */
import { createHash } from 'node:crypto'
import type { AnswerRejected, RequestEvent } from '../../../src/events/request-events.ts'
import type { DurableEvent } from '../../../src/events/swarm-event.ts'

type Asked = Extract<RequestEvent, { readonly answerSchema: unknown }>
type Ended = Extract<RequestEvent, { readonly outcome: unknown }>

/** What requests and inputs did against the rules. */
export function checkRequests(journal: readonly DurableEvent[]): readonly string[] {
  const asked = new Map<string, Asked>()
  const ended = new Map<string, Ended>()
  const problems: string[] = []
  for (const event of journal) {
    const found = look(event, asked, ended)
    if (found !== undefined) problems.push(`seq ${event.seq}, ${event.type}: ${found}`)
  }
  return [...problems, ...repeatedInputs(journal)]
}

function look(event: DurableEvent, asked: Map<string, Asked>, ended: Map<string, Ended>): string | undefined {
  if ('answerSchema' in event) {
    asked.set(event.requestId, event)
    return hashOf(event) === event.contentHash ? undefined : 'its hash is not that of what is shown'
  }
  if ('outcome' in event && 'requestId' in event) {
    const objection = objectionToEnd(event, asked.get(event.requestId))
    ended.set(event.requestId, event)
    return objection
  }
  if (event.type !== 'answer_rejected') return undefined
  return isRefusalRight(event, asked, ended)
    ? undefined
    : `the answer should not be refused as ${event.reason}`
}

function objectionToEnd({ outcome, by, answer }: Ended, request: Asked | undefined): string | undefined {
  if (request === undefined) return 'nobody asked'
  const { answerers, deadlineAnswer } = request
  if (outcome === 'answered' && answerers !== undefined && !answerers.includes(by))
    return `${by} may not answer`
  if (outcome === 'answered' && (typeof answer !== 'object' || answer === null) && hasShape(request)) {
    return 'the answer has not the shape that was asked for'
  }
  const isDefault = JSON.stringify(answer) === JSON.stringify(deadlineAnswer)
  if (outcome === 'defaulted' && !(by === 'deadline' && isDefault)) return 'it is not the default'
  return undefined
}

/** A callback without a schema takes anything; everything else is an object. */
function hasShape(request: Asked): boolean {
  return Object.keys(request.answerSchema).length > 0
}

function isRefusalRight(
  { requestId, reason, by }: AnswerRejected,
  asked: ReadonlyMap<string, Asked>,
  ended: ReadonlyMap<string, Ended>,
): boolean {
  const request = asked.get(requestId)
  const outcome = ended.get(requestId)?.outcome
  switch (reason) {
    case 'unknown_request':
      return request === undefined
    case 'duplicate':
      return outcome === 'answered'
    case 'late':
      return outcome === 'defaulted' || (outcome === undefined && request?.deadlineAt !== undefined)
    case 'stale':
      return outcome === 'withdrawn' || outcome === 'canceled'
    case 'unauthorised':
      return outcome === undefined && request?.answerers?.includes(by) === false
    case 'invalid':
      return outcome === undefined && request !== undefined
  }
}

/** An input counts once, however often it was delivered (rule J2). */
function repeatedInputs(journal: readonly DurableEvent[]): readonly string[] {
  const ids = journal.flatMap((event) =>
    'inputId' in event && event.inputId !== undefined ? [event.inputId] : [],
  )
  const twice = ids.filter((id, index) => ids.indexOf(id) < index)
  return twice.map((id) => `input ${id} counts twice`)
}

/** SHA-256 of what is shown, as JSON with its members in order. */
function hashOf(request: Asked): string {
  const shown = {
    prompt: request.prompt,
    schema: request.answerSchema,
    ...(request.type === 'clarification_needed' ? { questions: request.questions } : {}),
    ...(request.type === 'proposed_action' ? { action: request.action } : {}),
    ...(request.type === 'callback_awaited' ? { correlation: request.correlation } : {}),
  }
  return createHash('sha256')
    .update(JSON.stringify(sorted(shown)))
    .digest('hex')
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]))
}
