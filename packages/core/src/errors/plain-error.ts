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
const NAME_LIMIT = 100

/**
 * Makes a {@link PlainError} of anything that can be thrown: a frozen error, `undefined`, an object
 * whose getters throw. Never throws itself.
 */
export function toPlainError(thrown: unknown, fallbackCode = 'engine_error'): PlainError {
  const code = readString(thrown, 'code') ?? fallbackCode
  const retryAfterMs = readMember(thrown, 'retryAfterMs')
  const error: PlainError = {
    name: (readString(thrown, 'name') ?? 'Error').slice(0, NAME_LIMIT),
    code: code.slice(0, NAME_LIMIT),
    message: clip(messageOf(thrown)),
    retryable: readMember(thrown, 'retryable') === true,
  }
  const waits = typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs) && retryAfterMs >= 0
  return waits ? { ...error, retryAfterMs } : error
}

function messageOf(thrown: unknown): string {
  const message = readString(thrown, 'message')
  if (message !== undefined) return message
  try {
    return typeof thrown === 'string' ? thrown : `A value that is no error was thrown: ${String(thrown)}`
  } catch {
    return 'A value that cannot be printed was thrown'
  }
}

function clip(message: string): string {
  return message.length <= MESSAGE_LIMIT ? message : `${message.slice(0, MESSAGE_LIMIT - 16)}... (truncated)`
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
