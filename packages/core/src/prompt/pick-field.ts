import type { Handoff } from '../events/envelope.ts'
import type { JsonObject, JsonValue } from '../flow/json.ts'
import { isJsonObject } from '../flow/json.ts'
import { followPath } from '../flow/reference.ts'
import { parseFrontMatter } from './front-matter.ts'
import { parseJson } from './json-text.ts'
import type { LookupResult, MissingValue } from './lookup.ts'

/** What a step gave, as far as a reference, a loop or a branch can read it. */
export interface ReadableOutput {
  /** Left out when the data says it all. */
  readonly text?: string
  readonly data?: JsonValue
  readonly handoff?: Handoff
}

/** A longer text is not read as JSON to find a field in it. */
const TEXT_LIMIT = 1_000_000

/**
 * The whole output (its data, else its text) for an empty path, else a field: looked up in the data,
 * then in the handoff and its further fields, then in the front matter or JSON of the text (rule L6).
 * A number steps into a list. In the handoff `status` means the verdict, as in the sources.
 */
export function pickField(output: ReadableOutput, path: readonly string[]): LookupResult {
  if (path.length === 0) return wholeOf(output)
  const holders: JsonValue[] = []
  for (const holder of holdersOf(output)) {
    const value = followPath(holder, path)
    if (value !== undefined) return { found: true, value }
    holders.push(holder)
  }
  return absent(holders, path)
}

/** A field of one value, such as the params or a map item; the value itself for an empty path. */
export function pickPath(value: JsonValue, path: readonly string[]): LookupResult {
  const found = followPath(value, path)
  return found === undefined ? absent([value], path) : { found: true, value: found }
}

function wholeOf({ text, data }: ReadableOutput): LookupResult {
  const value = data === undefined ? (text ?? '') : data
  return text === undefined ? { found: true, value } : { found: true, value, text }
}

function* holdersOf({ text, data, handoff }: ReadableOutput): Generator<JsonValue> {
  if (data !== undefined) yield data
  if (handoff !== undefined) yield toFields(handoff)
  if (text !== undefined) yield parseFrontMatter(text) ?? wholeJson(text) ?? {}
}

function wholeJson(text: string): JsonValue | undefined {
  return text.length <= TEXT_LIMIT ? parseJson(text) : undefined
}

/** The handoff as fields, under our names and those of the sources. */
function toFields({ fields, ...own }: Handoff): JsonObject {
  const aliases = { status: own.verdict, can_further_iteration_help: own.canFurtherIterationHelp }
  // A handoff is plain JSON; its interfaces only lack the index signature that JsonObject asks for.
  return { ...aliases, ...fields, ...own } as unknown as JsonObject
}

/** Names the field at which the path ends, in whichever holder it comes furthest, and what is there. */
function absent(holders: readonly JsonValue[], path: readonly string[]): MissingValue {
  const depth = Math.max(0, ...holders.map((holder) => depthOf(holder, path)))
  const keys = holders.flatMap((holder) => keysOf(followPath(holder, path.slice(0, depth))))
  return {
    found: false,
    why: { reason: 'field_absent', field: path[depth] ?? '', keys: [...new Set(keys)] },
  }
}

/** How many fields of the path there are. */
function depthOf(holder: JsonValue, path: readonly string[]): number {
  const missing = path.findIndex((_, index) => followPath(holder, path.slice(0, index + 1)) === undefined)
  return missing === -1 ? path.length : missing
}

function keysOf(value: JsonValue | undefined): readonly string[] {
  return isJsonObject(value) ? Object.keys(value).filter((key) => value[key] !== undefined) : []
}
