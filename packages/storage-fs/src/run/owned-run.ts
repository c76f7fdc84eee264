import type { DurableEvent, StorageNotice } from '@batonjs/core'
import type { JournalFile } from '../journal/journal-file.ts'
import type { HeldLock } from '../lock/run-lock.ts'

/** A run that this process holds the lock of, its journal open for writing, and what that holds so far. */
export interface OwnedRun {
  readonly journal: JournalFile
  readonly lock: HeldLock
  readonly first: DurableEvent
  readonly last: DurableEvent
  /** The ids of all inputs that its events repeat. */
  readonly acknowledged: Set<string>
  readonly notices: readonly StorageNotice[]
}
