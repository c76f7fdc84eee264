import { closeSync, constants, existsSync } from 'node:fs'
import type { DurableEvent, StorageNotice } from '@batonjs/core'
import { toStorageError } from '../disk/failure.ts'
import { toTempPath } from '../disk/temp-name.ts'
import { openExisting, replaceFile } from '../disk/whole-file.ts'
import { JournalFile } from '../journal/journal-file.ts'
import { type JournalScan, scanJournal } from '../journal/journal-scan.ts'
import { replaceJournal } from '../lock/journal-fence.ts'
import type { ProcessIdentity } from '../lock/process-identity.ts'
import { acquireLock, fenceOthers, type HeldLock, releaseLock, removeOthers } from '../lock/run-lock.ts'
import type { OwnedRun } from './owned-run.ts'
import { checkRunFolder, type RunPaths } from './run-paths.ts'
import { toSpecText } from './run-projections.ts'

/**
 * Locks a run and opens its journal. Throws `run_not_found`, `run_locked`, `journal_corrupt`,
 * `journal_too_new`, `storage_failed`; the lock is given back then.
 */
export async function openRunFolder(
  paths: RunPaths,
  self: ProcessIdentity,
  takeover: boolean,
): Promise<OwnedRun> {
  checkRunFolder(paths)
  const lock = acquireLock(paths, self, takeover)
  try {
    if (fenceOthers(paths, lock, self)) await replaceJournal(paths)
    removeOthers(paths, lock)
    return await openJournal(paths, lock)
  } catch (thrown) {
    releaseLock(lock)
    throw toStorageError(thrown, 'open', paths.folder)
  }
}

async function openJournal(paths: RunPaths, lock: HeldLock): Promise<OwnedRun> {
  const fd = openExisting(paths.journal, constants.O_RDWR | constants.O_APPEND)
  try {
    const scan = await scanJournal(paths, fd)
    const { first, last, end, index, inputIds: acknowledged } = scan
    const journal = new JournalFile(paths, fd, { size: end, lastSeq: last.seq, index })
    if (scan.torn > 0) journal.cut(end)
    restoreSpec(paths, first)
    // The owner before may have died between its write and its flush: what is built upon must be safe.
    await journal.flush()
    return { journal, lock, first, last, acknowledged, notices: tellTorn(scan) }
  } catch (thrown) {
    closeSync(fd)
    throw thrown
  }
}

/** Makes `spec.json` again when it is lost, if that is possible: nothing fails for want of it. */
function restoreSpec(paths: RunPaths, first: DurableEvent): void {
  try {
    if (!existsSync(paths.spec))
      replaceFile(paths.spec, toTempPath(paths.folder, 'spec'), toSpecText([first]))
  } catch {
    // Tried again when it is opened again.
  }
}

function tellTorn({ torn, last }: JournalScan): readonly StorageNotice[] {
  if (torn === 0) return []
  const message = `The last line of the journal was torn: ${torn} bytes after event ${last.seq} were cut off`
  return [{ code: 'tail_truncated', message }]
}
