/** My job: what a call may ask people: what it hands over is looked at before anything is shown. */
import { RunError } from '../errors/swarm-error.ts'
import type { ProposedActionContent } from '../events/request-events.ts'
import type { Question } from '../flow/definition.ts'
import { isJsonObject, type JsonValue } from '../flow/json.ts'
import { checkSchema, validateJson } from '../flow/schema.ts'
import { show } from '../input/value.ts'
import { answerSchemaOf, type RequestSpec } from '../run/request.ts'
import type { AnswerInput } from '../storage/storage.ts'
import { toPlainJson } from './plain-json.ts'

/** An action as it can be shown. Throws `request_invalid`, `not_serializable`. */
export function readAction(action: unknown): ProposedActionContent {
  const { value } = toPlainJson(action)
  if (!isJsonObject(value) || !isText(value.name)) throw invalid('An action needs a name.')
  const { name, input, summary } = value
  return {
    name,
    ...(input === undefined ? {} : { input }),
    ...(isText(summary) ? { summary } : {}),
  }
}

/** Questions as they can be asked. Throws `request_invalid`, `not_serializable`. */
export function readQuestions(questions: unknown): readonly Question[] {
  const { value } = toPlainJson(questions)
  if (!Array.isArray(value) || value.length === 0) throw invalid('Questions are a list of at least one.')
  const read = value.map(readQuestion)
  if (new Set(read.map(({ id }) => id)).size < read.length) throw invalid('Two questions have the same id.')
  return read
}

function readQuestion(question: JsonValue): Question {
  if (!isJsonObject(question) || !isText(question.id) || !isText(question.text)) {
    throw invalid('A question needs an id and a text.')
  }
  const { id, text, options, schema } = question
  return {
    id,
    text,
    ...(options === undefined ? {} : { options: readOptions(id, options) }),
    ...(schema === undefined ? {} : { schema: readSchema(id, schema) }),
  }
}

function readOptions(id: string, options: JsonValue): readonly string[] {
  const isList = Array.isArray(options) && options.length > 0
  if (isList && options.every((option: JsonValue): option is string => typeof option === 'string'))
    return options
  throw invalid(`The options of question "${id}" are a list of at least one text.`)
}

function readSchema(id: string, schema: JsonValue): NonNullable<Question['schema']> {
  const problems = isJsonObject(schema) ? checkSchema(schema) : ['it is no object']
  if (isJsonObject(schema) && problems.length === 0) return schema
  throw invalid(`The schema of question "${id}" is none: ${problems.join('; ')}`)
}

/** Milliseconds until a deadline. Throws `request_invalid`. */
export function readDeadline(deadlineMs: unknown): number {
  if (typeof deadlineMs === 'number' && Number.isFinite(deadlineMs) && deadlineMs >= 0) return deadlineMs
  throw invalid(`deadlineMs is ${String(deadlineMs)}, but must be a number of milliseconds.`)
}

/** Who may answer. Throws `request_invalid`. */
export function readAnswerers(answerers: unknown): readonly string[] {
  if (Array.isArray(answerers) && answerers.length > 0 && answerers.every(isText)) return [...answerers]
  throw invalid('answerers is a list of at least one name.')
}

/** What the deadline answers must be an answer. Throws `request_invalid`. */
export function checkDeadlineAnswer(spec: RequestSpec): void {
  if (spec.deadlineAnswer === undefined) return
  const problems = validateJson(answerSchemaOf(spec), spec.deadlineAnswer)
  if (problems.length > 0) throw invalid(`onDeadline is no answer to it: ${problems.join('; ')}`)
}

/** What the host replied, and who. */
export type Reply = Pick<AnswerInput, 'answer' | 'by'>

/** What `onRequest` gave as it can be recorded; `undefined` leaves the request open. Throws `not_serializable`. */
export function readReply(reply: unknown): Reply | undefined {
  if (reply === undefined) return undefined
  const { value } = toPlainJson(reply)
  const { answer, by = 'host' } = isJsonObject(value) ? value : {}
  if (answer !== undefined && isAnswerer(by)) return { answer, by }
  const message = `onRequest gave ${outline(value)}, but must give { answer, by? } with a text as \`by\` that is none of Baton's own names, such as { answer: { approved: true } }, or undefined to leave the request open.`
  throw new TypeError(message)
}

/** Names under which Baton itself ends requests. */
const OWN_NAMES: readonly string[] = ['policy', 'deadline', 'run']

/** Whether somebody may answer under a name: none of those under which Baton does. */
export function isAnswerer(by: unknown): by is string {
  return isText(by) && by.trim() !== '' && !OWN_NAMES.includes(by.trim())
}

const OUTLINED = 5

/** A value for a message: an object by the names of its members. */
function outline(value: JsonValue): string {
  return isJsonObject(value) ? `{ ${Object.keys(value).slice(0, OUTLINED).join(', ')} }` : show(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function invalid(message: string): RunError {
  return new RunError(`This cannot be asked: ${message}`, { code: 'request_invalid' })
}
