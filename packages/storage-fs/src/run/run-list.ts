import { readdirSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import {
  checkRunId,
  type RunPage,
  type RunQuery,
  type RunStatus,
  type RunSummary,
  toPlainError,
  type UnreadableRun,
} from '@batonjs/core'
import { attempt, isMissing, toStorageError } from '../disk/failure.ts'
import { readText } from '../disk/whole-file.ts'
import { summarizeJournal } from '../journal/journal-summary.ts'
import type { ProcessIdentity } from '../lock/process-identity.ts'
import { isHeld, readLocks } from '../lock/run-lock.ts'
import { keepMeta } from './meta-keeper.ts'
import { findRun, type RunPaths, toRunPaths } from './run-paths.ts'
import { type JournalStamp, parseMeta, toStamp } from './run-projections.ts'

const DEFAULT_LIMIT = 100
/** Other work gets its turn after so many runs. */
const RUNS_AT_A_TIME = 64

/** Statuses that need a living owner: without one the run is `interrupted` (rule S3). */
const UNATTENDED: ReadonlySet<RunStatus> = new Set(['running', 'waiting_quota'])
const FINAL: ReadonlySet<RunStatus> = new Set(['succeeded', 'partial', 'failed', 'canceled'])

/** Lists runs, newest first. A run that cannot be read is told beside the page. */
export async function listRunFolders(root: string, self: ProcessIdentity, query: RunQuery): Promise<RunPage> {
  const { limit = DEFAULT_LIMIT, after } = query
  const { summaries, unreadable } = await readSummaries(root, self, listRunIds(root, query.runId))
  const wanted = toStatusFilter(query.status)
  const rest = summaries
    .filter((summary) => wanted(summary.status) && (after === undefined || toPlace(summary) < after))
    .sort((a, b) => (toPlace(a) < toPlace(b) ? 1 : -1))
  const runs = rest.slice(0, Math.max(1, limit))
  const last = runs.at(-1)
  return {
    runs,
    ...(last !== undefined && rest.length > runs.length && { next: toPlace(last) }),
    ...(unreadable.length > 0 && { unreadable }),
  }
}

/** Where a run stands in the list: sorts as text. */
function toPlace({ createdAt, runId }: RunSummary): string {
  return `${createdAt} ${runId}`
}

function listRunIds(root: string, runId: string | undefined): readonly string[] {
  if (runId !== undefined) {
    checkRunId(runId)
    return [runId]
  }
  return attempt('list', root, () => {
    try {
      return readdirSync(root).filter(isRunId)
    } catch (thrown) {
      if (isMissing(thrown)) return []
      throw thrown
    }
  })
}

function isRunId(name: string): boolean {
  try {
    checkRunId(name)
    return true
  } catch {
    return false
  }
}

async function readSummaries(root: string, self: ProcessIdentity, runIds: readonly string[]) {
  const summaries: RunSummary[] = []
  const unreadable: UnreadableRun[] = []
  for (const [index, runId] of runIds.entries()) {
    if (index % RUNS_AT_A_TIME === RUNS_AT_A_TIME - 1) await setImmediate()
    const paths = toRunPaths(root, runId)
    try {
      const summary = readSummary(paths, self)
      if (summary !== undefined) summaries.push(summary)
    } catch (thrown) {
      unreadable.push({ runId, error: toPlainError(toStorageError(thrown, 'read', paths.journal)) })
    }
  }
  return { summaries, unreadable }
}

/** The summary of a run; `undefined` for a folder that is no run, or that goes away this moment. */
function readSummary(paths: RunPaths, self: ProcessIdentity): RunSummary | undefined {
  try {
    const journal = findRun(paths)
    if (journal === undefined) return undefined
    const summary = readKept(paths, toStamp(journal)) ?? readAnew(paths)
    return FINAL.has(summary.status) ? summary : withOwner(paths, self, summary)
  } catch (thrown) {
    if (isMissing(thrown)) return undefined
    throw thrown
  }
}

function readKept(paths: RunPaths, stamp: JournalStamp): RunSummary | undefined {
  try {
    return parseMeta(readText(paths.meta), stamp)
  } catch {
    // It is missing, damaged or a link: the journal tells.
    return undefined
  }
}

function readAnew(paths: RunPaths): RunSummary {
  const stamped = summarizeJournal(paths)
  keepMeta(paths, () => stamped)
  return stamped.summary
}

function withOwner(paths: RunPaths, self: ProcessIdentity, summary: RunSummary): RunSummary {
  const lock = readLocks(paths.folder, self)[0]
  const owner = lock === undefined || lock.released ? undefined : lock.owner
  const told = owner === undefined ? summary : { ...summary, owner }
  if (!UNATTENDED.has(summary.status) || isHeld(lock)) return told
  return { ...told, status: 'interrupted' }
}

function toStatusFilter(status: RunQuery['status']): (status: RunStatus) => boolean {
  if (status === undefined) return () => true
  const wanted = new Set(typeof status === 'string' ? [status] : status)
  return (one) => wanted.has(one)
}
