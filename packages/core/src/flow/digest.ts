import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { JsonValue } from './json.ts'

const encoder = new TextEncoder()

/** SHA-256 of a text as UTF-8, in lower-case hexadecimal. */
export function digestText(text: string): string {
  return bytesToHex(sha256(encoder.encode(text)))
}

/** SHA-256 of a value in canonical form: equal values have equal digests, whatever their key order. */
export function digestJson(value: JsonValue): string {
  return digestText(canonicalJson(value))
}

/** JSON with sorted keys and no white space. */
export function canonicalJson(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}
