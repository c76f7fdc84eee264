/**
 * From templates to text and values (rule T1). Resolution is one pass: what a reference stands for is
 * data and is never read for references again.
 */
import type { JsonObject, JsonValue } from '../flow/json.ts'
import { isJsonObject } from '../flow/json.ts'
import { parseReference, parseTemplate, type Reference, type TemplatePart } from '../flow/reference.ts'
import { asText } from './as-text.ts'
import type { FoundValue, Lookup, MissingReference } from './lookup.ts'

/** What a resolution read, and what it lacked. */
export interface Resolution {
  /** What each reference stood for, by the reference as written; for the content key. */
  readonly inputs: Readonly<Record<string, JsonValue>>
  /** References without a value that are not optional: the step must fail before any call. */
  readonly missing?: readonly MissingReference[]
}

/** A template as text. */
export interface ResolvedText extends Resolution {
  readonly text: string
}

/** A value whose strings held references. */
export interface ResolvedValue extends Resolution {
  readonly value: JsonValue
}

/** The text of a template: strings as they are, everything else as JSON, a missing optional as nothing. */
export function resolveTemplate(parts: readonly TemplatePart[], lookup: Lookup): ResolvedText {
  const reader = createReader(lookup)
  return { text: fill(parts, reader), ...reader.resolution() }
}

/**
 * A value in which strings are templates. A string that is exactly one reference becomes its value
 * with its type; a missing optional one is left out of an object and is `null` elsewhere.
 */
export function resolveJson(value: JsonValue, lookup: Lookup): ResolvedValue {
  const reader = createReader(lookup)
  return { value: resolveValue(value, reader) ?? null, ...reader.resolution() }
}

function resolveValue(value: JsonValue, reader: Reader): JsonValue | undefined {
  if (typeof value === 'string') return resolveString(value, reader)
  if (Array.isArray(value)) return value.map((member: JsonValue) => resolveValue(member, reader) ?? null)
  return isJsonObject(value) ? resolveObject(value, reader) : value
}

function resolveObject(object: JsonObject, reader: Reader): JsonObject {
  const members: [string, JsonValue][] = []
  for (const [key, member] of Object.entries(object)) {
    const value = resolveValue(member, reader)
    if (value !== undefined) members.push([key, value])
  }
  return Object.fromEntries(members)
}

function resolveString(text: string, reader: Reader): JsonValue | undefined {
  const reference = parseReference(text)
  if (reference === undefined) return fill(parseTemplate(text), reader)
  const found = reader.read(reference)
  if (found !== undefined) reader.note(reference, found.value)
  return found?.value
}

function fill(parts: readonly TemplatePart[], reader: Reader): string {
  return parts.map((part) => (part.kind === 'text' ? part.text : insert(part, reader))).join('')
}

function insert(reference: Reference, reader: Reader): string {
  const found = reader.read(reference)
  if (found === undefined) return ''
  const shown = found.text ?? found.value
  reader.note(reference, shown)
  return asText(shown)
}

/** Reads references and keeps what it read. */
interface Reader {
  /** The value, or `undefined` when there is none: noted as missing unless it is optional. */
  read(reference: Reference): FoundValue | undefined
  /** Keeps what was taken of a reference. */
  note(reference: Reference, taken: JsonValue): void
  resolution(): Resolution
}

function createReader(lookup: Lookup): Reader {
  const inputs = new Map<string, JsonValue>()
  const missing = new Map<string, MissingReference>()
  return {
    read(reference) {
      const result = lookup(reference)
      if (result.found) return result
      if (!reference.optional) missing.set(reference.source, { reference, why: result.why })
      return undefined
    },
    note: (reference, taken) => inputs.set(reference.source, taken),
    resolution: () => ({
      inputs: Object.fromEntries(inputs),
      ...(missing.size === 0 ? {} : { missing: [...missing.values()] }),
    }),
  }
}
