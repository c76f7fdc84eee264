import { constants, openSync, renameSync, rmSync } from 'node:fs'
import { type DurableEvent, StorageError } from '@batonjs/core'
import { attempt, errnoOf, isMissing, toStorageError } from '../disk/failure.ts'
import { createFile, flushFolder } from '../disk/whole-file.ts'
import { checkOrder, JournalFile } from '../journal/journal-file.ts'
import { SeqIndex } from '../journal/seq-index.ts'
import type { ProcessIdentity } from '../lock/process-identity.ts'
import { drawLockToken, forgetLock, toLockPath, toLockText } from '../lock/run-lock.ts'
import type { OwnedRun } from './owned-run.ts'
import { pathsIn, type RunPaths } from './run-paths.ts'
import { toSpecText } from './run-projections.ts'
import { createStage, prepareRoot } from './staging.ts'

/** The first events of a new run, and how safe they must be. */
export interface FirstEvents {
  readonly events: readonly DurableEvent[]
  readonly sync: 'disk' | 'os'
}

const NEW_JOURNAL = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL
/** What a rename onto something that is there already fails with, by platform and by what is there. */
const TAKEN = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM'])

/**
 * Puts a run together out of sight and makes it appear at once. Throws `run_exists`,
 * `journal_conflict`, `event_invalid`, `storage_failed`.
 */
export async function createRunFolder(
  paths: RunPaths,
  self: ProcessIdentity,
  { events, sync }: FirstEvents,
): Promise<OwnedRun> {
  const { first, last } = checkFirst(paths.runId, events)
  const stage = await openStage(paths, self)
  const token = drawLockToken()
  try {
    const journal = fillStage(paths, stage, toLockText(self, token), events)
    await publish(paths, stage, journal, sync).catch((thrown) => {
      journal.close()
      throw thrown
    })
    const lock = { number: 1, path: toLockPath(paths.folder, 1), token }
    return { journal, lock, first, last, acknowledged: new Set(), notices: [] }
  } catch (thrown) {
    forgetLock(token)
    rmSync(stage, { recursive: true, force: true })
    throw toStorageError(thrown, 'create', paths.folder)
  }
}

function checkFirst(runId: string, events: readonly DurableEvent[]) {
  checkOrder(runId, events, 0)
  const [first] = events
  const last = events.at(-1)
  if (last !== undefined && first?.type === 'run_created') return { first, last }
  const message = `Run "${runId}" cannot begin with "${first?.type}": the first event is "run_created"`
  throw new StorageError(message, { code: 'event_invalid' })
}

async function openStage({ root }: RunPaths, self: ProcessIdentity): Promise<string> {
  try {
    return createStage(root)
  } catch (thrown) {
    if (!isMissing(thrown)) throw toStorageError(thrown, 'create a run in', root)
  }
  await prepareRoot(root, self).catch((thrown) => {
    throw toStorageError(thrown, 'prepare', root)
  })
  return attempt('create a run in', root, () => createStage(root))
}

/** The lock comes first: by it, a stage that a crash left is told from one in the making. */
function fillStage(
  paths: RunPaths,
  stage: string,
  lock: string,
  events: readonly DurableEvent[],
): JournalFile {
  const staged = pathsIn(stage)
  createFile(toLockPath(stage, 1), lock)
  createFile(staged.spec, toSpecText(events))
  const fd = openSync(staged.journal, NEW_JOURNAL)
  const journal = new JournalFile(paths, fd, { size: 0, lastSeq: 0, index: new SeqIndex() })
  try {
    journal.write(events)
    return journal
  } catch (thrown) {
    journal.close()
    throw thrown
  }
}

async function publish(
  paths: RunPaths,
  stage: string,
  journal: JournalFile,
  sync: 'disk' | 'os',
): Promise<void> {
  if (sync === 'disk') {
    await journal.flush()
    await flushFolder(stage)
  }
  appear(paths, stage)
  if (sync === 'disk') {
    await flushFolder(paths.root).catch((thrown) => {
      renameSync(paths.folder, stage)
      throw thrown
    })
  }
}

function appear(paths: RunPaths, stage: string): void {
  try {
    renameSync(stage, paths.folder)
  } catch (thrown) {
    if (!TAKEN.has(errnoOf(thrown) ?? '')) throw thrown
    const message = `There is already a run "${paths.runId}" in "${paths.root}": choose another id, or resume it`
    throw new StorageError(message, { code: 'run_exists' })
  }
}
