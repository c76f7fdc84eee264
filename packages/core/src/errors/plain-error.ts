/** An error as plain data: the form that every event and receipt carries. */
export interface PlainError {
  readonly name: string
  readonly code: string
  /** At most {@link MESSAGE_LIMIT} characters. */
  readonly message: string
  readonly retryable: boolean
  /** How long the failing side asked to wait before another try, in milliseconds. */
  readonly retryAfterMs?: number
}

const MESSAGE_LIMIT = 2_000
const CAUSE_LIMIT = 500
const CAUSES = 3
const CUT = '... (truncated)'
const NAME_LIMIT = 100

/**
 * Makes a {@link PlainError} of anything that can be thrown: a frozen error, `undefined`, an object
 * whose getters throw. Never throws itself. The message goes on with those of the causes and their
 * codes, at most three deep, for that is where a network failure says what it is. `redact` is applied to
 * each text before it is cut.
 */
export function toPlainError(
  thrown: unknown,
  fallbackCode = 'engine_error',
  redact: Redact = asItIs,
): PlainError {
  const code = readString(thrown, 'code') ?? fallbackCode
  const retryAfterMs = readMember(thrown, 'retryAfterMs')
  const error: PlainError = {
    name: redact(readString(thrown, 'name') ?? 'Error').slice(0, NAME_LIMIT),
    code: redact(code).slice(0, NAME_LIMIT),
    message: clip(withCauses(thrown, redact)),
    retryable: readMember(thrown, 'retryable') === true,
  }
  const waits = typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs) && retryAfterMs >= 0
  return waits ? { ...error, retryAfterMs } : error
}

/** What becomes of a text that somebody else wrote. */
type Redact = (text: string) => string

const asItIs: Redact = (text) => text

function messageOf(thrown: unknown): string {
  const message = readString(thrown, 'message')
  if (message !== undefined) return message
  try {
    return typeof thrown === 'string' ? thrown : `A value that is no error was thrown: ${String(thrown)}`
  } catch {
    return 'A value that cannot be printed was thrown'
  }
}

/** The message, then what each cause adds to it: `fetch failed: connect ECONNREFUSED ::1:80 (ECONNREFUSED)`. */
function withCauses(thrown: unknown, redact: Redact): string {
  let message = redact(messageOf(thrown))
  let cause = causeOf(thrown)
  for (let depth = 0; depth < CAUSES && cause !== undefined && cause !== null; depth += 1) {
    const said = textOf(cause, redact)
    if (said !== undefined && !message.includes(said)) message = `${message}: ${said}${codeOf(cause, redact)}`
    cause = causeOf(cause)
  }
  return message
}

/** What is behind an error; of several, as of all the addresses that were tried, the first. */
function causeOf(thrown: unknown): unknown {
  return readMember(thrown, 'cause') ?? readMember(readMember(thrown, 'errors'), '0')
}

function textOf(cause: unknown, redact: Redact): string | undefined {
  const text = typeof cause === 'string' ? cause : (readString(cause, 'message') ?? readString(cause, 'code'))
  return text === undefined ? undefined : clip(redact(text), CAUSE_LIMIT)
}

function codeOf(cause: unknown, redact: Redact): string {
  const code = readString(cause, 'code')
  return code === undefined || readString(cause, 'message') === undefined
    ? ''
    : ` (${redact(code).slice(0, NAME_LIMIT)})`
}

function clip(message: string, limit = MESSAGE_LIMIT): string {
  return message.length <= limit ? message : `${message.slice(0, limit - CUT.length)}${CUT}`
}

function readString(value: unknown, key: string): string | undefined {
  const member = readMember(value, key)
  return typeof member === 'string' && member !== '' ? member : undefined
}

function readMember(value: unknown, key: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  try {
    return Reflect.get(value, key)
  } catch {
    return undefined
  }
}
