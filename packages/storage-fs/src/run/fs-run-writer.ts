/**
 * The one writer of a run.
 *
 * 1. An append counts once it is written, flushed if that was asked for, and the run was seen to be still
 *    this writer's after that (rules J1, S7). Readers of this process see it only then.
 * 2. Appends count in order: one without a flush waits for a flush that is under way.
 * 3. Appends that wait for a flush share the next one (rule J3).
 * 4. Whatever fails ends the writer. A failed flush is never tried again: what it covered is cut off.
 */
import type { AppendOptions, DurableEvent, RunInput, RunWriter, StorageNotice } from '@batonjs/core'
import { StorageError, type SwarmError } from '@batonjs/core'
import { createChangeBell } from '../disk/change-bell.ts'
import { toStorageError } from '../disk/failure.ts'
import { OVER } from '../disk/linked-signal.ts'
import type { JournalFile } from '../journal/journal-file.ts'
import type { SeqIndex } from '../journal/seq-index.ts'
import type { RunOwnership } from '../lock/run-ownership.ts'
import type { Inbox } from './inbox.ts'
import type { LiveRun } from './live-run.ts'
import type { MetaKeeper } from './meta-keeper.ts'

/** What a writer is made of. */
export interface WriterParts {
  readonly runId: string
  readonly journal: JournalFile
  readonly ownership: RunOwnership
  readonly inbox: Inbox
  readonly meta: MetaKeeper
  readonly notices: readonly StorageNotice[]
  /** Called once, when the writer has given everything back. */
  readonly onClose: () => void
}

const DONE = Promise.resolve()

export class FsRunWriter implements RunWriter, LiveRun {
  readonly notices: readonly StorageNotice[]
  readonly bell = createChangeBell()
  readonly #parts: WriterParts
  readonly #ended = new AbortController()
  #visibleSize: number
  #failure: SwarmError | undefined
  #flushing: Promise<void> | undefined
  #queued: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor(parts: WriterParts) {
    this.#parts = parts
    this.notices = parts.notices
    this.#visibleSize = parts.journal.size
  }

  get lastSeq(): number {
    return this.#parts.journal.lastSeq
  }

  get visibleSize(): number {
    return this.#visibleSize
  }

  get index(): SeqIndex {
    return this.#parts.journal.index
  }

  append(events: readonly DurableEvent[], options: AppendOptions = {}): Promise<void> {
    const refusal = this.#refusal
    if (refusal !== undefined) return Promise.reject(refusal)
    try {
      this.#parts.journal.write(events)
      if (options.sync !== 'os' || this.#isFlushing) return this.#appendFlushed(events, options)
      this.#parts.ownership.checkQuickly()
      this.#show(this.#parts.journal.size)
      this.#accept(events, options)
      return DONE
    } catch (thrown) {
      return Promise.reject(this.#end(thrown))
    }
  }

  async backlog(): Promise<readonly RunInput[]> {
    return this.#parts.inbox.backlog()
  }

  inputs(signal: AbortSignal): AsyncIterable<RunInput> {
    return this.#parts.inbox.inputs(signal, this.#ended.signal)
  }

  async owned(): Promise<boolean> {
    return this.#closing === undefined && this.#parts.ownership.holds()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { journal, ownership, meta, onClose } = this.#parts
    this.#ended.abort(OVER)
    await this.#settled()
    try {
      meta.close(this.#failure === undefined && ownership.hasLock())
      ownership.release()
    } finally {
      journal.close()
      onClose()
      this.bell.ring()
    }
  }

  get #isFlushing(): boolean {
    return this.#flushing !== undefined || this.#queued !== undefined
  }

  /** Resolves when no flush is under way any more, however it ended. */
  async #settled(): Promise<void> {
    await Promise.allSettled([this.#flushing, this.#queued])
  }

  #flush(): Promise<void> {
    if (this.#queued !== undefined) return this.#queued
    if (this.#flushing === undefined) {
      this.#flushing = this.#flushNow().finally(() => {
        this.#flushing = undefined
      })
      return this.#flushing
    }
    this.#queued = this.#flushing.then(() => {
      this.#queued = undefined
      return this.#flush()
    })
    return this.#queued
  }

  async #flushNow(): Promise<void> {
    const { journal, ownership } = this.#parts
    const { size } = journal
    try {
      await journal.flush()
    } catch (thrown) {
      journal.tryCutBack(this.#visibleSize)
      throw thrown
    }
    ownership.check()
    this.#show(size)
  }

  async #appendFlushed(events: readonly DurableEvent[], options: AppendOptions): Promise<void> {
    try {
      await this.#flush()
    } catch (thrown) {
      throw this.#end(thrown)
    }
    this.#accept(events, options)
  }

  /** Why nothing is appended any more. */
  get #refusal(): SwarmError | undefined {
    return this.#failure ?? (this.#closing === undefined ? undefined : closed(this.#parts.runId))
  }

  /** What follows from events that count. */
  #accept(events: readonly DurableEvent[], { acks }: AppendOptions): void {
    this.#parts.meta.note(events)
    if (acks !== undefined) this.#parts.inbox.acknowledge(acks)
  }

  #show(size: number): void {
    this.#visibleSize = size
    this.bell.ring()
  }

  /** Ends the writer, unless it has ended: the first reason stays. */
  #end(thrown: unknown): SwarmError {
    this.#failure ??= toStorageError(thrown, 'append to run', this.#parts.runId)
    this.#ended.abort(OVER)
    return this.#failure
  }
}

function closed(runId: string): StorageError {
  return new StorageError(`The writer of run "${runId}" is closed`, { code: 'writer_closed' })
}
