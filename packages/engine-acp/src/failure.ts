/**
 * My job: why an agent's error failed the call, in the words that all engines share.
 *
 * Agents tell it in different places. They are looked at in this order: the status of an HTTP answer, the agent's own
 * word for it in `data`, the codes of the protocol, and then what the message says.
 */
import {
  type EngineFailureCode,
  engineFailure,
  failureOfStatus,
  type JsonValue,
  type StepFailure,
} from '@batonjs/core'
import { amountOf, fieldsOf, textOf } from './fields.ts'

/** An error as an agent answers a request with it. */
export interface AgentError {
  /** A code of JSON-RPC, or an HTTP status. */
  readonly code?: number
  readonly message: string
  readonly data?: JsonValue
}

/** Why the agent's error failed the call, and how long it asked to wait. */
export function failureOfAgent(error: AgentError): StepFailure {
  const words = wordsOf(error)
  const code = codeOf(error, words)
  return engineFailure(code, words, { retryAfterMs: waitIn(words) })
}

/** The failure that a text stands for; `bad_output`, that there is no answer, when it names no reason. */
export function failureOfText(text: string): EngineFailureCode {
  return PATTERNS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'bad_output'
}

function codeOf({ code, data }: AgentError, words: string): EngineFailureCode {
  const told = fieldsOf(data)
  const status = statusOf(code) ?? statusOf(told.statusCode) ?? statusOf(told.http_status_code)
  if (status !== undefined) return refine(failureOfStatus(status), words)
  const kinds = [told.errorKind, told.errorName, told.codex_error_info].flatMap((it) => kindOf(it) ?? [])
  const known = kinds.flatMap((kind) => BY_KIND[kind] ?? [])[0] ?? BY_CODE[code ?? 0]
  return known ?? failureOfText(words)
}

/** A status of 429 stands for two things: ask again soon, and what there was is used up. */
function refine(code: EngineFailureCode, words: string): EngineFailureCode {
  const byWords = failureOfText(words)
  if (code === 'rate_limit' && byWords === 'quota') return 'quota'
  if (code === 'invalid_request' && (byWords === 'auth' || byWords === 'context_overflow')) return byWords
  return code
}

function statusOf(value: JsonValue | undefined): number | undefined {
  const status = amountOf(value)
  return status !== undefined && status >= 400 && status < 600 ? status : undefined
}

/** A word in snake_case; Codex has objects with one member for those that carry more. */
function kindOf(value: JsonValue | undefined): string | undefined {
  const word = textOf(value) ?? Object.keys(fieldsOf(value))[0]
  return word?.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase()
}

/** What the agent said, without the JSON that some put into a message, and with the details that others put beside it. */
function wordsOf({ message, data }: AgentError): string {
  const { details, message: also } = fieldsOf(data)
  const said = innermost(message)
  const more = textOf(details) ?? textOf(also)
  return more === undefined || said.includes(more) ? said : `${said}: ${more}`
}

function innermost(message: string): string {
  const from = message.indexOf('{')
  const to = message.lastIndexOf('}')
  if (from < 0 || to < from) return message
  try {
    // JSON gives nothing else.
    const { error } = fieldsOf(JSON.parse(message.slice(from, to + 1)) as JsonValue)
    return textOf(fieldsOf(error).message) ?? message
  } catch {
    return message
  }
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** As in "Suggested retry after 2s" and "Please retry in 34.07s". */
function waitIn(words: string): number | undefined {
  const [, amount, unit = 's'] = /retry (?:after|in) ([\d.]+) ?(ms|s|m|h)?\b/i.exec(words) ?? []
  const milliseconds = Math.ceil(Number(amount) * (UNITS[unit.toLowerCase()] ?? 1_000))
  return Number.isNaN(milliseconds) ? undefined : milliseconds
}

const BY_CODE: Readonly<Record<number, EngineFailureCode>> = {
  [-32_000]: 'auth',
  [-32_601]: 'invalid_request',
  [-32_602]: 'invalid_request',
}

/** The words of claude-agent-acp (`errorKind`), opencode (`errorName`) and codex-acp (`codex_error_info`). */
const BY_KIND: Readonly<Record<string, EngineFailureCode>> = {
  authentication_failed: 'auth',
  oauth_org_not_allowed: 'auth',
  billing_error: 'quota',
  rate_limit: 'rate_limit',
  overloaded: 'overloaded',
  server_error: 'overloaded',
  invalid_request: 'invalid_request',
  model_not_found: 'invalid_request',
  max_output_tokens: 'bad_output',
  provider_auth_error: 'auth',
  context_overflow_error: 'context_overflow',
  message_output_length_error: 'bad_output',
  message_aborted_error: 'canceled',
  unauthorized: 'auth',
  usage_limit_exceeded: 'quota',
  context_window_exceeded: 'context_overflow',
  server_overloaded: 'overloaded',
  internal_server_error: 'overloaded',
  bad_request: 'invalid_request',
  sandbox_error: 'permission_denied',
  http_connection_failed: 'network',
  response_stream_connection_failed: 'network',
  response_stream_disconnected: 'network',
}

const PATTERNS: readonly (readonly [EngineFailureCode, RegExp])[] = [
  ['quota', /daily quota|per ?day|usage limit|insufficient.quota|credit balance|out of credits/i],
  ['context_overflow', /prompt is too long|context (?:window|length)|maximum context|too many tokens/i],
  ['rate_limit', /\b429\b|rate.?limit|too many requests/i],
  ['auth', /\b40[13]\b|unauthori[sz]ed|unauthenticated|authenticat|api.?key|(?:log|sign) ?in\b|\/login/i],
  ['overloaded', /\b5(?:00|02|03|29)\b|overloaded|at capacity|unavailable/i],
  ['timeout', /\b(?:408|504)\b|timed? ?out|ETIMEDOUT/i],
  ['network', /ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|socket|fetch failed|network|disconnected|^terminated$/i],
  ['invalid_request', /\b40[04]\b|invalid.(?:argument|request|value|model)|not found/i],
]
