/**
 * Why calls fail, in words that every engine shares: a host and a policy act on the code, whoever made
 * the call. An engine is free to use a code of its own for what none of these says.
 */
import type { StepFailure } from './result.ts'

/** Why a call failed, for every engine alike. @source engines.md, the classes of each engine */
export type EngineFailureCode =
  /** The key or the login is missing, wrong or not allowed to do this. */
  | 'auth'
  /** Too many calls at the moment. */
  | 'rate_limit'
  /** What the account may use is used up until a time: the step waits (rule B1). */
  | 'quota'
  /** The service has trouble of its own: too busy, or an error of the server. */
  | 'overloaded'
  /** The service could not be reached, or the connection broke. */
  | 'network'
  /** The service did not answer in time. */
  | 'timeout'
  /** The service refuses the request as it is: an unknown model, a parameter. */
  | 'invalid_request'
  /** The conversation is larger than the model can take. */
  | 'context_overflow'
  /** The model refuses to answer. */
  | 'refusal'
  /** The agent was not allowed what it needed. */
  | 'permission_denied'
  /** Somebody outside Baton ended the call. */
  | 'canceled'
  /** The engine cannot run here: not installed, not started, or gone in the middle. */
  | 'engine_unavailable'
  /** The answer is not what was asked for, or there is none. */
  | 'bad_output'

const RETRYABLE: ReadonlySet<EngineFailureCode> = new Set([
  'rate_limit',
  'quota',
  'overloaded',
  'network',
  'timeout',
])

/** What more is known of a failure. */
export interface EngineFailureOptions {
  /** How long the service asked to wait, in milliseconds. @default the step's retry policy */
  readonly retryAfterMs?: number | undefined
  /** Whether the same call may succeed when it is repeated. @default by the code */
  readonly retryable?: boolean
}

/**
 * The `error` of a failed {@link StepResult}. Rate limits, quotas, overload, network trouble and timeouts are
 * retryable; every other failure would come again.
 */
export function engineFailure(
  code: EngineFailureCode,
  message: string,
  { retryAfterMs, retryable = RETRYABLE.has(code) }: EngineFailureOptions = {},
): StepFailure {
  return { code, message, retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
}

const BY_STATUS: Readonly<Record<number, EngineFailureCode>> = {
  401: 'auth',
  402: 'quota',
  403: 'auth',
  408: 'timeout',
  413: 'context_overflow',
  429: 'rate_limit',
}

/** The code that an HTTP status of 400 and more stands for; every other one is `network`. */
export function failureOfStatus(status: number): EngineFailureCode {
  if (status >= 500 && status < 600) return 'overloaded'
  return BY_STATUS[status] ?? (status >= 400 && status < 500 ? 'invalid_request' : 'network')
}
