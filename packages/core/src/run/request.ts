/** My job: what a request to people records: its id, its hash, and the schema of its answer (rules H1, H4). */

import type { Spending } from '../events/envelope.ts'
import type { ProposedActionContent } from '../events/request-events.ts'
import type { EventDraft } from '../events/swarm-event.ts'
import type { Question } from '../flow/definition.ts'
import { canonicalJson, digestText } from '../flow/digest.ts'
import type { JsonSchema, JsonValue } from '../flow/json.ts'
import { addressInRun, stepScope } from './drafts.ts'
import type { Execution, RequestState, RunState } from './state.ts'

/** What is asked. */
export type RequestSpec = (
  | { readonly kind: 'approval'; readonly prompt: string }
  | { readonly kind: 'clarification'; readonly prompt: string; readonly questions: readonly Question[] }
  | { readonly kind: 'action'; readonly prompt: string; readonly action: ProposedActionContent }
  | {
      readonly kind: 'callback'
      readonly prompt: string
      readonly correlation: string
      readonly schema: JsonSchema
      readonly reminderAt?: number
    }
) &
  RequestTerms

/** Deadline, default and who may answer. */
export interface RequestTerms {
  readonly deadlineAt?: number
  readonly deadlineAnswer?: JsonValue
  readonly answerers?: readonly string[]
}

const DECISION_SCHEMA: JsonSchema = {
  type: 'object',
  properties: { approved: { type: 'boolean' }, comment: { type: 'string', maxLength: 10_000 } },
  required: ['approved'],
  additionalProperties: false,
}

/** Characters of a request as JSON: people are to read it, and every summary of the run holds it. */
const REQUEST_CHARACTERS = 1_048_576

/** Why a request is too large to be recorded, if it is (fault 22). */
export function excessOf(spec: RequestSpec): string | undefined {
  const { length } = spec.prompt.length > REQUEST_CHARACTERS ? spec.prompt : JSON.stringify(spec)
  if (length <= REQUEST_CHARACTERS) return undefined
  return `What is to be asked has ${length} characters; at most ${REQUEST_CHARACTERS} can be recorded. Put the rest into an artifact and name that.`
}

/** SHA-256 of exactly what is shown. */
export function contentHashOf(spec: RequestSpec): string {
  return digestText(canonicalJson(shownOf(spec)))
}

function shownOf(spec: RequestSpec): JsonValue {
  const { prompt } = spec
  const schema = answerSchemaOf(spec)
  switch (spec.kind) {
    case 'approval':
      return { prompt, schema }
    case 'clarification':
      return { prompt, schema, questions: spec.questions.map((question) => ({ ...question })) }
    case 'action':
      return { prompt, schema, action: { ...spec.action } }
    case 'callback':
      return { prompt, schema, correlation: spec.correlation }
  }
}

/** The schema of the answer. */
export function answerSchemaOf(spec: RequestSpec): JsonSchema {
  if (spec.kind === 'callback') return spec.schema
  return spec.kind === 'clarification' ? schemaOfQuestions(spec.questions) : DECISION_SCHEMA
}

function schemaOfQuestions(questions: readonly Question[]): JsonSchema {
  const properties = Object.fromEntries(
    questions.map((question) => [question.id, schemaOfQuestion(question)]),
  )
  return { type: 'object', properties, required: questions.map(({ id }) => id), additionalProperties: false }
}

function schemaOfQuestion({ schema, options }: Question): JsonSchema {
  if (schema !== undefined) return schema
  return options === undefined ? { type: 'string', minLength: 1 } : { enum: options }
}

/**
 * The request that an execution asks for the n-th time with this content: one that a call before the
 * crash has made, or none. One that was used up is asked anew.
 */
export function findRequest(
  state: RunState,
  execution: Execution,
  { contentHash, nth }: { readonly contentHash: string; readonly nth: number },
): {
  readonly requestId: string
  readonly known: RequestState | undefined
  readonly repeats: string | undefined
} {
  let repeats: string | undefined
  for (let again = 0; ; again += 1) {
    const requestId = requestIdOf(execution, `${contentHash} ${nth} ${again}`)
    const known = state.requests.get(requestId)
    if (known === undefined || !isOver(known)) return { requestId, known, repeats }
    repeats = requestId
  }
}

/** Who answers in the place of a human what the host's policy knows to answer (law 7). */
export const POLICY = 'policy'

/**
 * Nothing more can be had of it: it was used up, or called off. One that expired tells so once. What a policy said
 * is asked again: it may say something else by now.
 */
function isOver({ used, status, by }: RequestState): boolean {
  if (status === 'answered' && by === POLICY) return true
  return used || status === 'canceled' || (status === 'withdrawn' && by !== 'deadline')
}

function requestIdOf(execution: Execution, rest: string): string {
  return `req-${digestText(`${addressInRun(execution)} ${rest}`).slice(0, 16)}`
}

/** Which request it is, and of which attempt. */
interface RequestPlace {
  readonly requestId: string
  readonly repeats?: string | undefined
  readonly attempt: number
  /** What the call that asks has told of what it used. */
  readonly spent?: Spending | undefined
}

/** The event that asks. */
export function requestDraft(
  execution: Execution,
  spec: RequestSpec,
  { requestId, repeats, attempt, spent }: RequestPlace,
): EventDraft {
  const record = {
    ...stepScope(execution, attempt),
    requestId,
    prompt: spec.prompt,
    contentHash: contentHashOf(spec),
    answerSchema: answerSchemaOf(spec),
    ...(spec.deadlineAt === undefined ? {} : { deadlineAt: spec.deadlineAt }),
    ...(spec.deadlineAnswer === undefined ? {} : { deadlineAnswer: spec.deadlineAnswer }),
    ...(spec.answerers === undefined ? {} : { answerers: spec.answerers }),
    ...(repeats === undefined ? {} : { repeats }),
    ...(spent === undefined ? {} : { spent }),
  }
  switch (spec.kind) {
    case 'approval':
      return { type: 'approval_requested', ...record }
    case 'clarification':
      return { type: 'clarification_needed', ...record, questions: spec.questions }
    case 'action':
      return { type: 'proposed_action', ...record, action: spec.action }
    case 'callback': {
      const { correlation, reminderAt } = spec
      return {
        type: 'callback_awaited',
        ...record,
        correlation,
        ...(reminderAt === undefined ? {} : { reminderAt }),
      }
    }
  }
}
