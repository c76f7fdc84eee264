/**
 * Reads a journal once before it is written to: whether every checksum holds, where the last whole line
 * ends, and which inputs were acknowledged. Parses next to nothing; readers parse and check the rest.
 */
import { fstatSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { DurableEvent } from '@batonjs/core'
import { parseFields, textOf } from '../disk/json-fields.ts'
import type { RunPaths } from '../run/run-paths.ts'
import { readChunk } from './file-chunks.ts'
import { unsealLine } from './journal-line.ts'
import { LineSplitter, type RawLine } from './line-splitter.ts'
import { SeqIndex } from './seq-index.ts'
import { checkLineLength, corrupt, openLine, parseEvent } from './stored-event.ts'

/** What a journal holds. */
export interface JournalScan {
  readonly first: DurableEvent
  readonly last: DurableEvent
  /** Where the last whole line ends. */
  readonly end: number
  /** How many bytes follow it: a line that was cut off while it was written. */
  readonly torn: number
  readonly index: SeqIndex
  /** Every `inputId` that an event repeats (rule J2). */
  readonly inputIds: Set<string>
}

/** Inside a text the quotes would be escaped: this is a member, of the event or of something in it. */
const INPUT_ID = '"inputId":"'

/** Scans an open journal. Throws `journal_corrupt`, `journal_too_new`, `run_not_found`. */
export async function scanJournal(paths: RunPaths, fd: number): Promise<JournalScan> {
  const splitter = new LineSplitter(0)
  const lines = new LineScan(paths)
  const to = fstatSync(fd).size
  for (let from = 0; from < to; from = splitter.offset + splitter.held) {
    const chunk = readChunk(fd, { from, to })
    if (chunk.length === 0) break
    await setImmediate()
    for (const raw of splitter.push(chunk)) lines.add(raw)
    checkLineLength(paths, { line: lines.count + 1, offset: splitter.offset }, splitter.held)
  }
  return lines.finish(splitter)
}

class LineScan {
  readonly #paths: RunPaths
  readonly #index = new SeqIndex()
  readonly #inputIds = new Set<string>()
  #count = 0
  #first: DurableEvent | undefined
  #last = ''
  #lastOffset = 0

  constructor(paths: RunPaths) {
    this.#paths = paths
  }

  get count(): number {
    return this.#count
  }

  add(raw: RawLine): void {
    const line = this.#count + 1
    const json = openLine(this.#paths, raw, line)
    if (line === 1) this.#first = parseEvent(this.#paths, json, { line, offset: raw.offset })
    // A line in its own place holds that text; only one that does not is worth the parsing.
    else if (!json.includes(`"seq":${line},`)) parseEvent(this.#paths, json, { line, offset: raw.offset })
    if (json.includes(INPUT_ID)) this.#noteInput(json)
    this.#index.note(line, raw.offset)
    this.#count = line
    this.#last = json
    this.#lastOffset = raw.offset
  }

  finish(splitter: LineSplitter): JournalScan {
    const here = { line: this.#count + 1, offset: splitter.offset }
    if (this.#first === undefined) throw corrupt(this.#paths, here, 'it holds no whole line')
    if (isWholeLine(splitter.rest)) throw corrupt(this.#paths, here, 'its line break is damaged')
    const last = parseEvent(this.#paths, this.#last, { line: this.#count, offset: this.#lastOffset })
    const { offset: end, held: torn } = splitter
    return { first: this.#first, last, end, torn, index: this.#index, inputIds: this.#inputIds }
  }

  #noteInput(json: string): void {
    const fields = parseFields(json)
    const inputId = fields === undefined ? undefined : textOf(fields, 'inputId')
    if (inputId !== undefined) this.#inputIds.add(inputId)
  }
}

/** A line that was cut off lacks its end; one that has all but its line break was changed afterwards. */
function isWholeLine(rest: string): boolean {
  return unsealLine(rest.slice(0, -1)) !== undefined
}
