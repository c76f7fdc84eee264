/**
 * My job: why a model gave no answer, in the words that every engine shares. Errors of the SDK are told by their
 * names and members, never by their class: a host may have another copy of it.
 */
import {
  type EngineFailureCode,
  engineFailure,
  failureOfStatus,
  type StepFailure,
  toPlainError,
} from '@batonjs/core'
import { retryAfterMs } from './retry-after.ts'

const BY_NAME: Readonly<Record<string, EngineFailureCode>> = {
  AI_APICallError: 'network',
  AI_EmptyResponseBodyError: 'network',
  AI_InvalidResponseDataError: 'network',
  AI_JSONParseError: 'network',
  AI_TypeValidationError: 'network',
  AI_LoadAPIKeyError: 'auth',
  AI_LoadSettingError: 'invalid_request',
  AI_InvalidArgumentError: 'invalid_request',
  AI_InvalidPromptError: 'invalid_request',
  AI_NoSuchModelError: 'invalid_request',
  AI_NoSuchProviderError: 'invalid_request',
  AI_UnsupportedFunctionalityError: 'invalid_request',
  AI_UnsupportedModelVersionError: 'invalid_request',
  AI_NoOutputGeneratedError: 'bad_output',
  AI_ToolChoiceViolationError: 'bad_output',
  TimeoutError: 'timeout',
}

interface Words {
  readonly pattern: RegExp
  readonly code: EngineFailureCode
  /** @default by the code */
  readonly retryable?: boolean
}

/** What only the words of a service tell: it answers all of this with 400, or with 429. The first that fits counts. */
const BY_WORDS: readonly Words[] = [
  {
    pattern:
      /context.?length|context window|maximum context|prompt is too long|input is too long|too many tokens/i,
    code: 'context_overflow',
  },
  // Time brings no money.
  {
    pattern: /insufficient.?quota|credit balance|out of credits|payment required/i,
    code: 'quota',
    retryable: false,
  },
  { pattern: /quota|usage limit/i, code: 'quota' },
  { pattern: /content.?filter|content.?policy|safety system/i, code: 'refusal' },
]

const STREAMED: readonly Words[] = [
  ...BY_WORDS,
  { pattern: /rate.?limit|too many requests/i, code: 'rate_limit' },
  { pattern: /authentication|invalid.?api.?key|unauthori[sz]ed/i, code: 'auth' },
  { pattern: /invalid.?request/i, code: 'invalid_request' },
]

const BROKEN =
  /^(terminated|fetch failed|network error|other side closed|socket hang up)|ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|UND_ERR/i

/** Why a call failed; `undefined` for what has nothing to do with a model. */
export function toFailure(thrown: unknown, now?: () => number): StepFailure | undefined {
  const error = rootOf(thrown)
  const status = numberOf(error, 'statusCode')
  if (status !== undefined && status >= 400) return refused(error, status, now)
  const { message, name } = toPlainError(error)
  const code = BY_NAME[name] ?? (BROKEN.test(message) ? 'network' : undefined)
  if (code === 'network')
    return engineFailure(code, `The connection to the model's service failed: ${message}`)
  if (code !== undefined) return engineFailure(code, message)
  return error instanceof Error ? undefined : streamed(error)
}

/** The service answered, but not with what was asked for. */
function refused(error: unknown, status: number, now?: () => number): StepFailure {
  const body = String(memberOf(error, 'responseBody') ?? '').slice(0, WORDS)
  const { message } = toPlainError(error)
  const words = status < 500 ? saidIn(BY_WORDS, `${message} ${body}`) : undefined
  const code = words?.code ?? failureOfStatus(status)
  const isBroke = status === PAYMENT_REQUIRED || words?.retryable === false
  return engineFailure(code, `The model's service answered with status ${status}: ${message}`, {
    retryAfterMs: retryAfterMs({ headers: memberOf(error, 'responseHeaders'), body }, now),
    ...(isBroke ? { retryable: false } : {}),
  })
}

/** An error that came as part of a stream: a text, or an object in the service's own form. */
function streamed(error: unknown): StepFailure {
  const text = typeof error === 'string' ? error : (JSON.stringify(error) ?? String(error))
  const status = numberOf(error, 'code') ?? numberOf(error, 'status')
  const byStatus = status !== undefined && status >= 400 ? failureOfStatus(status) : undefined
  const words = saidIn(STREAMED, text)
  const message = memberOf(error, 'message')
  return engineFailure(
    words?.code ?? byStatus ?? 'overloaded',
    `The model's service broke off its answer: ${typeof message === 'string' ? message : text}`,
    words?.retryable === undefined ? {} : { retryable: words.retryable },
  )
}

/** The error that counts: of several tries the last one. */
function rootOf(thrown: unknown): unknown {
  return memberOf(thrown, 'lastError') ?? thrown
}

function saidIn(table: readonly Words[], text: string): Words | undefined {
  return table.find(({ pattern }) => pattern.test(text))
}

const PAYMENT_REQUIRED = 402
const WORDS = 10_000

function numberOf(owner: unknown, name: string): number | undefined {
  const member = memberOf(owner, name)
  return typeof member === 'number' ? member : undefined
}

function memberOf(owner: unknown, name: string): unknown {
  return typeof owner === 'object' && owner !== null ? Reflect.get(owner, name) : undefined
}
