/**
 * A line of the journal: the event's JSON, whose last member is the CRC-32 of the bytes of the JSON
 * without it. It is spliced in and taken out as text, so that nothing is parsed to write a line and a
 * line stays readable with `jq`. Half of a surrogate pair becomes U+FFFD, as everywhere in UTF-8.
 */
import { crc32 } from 'node:zlib'
import { type DurableEvent, StorageError } from '@batonjs/core'

/** Longest line that is written or read, in bytes. Larger outputs go to artifacts (rule J5). */
export const LINE_LIMIT = 64 * 1024 * 1024

const SEAL = Buffer.from(',"crc":"00000000"}\n')
const SEAL_LENGTH = SEAL.length - 1
const SEAL_DIGITS = SEAL.indexOf('0')
const DIGITS = 8
const HEX = '0123456789abcdef'
/** How JSON writes half of a surrogate pair: UTF-8 has none, and `jq` reads no further at one. */
const HALF_PAIR = '\\ud'
const ESCAPES = /\\(?:\\|ud[89a-f][0-9a-f]{2})/g
const START_SIZE = 64 * 1024
const KEEP_SIZE = 1024 * 1024

/** The lines of one batch, being put together. Synchronous use only: the bytes are used again. */
export class LineBuffer {
  #bytes = Buffer.allocUnsafe(START_SIZE)
  #end = 0

  get bytes(): Buffer {
    return this.#bytes
  }

  /** Where the next line begins. */
  get end(): number {
    return this.#end
  }

  /** Empties it. A buffer that one large batch has grown is given back. */
  clear(): void {
    this.#end = 0
    if (this.#bytes.length > KEEP_SIZE) this.#bytes = Buffer.allocUnsafe(START_SIZE)
  }

  /** Adds the line of an event. Throws `event_invalid` for one that is no JSON or too large. */
  add(event: DurableEvent): void {
    const json = toWholePairs(toJson(event))
    this.#reserve(json.length * 3 + SEAL.length)
    const start = this.#end
    const end = start + this.#bytes.write(json, start)
    if (end - start > LINE_LIMIT) throw tooLarge(event, end - start)
    this.#end = end - 1
    this.#seal(crc32(this.#bytes.subarray(start, end)))
  }

  /** Puts the checksum in the place of the last bracket: digit by digit, as no text. */
  #seal(crc: number): void {
    SEAL.copy(this.#bytes, this.#end)
    for (let digit = 0; digit < DIGITS; digit++) {
      this.#bytes[this.#end + SEAL_DIGITS + digit] = toDigit(crc, digit)
    }
    this.#end += SEAL.length
  }

  #reserve(size: number): void {
    const needed = this.#end + size
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(grown, 0, 0, this.#end)
    this.#bytes = grown
  }
}

/** The JSON of a stored line without its checksum, or `undefined` when the checksum does not hold. */
export function unsealLine(line: string): string | undefined {
  const json = `${line.slice(0, -SEAL_LENGTH)}}`
  return isSealed(line, crc32(json)) ? json : undefined
}

/** Whether a line ends in the seal of a checksum: byte by byte, which makes no text of it. */
function isSealed(line: string, crc: number): boolean {
  const start = line.length - SEAL_LENGTH
  for (let at = 0; at < SEAL_LENGTH; at++) {
    const digit = at - SEAL_DIGITS
    const expected = digit >= 0 && digit < DIGITS ? toDigit(crc, digit) : SEAL[at]
    if (line.charCodeAt(start + at) !== expected) return false
  }
  return true
}

/** The character code of a digit of a checksum, the highest digit first. */
function toDigit(crc: number, digit: number): number {
  return HEX.charCodeAt((crc >>> (28 - 4 * digit)) & 15)
}

function toWholePairs(json: string): string {
  if (!json.includes(HALF_PAIR)) return json
  return json.replace(ESCAPES, (found) => (found === '\\\\' ? found : '\ufffd'))
}

function toJson(event: DurableEvent): string {
  try {
    return JSON.stringify(event)
  } catch (cause) {
    throw invalid(event, 'it cannot be written as JSON', cause)
  }
}

function tooLarge(event: DurableEvent, size: number): StorageError {
  return invalid(event, `its ${size} bytes are more than ${LINE_LIMIT}: put large content into an artifact`)
}

function invalid(event: DurableEvent, why: string, cause?: unknown): StorageError {
  const message = `Event ${event.seq} of type "${event.type}" cannot be recorded: ${why}`
  return new StorageError(message, { code: 'event_invalid', cause })
}
