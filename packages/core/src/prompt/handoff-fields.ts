/** How each kind of handoff field is read: what has the right type is clipped, the rest is dropped. */
import type { FactInput } from '../events/envelope.ts'
import type { JsonObject, JsonValue } from '../flow/json.ts'
import { isJsonObject } from '../flow/json.ts'
import { clip } from './tags.ts'

const ENTRY_LIMIT = 100
const TEXT_LIMIT = 1_000
const NAME_LIMIT = 200
const FACT_LIMIT = 16_000
const FIELDS_LIMIT = 16_000

/** A text that says something, clipped. */
export function toText(value: JsonValue | undefined, limit = TEXT_LIMIT): string | undefined {
  const text = typeof value === 'string' ? value.trim() : ''
  return text === '' ? undefined : clip(text, limit)
}

/** The entries of a list that can be read, at most 100. */
export function toList<T>(
  value: JsonValue | undefined,
  toEntry: (entry: JsonValue) => T | undefined,
): readonly T[] | undefined {
  const entries = Array.isArray(value) ? value.slice(0, ENTRY_LIMIT) : []
  const read = entries.map((entry: JsonValue) => toEntry(entry)).filter((entry) => entry !== undefined)
  return read.length === 0 ? undefined : read
}

/** Concerns as text; those of the sources are objects. @source A4 HandoffEnvelope */
export function toConcerns(value: JsonValue | undefined): readonly string[] | undefined {
  return toList(value, (entry) => toText(isJsonObject(entry) ? (entry.concern ?? entry.description) : entry))
}

/** Name to path, from an object, a list of paths, or a list of `{ name?, path }`. */
export function toArtifacts(value: JsonValue | undefined): Readonly<Record<string, string>> | undefined {
  const pairs = isJsonObject(value) ? Object.entries(value) : toList(value, namedPath)
  const artifacts = (pairs ?? []).flatMap(([key, member]) => artifact(key, member)).slice(0, ENTRY_LIMIT)
  return artifacts.length === 0 ? undefined : Object.fromEntries(artifacts)
}

function namedPath(entry: JsonValue): [string, JsonValue] | undefined {
  if (typeof entry === 'string') return [entry, entry]
  if (!isJsonObject(entry) || typeof entry.path !== 'string') return undefined
  return [typeof entry.name === 'string' ? entry.name : entry.path, entry.path]
}

function artifact(key: string, member: JsonValue): [string, string][] {
  const name = toText(key, NAME_LIMIT)
  const path = toText(isJsonObject(member) ? member.path : member)
  return name === undefined || path === undefined ? [] : [[name, path]]
}

/** Facts, from a list of `{ key, value }` or from an object of values. */
export function toFacts(value: JsonValue | undefined): readonly FactInput[] | undefined {
  const entries = isJsonObject(value)
    ? Object.entries(value).map(([key, member]) => ({ key, value: member }))
    : value
  return toList(entries, toFact)
}

function toFact(entry: JsonValue): FactInput | undefined {
  if (!isJsonObject(entry) || entry.value === undefined) return undefined
  const key = toText(entry.key, NAME_LIMIT)
  if (key === undefined || sizeOf(entry.value) > FACT_LIMIT) return undefined
  const { confidence } = entry
  const evidence = toList(entry.evidence, (item) => toText(item))
  return {
    key,
    value: entry.value,
    ...(isFiniteNumber(confidence) ? { confidence: Math.min(1, Math.max(0, confidence)) } : {}),
    ...(evidence === undefined ? {} : { evidence }),
  }
}

function isFiniteNumber(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

/** Further fields, the first of them that fit into 16 kB together. */
export function toFields(fields: JsonObject): JsonObject | undefined {
  let left = FIELDS_LIMIT
  const fitting = Object.entries(fields).filter(([key, value]) => {
    const size = key.length + sizeOf(value)
    if (size > left) return false
    left -= size
    return true
  })
  return fitting.length === 0 ? undefined : Object.fromEntries(fitting)
}

/** Characters of the value as JSON; without end when it cannot be written. */
function sizeOf(value: JsonValue): number {
  try {
    return JSON.stringify(value).length
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
