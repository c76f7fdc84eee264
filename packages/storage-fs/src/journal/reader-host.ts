import type { LiveRun } from '../run/live-run.ts'
import type { IndexCache } from './seq-index.ts'

/** What a reader knows about the storage that it belongs to. */
export interface ReaderHost {
  /** The runs that this storage has open for writing, by id. */
  readonly lives: ReadonlyMap<string, LiveRun>
  readonly indexes: IndexCache
  /** Ends every reader that follows. */
  readonly disposed: AbortSignal
}
