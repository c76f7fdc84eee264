/** My job: what an engine may yield and return, as data, and what is wrong with what one gave. */
import type { EngineEvent, StepFailure, StepResult } from '../../engine/result.ts'
import type { Usage } from '../../events/envelope.ts'
import type { FileChange } from '../../events/step-events.ts'
import { isJsonObject } from '../../flow/json.ts'
import { compileShape } from '../../input/fits.ts'
import { type InputProblem, problemsIn } from '../../input/problems.ts'
import { type Fit, type Members, type MembersOf, must, type Shape } from '../../input/shape.ts'
import { isHolder } from '../../input/value.ts'
import { handoffProblems } from '../../prompt/handoff-problems.ts'

/** Characters of an id or a name. */
export const NAME_CHARACTERS = 512
/** Characters of a path. */
export const PATH_CHARACTERS = 4_096
/** Characters of a session as JSON: 1 MiB. */
export const SESSION_CHARACTERS = 1_048_576

/** Whoever gives more that is wrong begins with these. */
const PROBLEM_LIMIT = 5
const NO_PROBLEMS: readonly InputProblem[] = []

/** More of anything is a mistake, and its sum no number any more (fault 41). */
const MOST = 1e12

/** A number that can count or cost something. */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MOST
}

/** A number of whole things. */
export function isCount(value: unknown): value is number {
  return isAmount(value) && Number.isInteger(value)
}

/** A text that is neither empty nor without end. */
export function isName(value: unknown, characters = NAME_CHARACTERS): value is string {
  return typeof value === 'string' && value !== '' && value.length <= characters
}

const text = must('a text', (value) => typeof value === 'string')
const name = named(NAME_CHARACTERS)
const amount = must('a number of at least 0 and at most 1e12', isAmount)
const count = must('a whole number of at least 0 and at most 1e12', isCount)
const anything = must('any JSON', (value) => value !== undefined)

function named(characters: number): Fit {
  return must(`a text of 1 to ${characters} characters`, (value) => isName(value, characters))
}

const session: Fit = (value) => {
  const characters = value === undefined ? 0 : (JSON.stringify(value)?.length ?? 0)
  if (value !== undefined && characters <= SESSION_CHARACTERS) return undefined
  const found = value === undefined ? '' : `, and this has ${characters}`
  return `any JSON of at most ${SESSION_CHARACTERS} characters${found}`
}

const usage: MembersOf<Usage> = { 'inputTokens?': count, 'outputTokens?': count, 'totalTokens?': count }

const file: MembersOf<FileChange> = {
  path: named(PATH_CHARACTERS),
  action: { oneOf: ['created', 'modified', 'deleted'] },
  'insertions?': count,
  'deletions?': count,
}

type EventOf<Type> = Omit<Extract<EngineEvent, { readonly type: Type }>, 'type'>

const events: { readonly [Type in EngineEvent['type']]: MembersOf<EventOf<Type>> } = {
  token_chunk: { text },
  message: { role: { oneOf: ['system', 'user', 'assistant'] }, content: text },
  tool_start: { toolCallId: name, tool: name, 'input?': anything, 'requestId?': name },
  tool_end: {
    toolCallId: name,
    tool: name,
    success: 'flag',
    'output?': anything,
    'durationMs?': amount,
  },
  file_changes: { files: { listOf: { members: file } } },
  usage: { usage: { members: usage }, 'costUsd?': amount },
  session: { session },
  retry_notice: { message: text, 'delayMs?': amount },
}

const judges: ReadonlyMap<unknown, Judge> = new Map(
  Object.entries<Members>(events).map(([type, members]) => [
    type,
    createJudge({ members: { type: anything, ...members } }, type),
  ]),
)
const judgeStranger = createJudge(
  {
    open: true,
    wanted: 'an object { type, … }',
    members: {
      type: { oneOf: [...judges.keys()].map(String), wanted: 'the type of an event that engines yield' },
    },
  },
  'event',
)

const failure: MembersOf<StepFailure> = {
  'name?': name,
  code: name,
  message: text,
  retryable: 'flag',
  'retryAfterMs?': amount,
}

const result: MembersOf<StepResult> = {
  status: { oneOf: ['succeeded', 'failed'] },
  output: text,
  'data?': anything,
  'handoff?': { open: true, members: {}, wanted: 'an object { verdict?, summary?, … }' },
  'usage?': { members: usage },
  'costUsd?': amount,
  'error?': { open: true, members: failure },
  'model?': name,
}

const judgeResult = createJudge({ members: result }, 'result')

/** What is wrong with an event, whatever it is; an event is all the same what can be read of it. */
export function problemsInEvent(event: unknown): readonly InputProblem[] {
  const judge = judges.get(isHolder(event) ? event.type : undefined) ?? judgeStranger
  return judge(event)
}

/** What is wrong with a result, whatever it is; a result is all the same what can be read of it. */
export function problemsInResult(given: unknown): readonly InputProblem[] {
  const problems = judgeResult(given)
  if (!isHolder(given)) return problems
  const { status, error, handoff } = given
  if (status !== 'failed' && handoff === undefined) return problems
  return [
    ...problems,
    ...(status === 'failed' && error === undefined ? [NO_ERROR] : []),
    ...(isHolder(handoff) && isJsonObject(handoff) ? handoffProblems(handoff, 'result.handoff') : []),
  ]
}

const NO_ERROR: InputProblem = {
  path: 'result.error',
  message:
    'result.error is missing, but must be an object { code, message, retryable, … } with status "failed".',
}

type Judge = (value: unknown) => readonly InputProblem[]

/** Tells the first problems of a value. That there is none is told quickly, for it is the rule. */
function createJudge(shape: Shape, path: string): Judge {
  const fits = compileShape(shape)
  return (value) => (fits(value) ? NO_PROBLEMS : few(problemsIn(shape, value, path)))
}

function few(found: Iterable<InputProblem>): readonly InputProblem[] {
  const problems: InputProblem[] = []
  for (const problem of found) {
    if (problems.push(problem) === PROBLEM_LIMIT) break
  }
  return problems
}
