/** What is known from outside of every call: which execution it was for, and whether its start was on disk. */
import type { ExecutionContext } from '../../../src/engine/context.ts'
import type { Disk } from './disk.ts'
import type { Process } from './world.ts'

/** One call of an engine or a function. */
export interface CallRecord {
  readonly idempotencyKey: string
  readonly attempt: number
  readonly process: number
  /** Events that were on disk when it began. */
  readonly seq: number
  /** Whether its process no longer owned the run. */
  readonly isOrphan: boolean
}

/** Notes calls. */
export interface CallBook {
  readonly records: readonly CallRecord[]
  note(context: ExecutionContext, process: Process): void
}

/** An empty book. */
export function createCallBook(disk: Disk): CallBook {
  const records: CallRecord[] = []
  return {
    records,
    note({ idempotencyKey, attempt }, process) {
      const isOrphan = disk.writers.at(-1) !== process.id
      records.push({ idempotencyKey, attempt, process: process.id, seq: disk.lines.length, isOrphan })
    },
  }
}
