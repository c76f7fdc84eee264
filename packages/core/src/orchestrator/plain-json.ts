/** My job: to take a foreign value into the record as JSON, or to say why that cannot be (fault 24). */
import { SwarmError } from '../errors/swarm-error.ts'
import type { JsonValue } from '../flow/json.ts'
import { frozen, isHolder, show } from '../input/value.ts'

const DEPTH_LIMIT = 500
const HALF = /\p{Surrogate}/u
const HALVES = /\p{Surrogate}/gu
/** JSON escapes half a surrogate pair, also in the name of a member, and nothing else that begins so. */
const ESCAPES = /\\(?:\\|ud[89a-f][0-9a-f]{2})/g

/** A value as JSON text and as a copy that shares nothing with it and that nobody can change (law 1). */
export interface PlainJson {
  readonly text: string
  readonly value: JsonValue
}

/**
 * Takes a value that somebody returned into the record. Members that are `undefined` are left out.
 * Throws `not_serializable` with the path for what JSON would lose: BigInt, NaN, functions, symbols,
 * dates and other class instances, circles, and more than 500 levels. `name` is the value's in that path.
 */
export function toPlainJson(value: unknown, name = '$'): PlainJson {
  check(value, name, 0)
  const text = JSON.stringify(value) ?? 'null'
  if (!text.includes('\\ud')) return { text, value: frozen(JSON.parse(text)) }
  const mended: JsonValue = frozen(JSON.parse(text.replace(ESCAPES, mend)))
  return { text: JSON.stringify(mended), value: mended }
}

function mend(found: string): string {
  return found === '\\\\' ? found : '\uFFFD'
}

/** The text with U+FFFD for each half of a surrogate pair: storages and readers can all keep that (fault 23). */
export function wellFormed(text: string): string {
  return HALF.test(text) ? text.replace(HALVES, '\uFFFD') : text
}

function check(value: unknown, path: string, depth: number): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return
    case 'number':
      if (!Number.isFinite(value)) refuse(path, String(value))
      return
    case 'object':
      if (value !== null) checkObject(value, path, depth)
      return
    default:
      refuse(path, `a ${typeof value}`)
  }
}

function checkObject(value: object, path: string, depth: number): void {
  if (depth > DEPTH_LIMIT) refuse(path, `more than ${DEPTH_LIMIT} levels, or a circle`)
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) check(value[index], `${path}[${index}]`, depth + 1)
    return
  }
  if (!isHolder(value)) refuse(path, show(value))
  for (const key of Object.keys(value)) check(value[key], `${path}.${key}`, depth + 1)
}

function refuse(path: string, what: string): never {
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path
  const message = `What is recorded must survive JSON, but ${shown} is ${what}. Give plain objects, arrays, strings, finite numbers, booleans or null.`
  throw new SwarmError(message, { code: 'not_serializable' })
}
