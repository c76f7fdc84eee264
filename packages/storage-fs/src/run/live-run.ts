import type { ChangeBell } from '../disk/change-bell.ts'
import type { SeqIndex } from '../journal/seq-index.ts'

/** A run that this storage has open for writing, as its readers see it. */
export interface LiveRun {
  /** How much of the journal has counted; what lies behind it may still be taken back. */
  readonly visibleSize: number
  readonly index: SeqIndex
  /** Rings when more has counted, and when the writer closes. */
  readonly bell: ChangeBell
}
