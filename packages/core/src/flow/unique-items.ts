/**
 * `uniqueItems` in a time that grows with the value. The validator compares each item of a list with every
 * other, so it is let at it only where an item stands twice in a list that the keyword may be about.
 */
import type { Schema } from '@cfworker/json-schema'
import { appliedBy, appliedToMember, type SchemaLookup } from './applied-schemas.ts'
import { isJsonObject, type JsonValue } from './json.ts'

/** More comparisons than this are not made: about a third of a second. */
const EFFORT_LIMIT = 20_000_000

/** A prepared schema in which the keyword stands. */
export interface UniqueSchema {
  readonly schema: Schema
  readonly lookup: SchemaLookup
  /** The schemas with the keyword, which is theirs to be switched on and off. */
  readonly unique: readonly Schema[]
}

/** Switches the keyword on where it matters for a value. False when looking there would take too long. */
export function focusUnique({ schema, lookup, unique }: UniqueSchema, value: JsonValue): boolean {
  const lists = measureLists(value)
  const isWhole = ![...lists.values()].some(({ repeats }) => repeats)
  const applied = isWhole ? undefined : applications(schema, lookup, value)
  let effort = 0
  for (const inner of unique) {
    const found = [...(applied?.get(inner) ?? [])].flatMap((node) => lists.get(node) ?? [])
    inner.uniqueItems = found.some(({ repeats }) => repeats)
    if (inner.uniqueItems) effort += found.reduce((sum, list) => sum + list.effort, 0)
  }
  return effort <= EFFORT_LIMIT
}

interface ListMeasure {
  /** An item stands in it twice. */
  readonly repeats: boolean
  /** What comparing all its items with each other may take. */
  readonly effort: number
}

/** Every list inside a value. Equal values get the same number, from the innermost out. */
function measureLists(value: JsonValue): ReadonlyMap<JsonValue, ListMeasure> {
  const numbers = new Map<string, number>()
  const lists = new Map<JsonValue, ListMeasure>()
  let size = 0
  const numberOf = (node: JsonValue): number => {
    const before = size
    size += 1
    const members = Array.isArray(node) ? node.map(numberOf) : undefined
    if (members !== undefined) {
      const repeats = new Set(members).size < members.length
      lists.set(node, { repeats, effort: members.length * (size - before) })
    }
    const key = members === undefined ? keyOf(node, numberOf) : `[${members.join()}]`
    const number = numbers.get(key) ?? numbers.size
    numbers.set(key, number)
    return number
  }
  numberOf(value)
  return lists
}

function keyOf(node: JsonValue, numberOf: (member: JsonValue) => number): string {
  if (!isJsonObject(node)) return JSON.stringify(node)
  const members = Object.entries(node).map(([name, member]) => `${JSON.stringify(name)}:${numberOf(member)}`)
  return `{${members.sort().join()}}`
}

/** The lists and objects that each schema may be applied to, whatever comes of `if` and `anyOf`. */
function applications(
  root: Schema,
  lookup: SchemaLookup,
  value: JsonValue,
): ReadonlyMap<Schema, ReadonlySet<JsonValue>> {
  const applied = new Map<Schema, Set<JsonValue>>()
  const visit = (schema: Schema | boolean, node: JsonValue): void => {
    if (typeof schema === 'boolean' || typeof node !== 'object' || node === null) return
    const nodes = applied.get(schema) ?? new Set()
    if (nodes.has(node)) return
    applied.set(schema, nodes.add(node))
    for (const inner of appliedBy(schema, lookup)) visit(inner, node)
    for (const [name, member] of Object.entries(node)) {
      for (const inner of appliedToMember(schema, name, Array.isArray(node))) visit(inner, member)
    }
  }
  visit(root, value)
  return applied
}
