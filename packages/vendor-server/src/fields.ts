/** Reads what clients send: nothing about it is certain. */
import type { JsonObject, JsonValue } from '@batonjs/core'

/** A member that is an object, else an empty one. */
export function objectIn(value: JsonValue | undefined, key: string): JsonObject {
  const found = memberOf(value, key)
  return isJsonObject(found) ? found : {}
}

/** The objects of a member that is a list. */
export function objectsIn(value: JsonValue | undefined, key: string): readonly JsonObject[] {
  const found = memberOf(value, key)
  return Array.isArray(found) ? found.filter(isJsonObject) : []
}

/** A member that is a text, else an empty one. */
export function textIn(value: JsonValue | undefined, key: string): string {
  const found = memberOf(value, key)
  return typeof found === 'string' ? found : ''
}

/** Any member. */
export function memberOf(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isJsonObject(value) ? value[key] : undefined
}

/** Whether a value is an object rather than an array, `null` or a primitive. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
