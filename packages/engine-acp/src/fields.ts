/** My job: what an agent says, read without believing that it is what the protocol wants. */
import type { JsonObject, JsonValue } from '@batonjs/core'

/** The members of an object; none for anything else. */
export function fieldsOf(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !isList(value) ? value : {}
}

/** A text that is not empty. */
export function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A number of at least 0. */
export function amountOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined
}

/** The members of a list; none for anything else. */
export function membersOf(value: JsonValue | undefined): readonly JsonValue[] {
  return isList(value) ? value : []
}

/** Whether there is anything in it. */
export function isTold(value: JsonValue | undefined): value is JsonValue {
  if (value === undefined || value === null || value === '') return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}
