import { closeSync, constants, fdatasync, fstatSync, statSync } from 'node:fs'
import { promisify } from 'node:util'
import type { DurableEvent } from '@batonjs/core'
import { errnoOf, runGone } from '../disk/failure.ts'
import { parseFields } from '../disk/json-fields.ts'
import { inodeOf, openExisting } from '../disk/whole-file.ts'
import { newestLockNumber } from '../lock/run-lock.ts'
import type { LiveRun } from '../run/live-run.ts'
import type { RunPaths } from '../run/run-paths.ts'
import { readChunk } from './file-chunks.ts'
import { unsealLine } from './journal-line.ts'
import { LINE_BREAK, LineSplitter, type RawLine } from './line-splitter.ts'
import type { ReaderHost } from './reader-host.ts'
import type { SeqIndex } from './seq-index.ts'
import { checkLineLength, openLine, parseEvent } from './stored-event.ts'

const flush = promisify(fdatasync)
/** Platforms and file systems on which a file that is open for reading cannot be flushed. */
const CANNOT_FLUSH = new Set(['EPERM', 'EINVAL', 'EROFS', 'ENOTSUP'])

/** A place in a journal that moves on as events are read. */
export class JournalCursor {
  readonly #paths: RunPaths
  readonly #host: ReaderHost
  readonly #fromSeq: number
  readonly #index: SeqIndex
  #fd: number
  #inode: string
  /** The number of the line that comes next. */
  #line: number
  #splitter: LineSplitter
  #readTo: number
  /** Where what may be seen ended at the last look. */
  #end = -1
  #flushedSize = 0
  #isCompleted = false

  /** @param fromSeq the first event that is wanted; it may be one to come */
  constructor(paths: RunPaths, host: ReaderHost, fromSeq: number) {
    this.#paths = paths
    this.#host = host
    this.#fromSeq = fromSeq
    const generation = newestLockNumber(paths.folder)
    this.#fd = openExisting(paths.journal, constants.O_RDONLY)
    this.#inode = inodeOf(fstatSync(this.#fd))
    this.#index = this.#live?.index ?? host.indexes.get(`${this.#inode}:${generation}`)
    const place = this.#index.find(fromSeq)
    this.#line = place.seq
    this.#readTo = place.offset
    this.#splitter = new LineSplitter(place.offset)
  }

  /** Whether the last line that was passed completes the run. */
  get isCompleted(): boolean {
    return this.#isCompleted
  }

  /**
   * The next events, as many as a piece of the file holds, or `undefined` when there are no more for now.
   * Each is parsed when it is taken; take them all before the next piece.
   */
  async next(): Promise<Iterator<DurableEvent> | undefined> {
    if (this.#readTo === this.#end) this.#rewind()
    this.#end = this.#live?.visibleSize ?? (await this.#flushedEnd())
    const chunk = readChunk(this.#fd, { from: this.#readTo, to: this.#end })
    if (chunk.length === 0) return undefined
    this.#readTo += chunk.length
    const isTorn = this.#readTo === this.#end && !chunk.includes(LINE_BREAK)
    return isTorn ? undefined : this.#eventsIn(chunk)
  }

  close(): void {
    closeSync(this.#fd)
  }

  get #live(): LiveRun | undefined {
    return this.#host.lives.get(this.#paths.runId)
  }

  *#eventsIn(chunk: Buffer): Generator<DurableEvent, void> {
    let last: RawLine | undefined
    for (const raw of this.#splitter.push(chunk)) {
      const event = this.#pass(raw, this.#line++)
      last = event === undefined ? raw : undefined
      this.#isCompleted = event?.type === 'run_completed'
      if (event !== undefined && event.seq >= this.#fromSeq) yield event
    }
    if (last !== undefined) this.#isCompleted = completesRun(last)
    checkLineLength(this.#paths, { line: this.#line, offset: this.#splitter.offset }, this.#splitter.held)
  }

  /** Lines before the wanted ones are not looked into, but for the first, which tells the format. */
  #pass(raw: RawLine, line: number): DurableEvent | undefined {
    this.#index.note(line, raw.offset)
    if (line > 1 && line < this.#fromSeq) return undefined
    return parseEvent(this.#paths, openLine(this.#paths, raw, line), { line, offset: raw.offset })
  }

  /** Goes back behind the last line break: its writer may take back what follows. */
  #rewind(): void {
    this.#readTo = this.#splitter.offset
    this.#splitter = new LineSplitter(this.#readTo)
  }

  /** The size of the journal, all of which is safe on the device by the time it is told. */
  async #flushedEnd(): Promise<number> {
    const size = this.#journalSize()
    if (size <= this.#flushedSize) return size
    try {
      await flush(this.#fd)
    } catch (thrown) {
      if (!CANNOT_FLUSH.has(errnoOf(thrown) ?? '')) throw thrown
    }
    this.#flushedSize = size
    return size
  }

  /**
   * The size comes first: what was there before the file was seen to be the journal still is brought along
   * by whoever replaces it. Then this goes over to the file that took its place, if one did.
   */
  #journalSize(): number {
    for (;;) {
      const { size } = fstatSync(this.#fd)
      const found = statSync(this.#paths.journal, { throwIfNoEntry: false })
      if (found !== undefined && inodeOf(found) === this.#inode) return size
      this.#follow(this.#openReplacement())
    }
  }

  #follow(fd: number): void {
    closeSync(this.#fd)
    this.#fd = fd
    this.#inode = inodeOf(fstatSync(fd))
    this.#flushedSize = 0
    this.#rewind()
  }

  #openReplacement(): number {
    try {
      return openExisting(this.#paths.journal, constants.O_RDONLY)
    } catch (thrown) {
      if (errnoOf(thrown) !== 'ENOENT') throw thrown
      throw runGone(this.#paths.runId, `nothing is at "${this.#paths.journal}" any more`)
    }
  }
}

function completesRun(raw: RawLine): boolean {
  const json = unsealLine(raw.text)
  return json !== undefined && parseFields(json)?.type === 'run_completed'
}
