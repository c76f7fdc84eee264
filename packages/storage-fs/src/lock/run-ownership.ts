import { existsSync } from 'node:fs'
import { StorageError } from '@batonjs/core'
import { runGone } from '../disk/failure.ts'
import type { JournalFile } from '../journal/journal-file.ts'
import type { RunPaths } from '../run/run-paths.ts'
import { type HeldLock, newestLockNumber, releaseLock } from './run-lock.ts'

/** So many quick checks go by until the journal itself is looked at. */
const LOOK_EVERY = 64

/** Whether a run is still its writer's. Asked after each write: only then does the write count. */
export class RunOwnership {
  readonly #paths: RunPaths
  readonly #lock: HeldLock
  readonly #journal: JournalFile
  #checks = 0

  constructor(paths: RunPaths, lock: HeldLock, journal: JournalFile) {
    this.#paths = paths
    this.#lock = lock
    this.#journal = journal
  }

  /**
   * One look at the lock file, which whoever takes over, moves or deletes the run takes away; every so
   * often one at the journal. Throws `run_lock_lost` or `run_gone`.
   */
  checkQuickly(): void {
    if (!this.hasLock()) throw this.#explainLoss()
    if (++this.#checks % LOOK_EVERY === 0) this.check()
  }

  /** Looks at the lock file and the journal. Throws `run_lock_lost` or `run_gone`. */
  check(): void {
    if (!this.hasLock() || this.#journal.findChange() !== undefined) throw this.#explainLoss()
  }

  /** Whether the lock file is where it was. */
  hasLock(): boolean {
    return existsSync(this.#lock.path)
  }

  /** Whether this lock is the highest and the journal is where it was. */
  holds(): boolean {
    return this.hasLock() && !this.#isOvertaken() && this.#journal.findChange() === undefined
  }

  release(): void {
    releaseLock(this.#lock)
  }

  #explainLoss(): StorageError {
    const { runId } = this.#paths
    const change = this.#journal.findChange()
    if (change !== undefined && !this.#isOvertaken()) return runGone(runId, change)
    const message = `Run "${runId}" is no longer this process's: its lock "${this.#lock.path}" was taken. Nothing more is written; the new owner goes on`
    return new StorageError(message, { code: 'run_lock_lost' })
  }

  #isOvertaken(): boolean {
    try {
      return newestLockNumber(this.#paths.folder) > this.#lock.number
    } catch {
      // The folder is gone, and its locks with it.
      return false
    }
  }
}
