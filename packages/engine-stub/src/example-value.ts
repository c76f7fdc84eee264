import type { JsonObject, JsonSchema, JsonValue } from '@batonjs/core'
import { exampleNumber, exampleString } from './example-primitive.ts'

/** How deep a value or a chain of references may go before it is given up as `null`. */
const MAX_DEPTH = 12

/**
 * A small value that satisfies a JSON Schema: required members only, as few items as allowed, and
 * the same one each time. `oneOf` and `not` are met by chance only; a schema that leads nowhere
 * gives `null`.
 */
export function exampleValue(schema: JsonSchema): JsonValue {
  return build(schema, { root: schema, depth: 0, turn: 0 })
}

interface Place {
  readonly root: JsonSchema
  readonly depth: number
  /** 0-based place in a list whose items must differ. */
  readonly turn: number
}

function build(written: JsonValue | undefined, place: Place): JsonValue {
  if (place.depth > MAX_DEPTH) return null
  const schema = flatten(written, place.root, place.depth)
  if (schema.const !== undefined) return schema.const
  if (isList(schema.enum)) return chooseFromEnum(schema.enum, place.turn)
  switch (typeOf(schema)) {
    case 'object':
      return buildObject(schema, place)
    case 'array':
      return buildArray(schema, place)
    case 'integer':
    case 'number':
      return exampleNumber(schema, place.turn)
    case 'boolean':
      return place.turn % 2 === 1
    case 'null':
      return null
    default:
      return exampleString(schema, place.turn)
  }
}

/** A schema that asks for more asks for what nobody wants to read; its example satisfies it not. */
const MOST_MEMBERS = 10_000

/** The success value of a loop when it is there, so that a bare flow ends; else the first. */
function chooseFromEnum(values: readonly JsonValue[], turn: number): JsonValue {
  const preferred = values.indexOf('VERIFIED')
  return values[(Math.max(preferred, 0) + turn) % values.length] ?? null
}

function buildObject(schema: JsonObject, place: Place): JsonObject {
  const properties = toObject(schema.properties)
  const required = isList(schema.required) ? schema.required.map(String) : []
  const names = new Set(required)
  const least = Math.min(Number(schema.minProperties ?? 0), MOST_MEMBERS)
  for (const name of Object.keys(properties)) if (names.size < least) names.add(name)
  for (let extra = 1; names.size < least; extra++) names.add(`stub${extra}`)
  const deeper = { ...place, depth: place.depth + 1 }
  return Object.fromEntries(
    [...names].map((name) => [name, build(properties[name] ?? schema.additionalProperties, deeper)]),
  )
}

function buildArray(schema: JsonObject, place: Place): JsonValue[] {
  const first = isList(schema.prefixItems) ? schema.prefixItems : []
  const least = schema.contains === undefined ? 0 : Number(schema.minContains ?? 1)
  const length = Math.min(Math.max(Number(schema.minItems ?? 0), least), MOST_MEMBERS)
  return Array.from({ length }, (_, index) => {
    const items: JsonValue = first[index] ?? schema.items ?? {}
    const item = index < least ? { allOf: [items, schema.contains ?? {}] } : items
    return build(item, { ...place, depth: place.depth + 1, turn: schema.uniqueItems === true ? index : 0 })
  })
}

/** Resolves `$ref` and folds `allOf` and the first choice of `anyOf` and `oneOf` into one schema. */
function flatten(written: JsonValue | undefined, root: JsonSchema, depth: number): JsonObject {
  const { $ref, allOf, anyOf, oneOf, ...own } = toObject(written)
  if (depth > MAX_DEPTH) return own
  const parts = [
    ...(typeof $ref === 'string' ? [follow($ref, root)] : []),
    ...(isList(allOf) ? allOf : []),
    ...firstChoice(anyOf),
    ...firstChoice(oneOf),
  ]
  return parts.map((part) => flatten(part, root, depth + 1)).reduce(merge, own)
}

/** The first branch that refers to nothing, for that one ends; else the first. */
function firstChoice(branches: JsonValue | undefined): JsonValue[] {
  if (!isList(branches)) return []
  const plain = branches.find((branch) => toObject(branch).$ref === undefined)
  return [plain ?? branches[0] ?? {}]
}

function follow(reference: string, root: JsonSchema): JsonValue {
  if (!reference.startsWith('#')) return {}
  const keys = reference.slice(1).split('/').filter(Boolean)
  return keys.reduce<JsonValue>((at, key) => {
    const name = decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')
    return toObject(at)[name] ?? {}
  }, root)
}

function merge(one: JsonObject, other: JsonObject): JsonObject {
  return {
    ...one,
    ...other,
    properties: { ...toObject(one.properties), ...toObject(other.properties) },
    required: [...toList(one.required), ...toList(other.required)],
  }
}

function typeOf(schema: JsonObject): JsonValue | undefined {
  if (isList(schema.type)) return schema.type[0]
  if (schema.type !== undefined) return schema.type
  if (Object.keys(toObject(schema.properties)).length > 0 || toList(schema.required).length > 0)
    return 'object'
  if (schema.items !== undefined || schema.prefixItems !== undefined) return 'array'
  const bounded = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']
  return bounded.some((bound) => schema[bound] !== undefined) ? 'number' : 'string'
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function toList(value: JsonValue | undefined): readonly JsonValue[] {
  return isList(value) ? value : []
}

function toObject(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !isList(value) ? value : {}
}
