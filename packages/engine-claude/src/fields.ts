/** My job: what stands in a message of which nothing is promised. */
import type { JsonObject, JsonValue } from '@batonjs/core'

/** Whether a value is an object, and no list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member that is an object, else an empty one. */
export function objectIn(value: unknown, name: string): JsonObject {
  const member = memberOf(value, name)
  return isObject(member) ? member : {}
}

/** A member that is a text. */
export function textIn(value: unknown, name: string): string | undefined {
  const member = memberOf(value, name)
  return typeof member === 'string' ? member : undefined
}

/** A member that is a number. */
export function numberIn(value: unknown, name: string): number | undefined {
  const member = memberOf(value, name)
  return typeof member === 'number' && Number.isFinite(member) ? member : undefined
}

/** The objects of a member that is a list. */
export function objectsIn(value: unknown, name: string): readonly JsonObject[] {
  const member = memberOf(value, name)
  return Array.isArray(member) ? member.filter(isObject) : []
}

/** A member, whatever it is. */
export function memberOf(value: unknown, name: string): JsonValue | undefined {
  return isObject(value) ? value[name] : undefined
}
