/** My job: to tell a result from what only looks like one, and to take of it what can be believed (law 5). */
import type { StepResult } from '../../engine/result.ts'
import { type PlainError, toPlainError } from '../../errors/plain-error.ts'
import type { InputProblem } from '../../input/problems.ts'
import { isHolder } from '../../input/value.ts'
import { kernelError } from '../../run/drafts.ts'
import { toPlainJson } from '../plain-json.ts'
import { NO_SECRETS, type Secrets } from '../secrets/secrets.ts'
import { problemsInResult } from './engine-shapes.ts'
import { believableSpent, NOTHING, type Spent } from './spent.ts'

/** What of an engine's result is believed to be an answer. */
export type EngineAnswer = Pick<StepResult, 'output' | 'data' | 'handoff' | 'model'>

/** How one pass of an engine ended. */
export type EngineEnd = { readonly result: EngineAnswer } | { readonly error: PlainError }

const MODEL_CHARACTERS = 200

/** What an engine has returned, as core understands it. */
export interface ResultReading {
  readonly end: EngineEnd
  readonly spent: Spent
  /** What was wrong with a result that is one all the same, and was left out of it. */
  readonly problems: readonly InputProblem[]
}

/** What is known when a result comes. */
interface ResultContext {
  /** What the engine told of its usage before. @default nothing */
  readonly told?: Spent
  /** @default none */
  readonly secrets?: Secrets
}

/** Reads what an engine returns, without secrets. Throws what its getters throw. */
export function readStepResult(
  given: unknown,
  { told = NOTHING, secrets = NO_SECRETS }: ResultContext = {},
): ResultReading {
  const result = secrets.copy(toPlainResult(given))
  const problems = problemsInResult(result)
  if (!isHolder(result)) return { end: noResult(problems), spent: told, problems: [] }
  const { status, output, error } = result
  const isFailure = status === 'failed' && error !== undefined
  const isAnswer = status === 'succeeded' && typeof output === 'string'
  const { usage = told.usage, costUsd = told.costUsd } = result
  const spent = believableSpent(usage, costUsd)
  if (!isFailure && !isAnswer) return { end: noResult(problems), spent, problems: [] }
  const end = isAnswer
    ? toAnswer(output, result)
    : { error: secrets.plainError(Reflect.get(Object(given), 'error')) }
  return { end, spent, problems }
}

const RESULT = ['status', 'output', 'data', 'handoff', 'usage', 'costUsd', 'error', 'model'] as const
const FAILURE = ['name', 'code', 'message', 'retryable', 'retryAfterMs'] as const

/** As plain objects, which can be copied, the result and its error: an engine may return instances of classes. */
function toPlainResult(given: unknown): unknown {
  const result = promisedOf(given, RESULT)
  if (!isHolder(result) || result.error === undefined) return result
  return { ...result, error: promisedOf(result.error, FAILURE) }
}

/** The members of the instance of a class that the port promises; anything else as it is. */
function promisedOf(given: unknown, names: readonly string[]): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given) || isHolder(given)) return given
  const members = names.map((name) => [name, Reflect.get(given, name)] as const)
  return Object.fromEntries(members.filter(([, member]) => member !== undefined))
}

/** What is wrong with a result that an engine returns, in words; none for a sound one. Never throws. */
export function stepResultProblems(result: unknown): readonly string[] {
  try {
    const problems = problemsInResult(result).map(({ message }) => message)
    toPlainJson(result, 'result')
    return problems
  } catch (thrown) {
    return [toPlainError(thrown).message]
  }
}

function toAnswer(
  output: string,
  { data, handoff, model }: Partial<Record<keyof StepResult, unknown>>,
): { readonly result: EngineAnswer } | { readonly error: PlainError } {
  try {
    const answer = {
      output,
      ...(data === undefined ? {} : { data: toPlainJson(data, 'result.data').value }),
      ...(typeof model === 'string' && model !== '' ? { model: model.slice(0, MODEL_CHARACTERS) } : {}),
    }
    if (handoff === undefined) return { result: answer }
    // toHandoff looks at every member before it believes it.
    const plain = toPlainJson(handoff, 'result.handoff').value as NonNullable<StepResult['handoff']>
    return { result: { ...answer, handoff: plain } }
  } catch (thrown) {
    return { error: toPlainError(thrown) }
  }
}

function noResult(problems: readonly InputProblem[]): { readonly error: PlainError } {
  const found = problems.map(({ message }) => message).join(' ')
  return {
    error: kernelError('engine_contract', `The engine returned what is no result: ${found}`),
  }
}
