/**
 * Reads the events of a run in bounded memory, and with `follow` those to come.
 *
 * 1. A reader in the owner's storage sees what has counted for the owner. Any other flushes the journal
 *    before it gives out what it read: nobody sees an event that a loss of power can still take away.
 * 2. A line is given out only whole, and only if its file was still the journal after it was read.
 */
import { setImmediate } from 'node:timers/promises'
import type { DurableEvent, ReadEventsOptions } from '@batonjs/core'
import type { ChangeBell } from './change-bell.ts'
import { attempt, toStorageError } from './failure.ts'
import { type FolderWatch, watchFolder } from './folder-watch.ts'
import { JournalCursor } from './journal-cursor.ts'
import { type LinkedSignal, linkSignals } from './linked-signal.ts'
import type { LiveRun } from './live-run.ts'
import { checkRunFolder, type RunPaths } from './run-paths.ts'
import type { IndexCache } from './seq-index.ts'

/** What a reader knows about the storage that it belongs to. */
export interface ReaderHost {
  /** The runs that this storage has open for writing, by id. */
  readonly lives: ReadonlyMap<string, LiveRun>
  readonly indexes: IndexCache
  /** Ends every reader. */
  readonly disposed: AbortSignal
}

/** Throws `run_not_found`, `run_gone`, `journal_corrupt`, `journal_too_new`, `storage_failed`. */
export async function* readRunEvents(
  paths: RunPaths,
  host: ReaderHost,
  options: ReadEventsOptions,
): AsyncGenerator<DurableEvent, void> {
  const reader = new EventReader(paths, host, options)
  try {
    for (let events = await reader.next(); events !== undefined; events = await reader.next()) {
      for (const event of events) {
        yield event
        if (reader.isStopped) return
      }
    }
  } finally {
    reader.close()
  }
}

class EventReader {
  readonly #paths: RunPaths
  readonly #follow: boolean
  readonly #link: LinkedSignal
  readonly #changes: RunChanges
  readonly #cursor: JournalCursor
  #isBusy = false

  constructor(paths: RunPaths, host: ReaderHost, options: ReadEventsOptions) {
    checkRunFolder(paths)
    this.#paths = paths
    this.#follow = options.follow === true
    this.#cursor = attempt('read', paths.journal, () => {
      return new JournalCursor(paths, host, Math.max(1, options.fromSeq ?? 1))
    })
    this.#link = linkSignals(host.disposed, options.signal)
    this.#changes = new RunChanges(paths, host.lives)
  }

  get isStopped(): boolean {
    return this.#link.signal.aborted
  }

  /** The next events, waiting for them with `follow`; `undefined` at the end. */
  async next(): Promise<Iterable<DurableEvent> | undefined> {
    while (!this.isStopped) {
      // A long journal comes out of memory without a pause: other work gets its turn in between.
      if (this.#isBusy) await setImmediate()
      const bell = this.#follow ? this.#changes.bell() : undefined
      const seen = bell?.count ?? 0
      const events = await this.#read()
      this.#isBusy = events !== undefined
      if (events !== undefined) return events
      if (bell === undefined || this.#cursor.isCompleted) return undefined
      await bell.wait(seen, this.#link.signal)
    }
    return undefined
  }

  close(): void {
    this.#changes.close()
    this.#link.release()
    this.#cursor.close()
  }

  async #read(): Promise<Iterable<DurableEvent> | undefined> {
    try {
      return await this.#cursor.next()
    } catch (thrown) {
      throw toStorageError(thrown, 'read', this.#paths.journal)
    }
  }
}

/** Where the news about a run comes from: its writer, when that is in this storage, else the folder. */
class RunChanges {
  readonly #paths: RunPaths
  readonly #lives: ReadonlyMap<string, LiveRun>
  #watch: FolderWatch | undefined

  constructor(paths: RunPaths, lives: ReadonlyMap<string, LiveRun>) {
    this.#paths = paths
    this.#lives = lives
  }

  /** The bell that rings at the next change. Ask for it before looking, and anew each time. */
  bell(): ChangeBell {
    const live = this.#lives.get(this.#paths.runId)
    if (live === undefined) {
      this.#watch ??= watchFolder(this.#paths.folder)
      return this.#watch.bell
    }
    this.close()
    return live.bell
  }

  close(): void {
    this.#watch?.close()
    this.#watch = undefined
  }
}
