import { type JsonValue, toPlainError } from '@batonjs/core'

/** Anything as JSON: an error as its message, and what JSON cannot say as text. */
export function toPlain(value: unknown): JsonValue {
  if (value instanceof Error) return toPlainError(value).message
  try {
    const text = JSON.stringify(value)
    return text === undefined ? null : JSON.parse(text)
  } catch {
    return String(value)
  }
}
