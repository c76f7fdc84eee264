/**
 * Reads the events of a run in bounded memory, and with `follow` those to come.
 *
 * 1. A reader in the owner's storage sees what has counted for the owner. Any other flushes the journal
 *    before it gives out what it read: nobody sees an event that a loss of power can still take away.
 * 2. A line is given out only whole, and only if its file was still the journal after it was read.
 */
import { setImmediate } from 'node:timers/promises'
import type { DurableEvent, ReadEventsOptions } from '@batonjs/core'
import type { ChangeBell } from '../disk/change-bell.ts'
import { attempt, toStorageError } from '../disk/failure.ts'
import { type FolderWatch, watchFolder } from '../disk/folder-watch.ts'
import { type LinkedSignal, linkSignals } from '../disk/linked-signal.ts'
import type { LiveRun } from '../run/live-run.ts'
import { checkRunFolder, type RunPaths } from '../run/run-paths.ts'
import { JournalCursor } from './journal-cursor.ts'
import type { ReaderHost } from './reader-host.ts'

/**
 * Reads a run, whose paths are asked for when the first event is. Throws `run_not_found`, `run_gone`,
 * `path_refused`, `journal_corrupt`, `journal_too_new`, `storage_failed`.
 */
export async function* readRunEvents(
  findPaths: () => RunPaths,
  host: ReaderHost,
  options: ReadEventsOptions,
): AsyncGenerator<DurableEvent, void> {
  const reader = new EventReader(findPaths(), host, options)
  try {
    while (await reader.find()) {
      for (let event = reader.take(); event !== undefined; event = reader.take()) yield event
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
  #piece: Iterator<DurableEvent> | undefined

  constructor(paths: RunPaths, host: ReaderHost, options: ReadEventsOptions) {
    checkRunFolder(paths)
    this.#paths = paths
    this.#follow = options.follow === true
    this.#cursor = attempt('read', paths.journal, () => {
      return new JournalCursor(paths, host, Math.max(1, options.fromSeq ?? 1))
    })
    // What is there can be read by whoever holds a handle; only who waits for more is let go.
    this.#link = linkSignals(this.#follow ? host.disposed : undefined, options.signal)
    this.#changes = new RunChanges(paths, host.lives)
  }

  /** Whether there is more to take. With `follow` it waits for that. */
  async find(): Promise<boolean> {
    while (!this.#isStopped) {
      // A long journal comes out of memory without a pause: other work gets its turn in between.
      if (this.#piece !== undefined) await setImmediate()
      const bell = this.#follow ? this.#changes.bell() : undefined
      const seen = bell?.count ?? 0
      this.#piece = await this.#read()
      if (this.#piece !== undefined) return true
      if (bell === undefined || this.#cursor.isCompleted) return false
      await bell.wait(seen, this.#link.signal)
    }
    return false
  }

  /** The next event of what was found. */
  take(): DurableEvent | undefined {
    const next = this.#isStopped ? undefined : this.#piece?.next()
    return next?.done === false ? next.value : undefined
  }

  close(): void {
    this.#changes.close()
    this.#link.release()
    this.#cursor.close()
  }

  get #isStopped(): boolean {
    return this.#link.signal.aborted
  }

  async #read(): Promise<Iterator<DurableEvent> | undefined> {
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
