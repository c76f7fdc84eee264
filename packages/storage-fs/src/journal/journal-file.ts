/**
 * The journal as its owner writes it: whole lines at the end, nothing parsed, one write a batch.
 * Whether the owner may still write is not asked here but in fs-run-writer.ts.
 */
import { closeSync, fdatasync, fstatSync, ftruncateSync, statSync, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import { type DurableEvent, StorageError } from '@batonjs/core'
import { toStorageError } from '../disk/failure.ts'
import { inodeOf, tryCut } from '../disk/whole-file.ts'
import type { RunPaths } from '../run/run-paths.ts'
import { LineBuffer } from './journal-line.ts'
import { LINE_BREAK } from './line-splitter.ts'
import type { SeqIndex } from './seq-index.ts'

/** Where a journal ends. */
export interface JournalEnd {
  readonly size: number
  readonly lastSeq: number
  readonly index: SeqIndex
}

const flush = promisify(fdatasync)

/** Shared by all journals of the process: a batch is put together and written without a pause. */
const lines = new LineBuffer()

export class JournalFile {
  readonly index: SeqIndex
  readonly #paths: RunPaths
  readonly #fd: number
  readonly #inode: string
  #size: number
  #lastSeq: number

  constructor(paths: RunPaths, fd: number, end: JournalEnd) {
    this.index = end.index
    this.#paths = paths
    this.#fd = fd
    this.#inode = inodeOf(fstatSync(fd))
    this.#size = end.size
    this.#lastSeq = end.lastSeq
  }

  get size(): number {
    return this.#size
  }

  get lastSeq(): number {
    return this.#lastSeq
  }

  /** Writes a batch. Throws `journal_conflict`, `event_invalid`, `storage_failed`. */
  write(events: readonly DurableEvent[]): void {
    checkOrder(this.#paths.runId, events, this.#lastSeq)
    lines.clear()
    for (const event of events) {
      this.index.note(event.seq, this.#size + lines.end)
      lines.add(event)
    }
    this.#writeLines()
    this.#size += lines.end
    this.#lastSeq += events.length
  }

  /** Flushes what was written to the device. Never call it again after it threw. */
  async flush(): Promise<void> {
    try {
      await flush(this.#fd)
    } catch (thrown) {
      throw toStorageError(thrown, 'flush', this.#paths.journal)
    }
  }

  /** Why the file at the journal's path is not as this owner left it, or `undefined`. */
  findChange(): string | undefined {
    const found = statSync(this.#paths.journal, { throwIfNoEntry: false })
    if (found === undefined) return `nothing is at "${this.#paths.journal}" any more`
    if (inodeOf(found) !== this.#inode) return `another file is at "${this.#paths.journal}"`
    if (found.size === this.#size) return undefined
    return `somebody else changed "${this.#paths.journal}", which has ${found.size} bytes instead of ${this.#size}`
  }

  /** Cuts off what follows the last whole line. */
  cut(size: number): void {
    ftruncateSync(this.#fd, size)
  }

  /** Takes back what was never flushed, as far as that is possible. */
  tryCutBack(size: number): void {
    tryCut(this.#fd, size)
  }

  close(): void {
    closeSync(this.#fd)
  }

  /** A line that was written in part is taken back; whole ones stay, since a reader may have seen them. */
  #writeLines(): void {
    const { bytes, end } = lines
    let done = 0
    try {
      while (done < end) done += writeSync(this.#fd, bytes, done, end - done)
    } catch (thrown) {
      const whole = done === 0 ? 0 : bytes.lastIndexOf(LINE_BREAK, done - 1) + 1
      this.#size += whole
      tryCut(this.#fd, this.#size)
      throw toStorageError(thrown, 'append to', this.#paths.journal)
    }
  }
}

/** Throws `journal_conflict` unless the events continue the journal without a gap (rule J1). */
export function checkOrder(runId: string, events: readonly DurableEvent[], lastSeq: number): void {
  let expected = lastSeq + 1
  for (const { seq } of events) {
    if (seq !== expected) throw conflict(runId, expected, seq)
    expected++
  }
}

function conflict(runId: string, expected: number, seq: number): StorageError {
  const message = `Run "${runId}" expects seq ${expected}, the batch brought ${seq}: open the run again`
  return new StorageError(message, { code: 'journal_conflict', details: { expected, seq } })
}
