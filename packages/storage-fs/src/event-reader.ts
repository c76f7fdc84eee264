/**
 * Reads the events of a run in bounded memory, and with `follow` those to come.
 *
 * 1. A reader in the owner's storage sees what has counted for the owner. Any other flushes the journal
 *    before it gives out what it read: nobody sees an event that a loss of power can still take away.
 * 2. A line is given out only whole, and only if its file was still the journal after it was read.
 */
import type { DurableEvent, ReadEventsOptions } from '@batonjs/core'
import type { ChangeBell } from './change-bell.ts'
import { toStorageError } from './failure.ts'
import { type FolderWatch, watchFolder } from './folder-watch.ts'
import { JournalCursor } from './journal-cursor.ts'
import type { LiveRun } from './live-run.ts'
import { checkRunFolder, type RunPaths } from './run-paths.ts'
import type { IndexCache } from './seq-index.ts'

/** What a reader knows about the storage that it belongs to. */
export interface ReaderHost {
  /** The runs that this storage has open for writing, by id. */
  readonly lives: ReadonlyMap<string, LiveRun>
  readonly indexes: IndexCache
}

/** Throws `run_not_found`, `run_gone`, `journal_corrupt`, `journal_too_new`, `storage_failed`. */
export async function* readRunEvents(
  paths: RunPaths,
  host: ReaderHost,
  options: ReadEventsOptions = {},
): AsyncGenerator<DurableEvent, void> {
  checkRunFolder(paths)
  const { fromSeq = 1, follow = false, signal } = options
  const changes = follow ? new RunChanges(paths, host.lives) : undefined
  let cursor: JournalCursor | undefined
  try {
    cursor = new JournalCursor(paths, host, Math.max(1, fromSeq))
    while (!signal?.aborted) {
      const bell = changes?.bell()
      const seen = bell?.count ?? 0
      for await (const events of cursor.advance()) {
        for (const event of events) {
          yield event
          if (signal?.aborted) return
        }
      }
      if (bell === undefined || cursor.isCompleted) return
      await bell.wait(seen, signal)
    }
  } catch (thrown) {
    throw toStorageError(thrown, 'read', paths.journal)
  } finally {
    cursor?.close()
    changes?.close()
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
