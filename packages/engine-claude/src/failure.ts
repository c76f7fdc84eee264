/** My job: why a call failed, out of what Claude says at its end. */
import {
  type EngineFailureCode,
  engineFailure,
  failureOfStatus,
  type JsonObject,
  type StepFailure,
} from '@batonjs/core'
import { memberOf, numberIn, textIn } from './fields.ts'

/** What was said before the end that tells more than the end. */
export interface Hints {
  /** What the last answer that is an error calls itself. */
  readonly error?: string
  /** How long Claude waited before its last retry. */
  readonly retryDelayMs?: number
  /** When what the account may use is there again, in milliseconds since the epoch. */
  readonly quotaResetsAt?: number
}

const BY_ERROR: Readonly<Record<string, EngineFailureCode>> = {
  authentication_failed: 'auth',
  oauth_org_not_allowed: 'auth',
  account_on_hold: 'auth',
  verification_required: 'auth',
  cloud_credential_error: 'auth',
  billing_error: 'quota',
  rate_limit: 'rate_limit',
  overloaded: 'overloaded',
  invalid_request: 'invalid_request',
  model_not_found: 'invalid_request',
  max_output_tokens: 'bad_output',
}

/** These say more than the status, which is that of an invalid request. */
const ABOVE_STATUS = new Set(['billing_error'])

const QUOTA = /usage limit|limit reached|hit your .*limit/i
const TIMEOUT = /timed out/i
const CONNECTION = /connect|socket|network|ECONN|unable to reach|JSON Parse error/i

/** The failure that a result tells; `undefined` when it is a success. Subtype `success` alone is none, nor is silence. */
export function failureOf(result: JsonObject, hints: Hints): StepFailure | undefined {
  if (result.subtype === 'success' && result.is_error === false) return silenceOf(result)
  const message = messageOf(result)
  if (result.subtype === 'error_max_budget_usd') return { code: 'budget_exceeded', message, retryable: false }
  const code = codeOf(result, message, hints)
  return engineFailure(code, message, { retryAfterMs: waitOf(code, hints), ...billing(hints) })
}

/** An answer is a text, or data. */
function silenceOf(result: JsonObject): StepFailure | undefined {
  const { result: text, structured_output: data } = result
  const isAnswered = (typeof text === 'string' && text !== '') || (data !== undefined && data !== null)
  return isAnswered ? undefined : engineFailure('bad_output', 'Claude ended without an answer')
}

function messageOf(result: JsonObject): string {
  const errors = memberOf(result, 'errors')
  const text = textIn(result, 'result') ?? (Array.isArray(errors) ? errors.join('; ') : '')
  return text === '' ? `Claude ended with ${String(result.subtype)}` : text
}

function codeOf(result: JsonObject, message: string, hints: Hints): EngineFailureCode {
  const status = numberIn(result, 'api_error_status')
  const { error = '' } = hints
  if (/^error_max_/.test(String(result.subtype))) return 'bad_output'
  if (/^aborted_/.test(textIn(result, 'terminal_reason') ?? '')) return 'canceled'
  if (result.stop_reason === 'refusal') return 'refusal'
  if (result.terminal_reason === 'prompt_too_long' || /^Prompt is too long/.test(message))
    return 'context_overflow'
  if (hints.quotaResetsAt !== undefined || (error === 'rate_limit' && QUOTA.test(message))) return 'quota'
  if (status !== undefined && !ABOVE_STATUS.has(error)) return failureOfStatus(status)
  return BY_ERROR[error] ?? codeOfText(result, message)
}

function codeOfText(result: JsonObject, message: string): EngineFailureCode {
  if (TIMEOUT.test(message)) return 'timeout'
  if (result.api_error === 'connection_failed' || CONNECTION.test(message)) return 'network'
  return result.subtype === 'success' ? 'overloaded' : 'engine_unavailable'
}

function waitOf(code: EngineFailureCode, { retryDelayMs, quotaResetsAt }: Hints): number | undefined {
  if (code === 'quota' && quotaResetsAt !== undefined) return Math.max(0, quotaResetsAt - Date.now())
  return code === 'rate_limit' || code === 'overloaded' ? retryDelayMs : undefined
}

/** A balance that is used up does not come back by waiting. */
function billing({ error }: Hints): { readonly retryable?: boolean } {
  return error === 'billing_error' ? { retryable: false } : {}
}

/** Whether a result says that the conversation to be continued is not known any more. */
export function isSessionUnknown(result: JsonObject): boolean {
  const errors = memberOf(result, 'errors')
  return Array.isArray(errors) && errors.some((error) => /^No conversation found/.test(String(error)))
}
