/** Readers of free JSON: documentation, params, and JSON Schemas, also those inside schema objects. */

import { isHolder, show } from '../input/value.ts'
import type { StandardSchema } from './flow.ts'
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts'
import { HALF_PAIR, hasHalfPair, nameOf, type Place, type Reader, refuseType, report } from './reader.ts'
import { checkSchema } from './schema.ts'

const DEPTH_LIMIT = 64

/** Any JSON. */
export const json: Reader = (value, place) => {
  const problem = problemOf(value, [])
  if (problem !== undefined) return refuseType(value, place, `plain JSON: ${problem}`)
  return copy(value)
}

/** A JSON object. */
export const jsonObject: Reader = (value, place) => {
  if (!isHolder(value)) return refuseType(value, place, 'an object')
  return json(value, place)
}

/** A JSON Schema, or in TypeScript a Standard Schema that carries one. */
export const schema: Reader = (value, place) => {
  const plain = isStandardSchema(value) ? toJsonSchema(value, place) : jsonObject(value, place)
  if (!isJsonObject(plain)) return undefined
  const [problem] = checkSchema(plain)
  if (problem === undefined) return plain
  return report(place, {
    code: 'schema_invalid',
    text: `has ${nameOf(place)}, which is no JSON Schema: ${problem}`,
  })
}

function isStandardSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const standard: unknown = Reflect.get(value, '~standard')
  return typeof standard === 'object' && standard !== null
}

function toJsonSchema(value: StandardSchema, place: Place): JsonObject | undefined {
  const { vendor, jsonSchema } = value['~standard']
  const wayOut = 'Give the JSON Schema itself.'
  if (jsonSchema === undefined) {
    const text = `has ${nameOf(place)} of ${show(vendor)}, which carries no JSON Schema. ${wayOut}`
    return report(place, { code: 'schema_invalid', text })
  }
  try {
    const converted = jsonObject(jsonSchema.input({ target: 'draft-2020-12' }), place)
    if (!isJsonObject(converted)) return undefined
    const { $schema, ...content } = converted
    return content
  } catch (error) {
    const text = `has ${nameOf(place)} of ${show(vendor)}, which has no JSON Schema: ${String(error)}. ${wayOut}`
    return report(place, { code: 'schema_invalid', text })
  }
}

/** Why a value would not survive JSON, or `undefined`. */
function problemOf(value: unknown, holders: readonly unknown[]): string | undefined {
  if (value === null || typeof value === 'boolean') return undefined
  if (typeof value === 'string') return hasHalfPair(value) ? HALF_PAIR : undefined
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${value} is no number of JSON`
  if (typeof value !== 'object') return `${typeof value} is no type of JSON`
  if (holders.includes(value)) return 'it holds itself'
  if (holders.length >= DEPTH_LIMIT) return `it is more than ${DEPTH_LIMIT} levels deep`
  if (!Array.isArray(value) && !isHolder(value)) return 'it holds an instance of a class'
  const inside = [...holders, value]
  const members = Array.isArray(value)
    ? Array.from<unknown>(value)
    : Object.entries(value).flatMap((entry) => (entry[1] === undefined ? [] : entry))
  for (const member of members) {
    const problem = problemOf(member, inside)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** A copy that nobody else can change; members that are `undefined` are left out, as in JSON. */
function copy(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(copy)
  if (isHolder(value)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined)
    return Object.fromEntries(members.map(([key, member]) => [key, copy(member)]))
  }
  // problemOf has let only JSON through, and the rest of JSON is primitive.
  return value as JsonValue
}
