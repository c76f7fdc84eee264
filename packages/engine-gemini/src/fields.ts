/** My job: what a line says, read without believing that it is what the CLI promises. */
import type { JsonObject, JsonValue } from '@batonjs/core'

/** A line as an object; an empty one when it is none, such as a warning that a library prints. */
export function parseLine(line: string): JsonObject {
  try {
    // JSON gives nothing else.
    return fieldsOf(JSON.parse(line) as JsonValue)
  } catch {
    return {}
  }
}

/** The members of an object; none for anything else. */
export function fieldsOf(value: JsonValue | undefined): JsonObject {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  // The type does not know that a list was ruled out.
  return isObject ? (value as JsonObject) : {}
}

/** A text that is not empty. */
export function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A number of at least 0. */
export function amountOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined
}
