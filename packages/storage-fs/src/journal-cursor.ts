import { closeSync, constants, fdatasync, fstatSync, statSync } from 'node:fs'
import { promisify } from 'node:util'
import type { DurableEvent } from '@batonjs/core'
import type { ReaderHost } from './event-reader.ts'
import { errnoOf, runGone } from './failure.ts'
import { readChunks } from './file-chunks.ts'
import { unsealLine } from './journal-line.ts'
import { parseFields } from './json-fields.ts'
import { LineSplitter, type RawLine } from './line-splitter.ts'
import type { LiveRun } from './live-run.ts'
import { newestLockNumber } from './run-lock.ts'
import type { RunPaths } from './run-paths.ts'
import type { SeqIndex } from './seq-index.ts'
import { checkLineLength, openLine, parseEvent } from './stored-event.ts'
import { inodeOf, openExisting } from './whole-file.ts'

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
  /** The line that comes next, and where it begins. */
  #line: number
  #offset: number
  #flushedSize = 0
  #isCompleted = false

  /** @param fromSeq the first event that is wanted; it may be one to come */
  constructor(paths: RunPaths, host: ReaderHost, fromSeq: number) {
    this.#paths = paths
    this.#host = host
    this.#fromSeq = fromSeq
    this.#fd = openExisting(paths.journal, constants.O_RDONLY)
    this.#inode = inodeOf(fstatSync(this.#fd))
    this.#index = this.#live?.index ?? host.indexes.get(`${this.#inode}:${newestLockNumber(paths.folder)}`)
    const place = this.#index.find(fromSeq)
    this.#line = place.seq
    this.#offset = place.offset
  }

  /** Whether the last line that was passed completes the run. */
  get isCompleted(): boolean {
    return this.#isCompleted
  }

  /** The events from here to the end of what may be seen now, piece by piece. Read each piece to its end. */
  async *advance(): AsyncGenerator<Iterable<DurableEvent>, void> {
    for (;;) {
      const live = this.#live
      if (live === undefined) this.#followJournal()
      const to = live?.visibleSize ?? (await this.#flushedEnd())
      const from = this.#offset
      if (to > from) yield* this.#read(to, live)
      if (this.#offset === from) return
    }
  }

  close(): void {
    closeSync(this.#fd)
  }

  get #live(): LiveRun | undefined {
    return this.#host.lives.get(this.#paths.runId)
  }

  async *#read(to: number, live: LiveRun | undefined): AsyncGenerator<Iterable<DurableEvent>, void> {
    const splitter = new LineSplitter(this.#offset)
    for await (const chunk of readChunks(this.#fd, { from: this.#offset, to })) {
      if (live === undefined && !this.#isJournal()) return
      yield this.#events(splitter, chunk)
      checkLineLength(this.#paths, { line: this.#line, offset: this.#offset }, splitter.held)
    }
  }

  *#events(splitter: LineSplitter, chunk: Buffer): Generator<DurableEvent, void> {
    let skipped: RawLine | undefined
    for (const raw of splitter.push(chunk)) {
      const event = this.#pass(raw, splitter.offset)
      skipped = event === undefined ? raw : undefined
      if (event !== undefined) yield event
    }
    if (skipped !== undefined) this.#isCompleted = completesRun(skipped)
  }

  /** Moves behind a line. Lines before the wanted ones are not looked into, but for the first. */
  #pass(raw: RawLine, next: number): DurableEvent | undefined {
    const line = this.#line
    const isWanted = line >= this.#fromSeq
    const event = isWanted || line === 1 ? this.#parse(raw, line) : undefined
    this.#index.note(line, raw.offset)
    this.#line = line + 1
    this.#offset = next
    this.#isCompleted = event?.type === 'run_completed'
    return isWanted ? event : undefined
  }

  #parse(raw: RawLine, line: number): DurableEvent {
    return parseEvent(this.#paths, openLine(this.#paths, raw, line), { line, offset: raw.offset })
  }

  /** The size of the journal, all of which is safe on the device by the time it is told. */
  async #flushedEnd(): Promise<number> {
    const { size } = fstatSync(this.#fd)
    if (size <= this.#flushedSize) return size
    try {
      await flush(this.#fd)
    } catch (thrown) {
      if (!CANNOT_FLUSH.has(errnoOf(thrown) ?? '')) throw thrown
    }
    this.#flushedSize = size
    return size
  }

  #isJournal(): boolean {
    const found = statSync(this.#paths.journal, { throwIfNoEntry: false })
    return found !== undefined && inodeOf(found) === this.#inode
  }

  /** Goes over to the file that replaced the journal: a new owner brought all that counted along. */
  #followJournal(): void {
    if (this.#isJournal()) return
    const fd = this.#openReplacement()
    closeSync(this.#fd)
    this.#fd = fd
    this.#inode = inodeOf(fstatSync(fd))
    this.#flushedSize = 0
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
  const json = unsealLine(raw.bytes)
  return json !== undefined && parseFields(json.toString())?.type === 'run_completed'
}
