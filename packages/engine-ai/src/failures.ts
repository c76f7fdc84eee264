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

/** What only the words of a service tell: it answers all of this with 400, or with 429. */
const BY_WORDS: readonly (readonly [RegExp, EngineFailureCode])[] = [
  [
    /context.?length|context window|maximum context|prompt is too long|input is too long|too many tokens/i,
    'context_overflow',
  ],
  [/insufficient.?quota|exceeded your current quota|credit balance|billing/i, 'quota'],
  [/content.?filter|content.?policy|safety system/i, 'refusal'],
]

const STREAMED: readonly (readonly [RegExp, EngineFailureCode])[] = [
  ...BY_WORDS,
  [/rate.?limit|too many requests/i, 'rate_limit'],
  [/authentication|invalid.?api.?key|unauthori[sz]ed/i, 'auth'],
  [/invalid.?request/i, 'invalid_request'],
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
  const { message } = toPlainError(error)
  const code =
    status < 500 ? (byWords(BY_WORDS, wordsOf(error)) ?? failureOfStatus(status)) : failureOfStatus(status)
  return engineFailure(code, `The model's service answered with status ${status}: ${message}`, {
    retryAfterMs: retryAfterMs(memberOf(error, 'responseHeaders'), now),
  })
}

/** An error that came as part of a stream: a text, or an object in the service's own form. */
function streamed(error: unknown): StepFailure {
  const words = typeof error === 'string' ? error : (JSON.stringify(error) ?? String(error))
  const status = numberOf(error, 'code') ?? numberOf(error, 'status')
  const byStatus = status !== undefined && status >= 400 ? failureOfStatus(status) : undefined
  const code = byWords(STREAMED, words) ?? byStatus ?? 'overloaded'
  const message = memberOf(error, 'message')
  const text = typeof message === 'string' ? message : words
  return engineFailure(code, `The model's service broke off its answer: ${text}`)
}

/** The error that counts: of several tries the last one. */
function rootOf(thrown: unknown): unknown {
  return memberOf(thrown, 'lastError') ?? thrown
}

function byWords(table: typeof BY_WORDS, words: string): EngineFailureCode | undefined {
  return table.find(([pattern]) => pattern.test(words))?.[1]
}

const WORDS = 10_000

function wordsOf(error: unknown): string {
  return `${toPlainError(error).message} ${String(memberOf(error, 'responseBody') ?? '').slice(0, WORDS)}`
}

function numberOf(owner: unknown, name: string): number | undefined {
  const member = memberOf(owner, name)
  return typeof member === 'number' ? member : undefined
}

function memberOf(owner: unknown, name: string): unknown {
  return typeof owner === 'object' && owner !== null ? Reflect.get(owner, name) : undefined
}
