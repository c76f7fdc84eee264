/**
 * Runs in memory: the default storage, for tests and short runs.
 *
 * 1. An append costs O(batch): events are frozen data by convention and are kept by reference.
 * 2. A lock is between the handles of one process; there is no other process to ask.
 */
import { toPlainError } from '../../errors/plain-error.ts'
import { StorageError } from '../../errors/swarm-error.ts'
import type { DurableEvent } from '../../events/swarm-event.ts'
import { checkOptions } from '../../input/check-input.ts'
import { summarizeRun } from '../../run/summary.ts'
import type { RunOwner, RunStatus, RunSummary } from '../../storage/run-summary.ts'
import type { RunPage, RunQuery, RunStorage, RunWriter, UnreadableRun } from '../../storage/storage.ts'
import { checkRunId } from './artifact-path.ts'
import { createMemoryArtifacts } from './memory-artifacts.ts'
import {
  createMemoryRun,
  deliver,
  findConflict,
  lockMemoryRun,
  type MemoryRun,
  readMemoryRun,
} from './memory-run.ts'

/** Statuses that need a living owner: without one the run is `interrupted`. */
const UNATTENDED: ReadonlySet<RunStatus> = new Set(['running', 'waiting_quota'])
const OWNER: RunOwner = { pid: 0, host: 'memory', alive: true }

/** A storage that keeps runs for as long as it lives. It has no options, and holds nothing that must be released. */
export function createMemoryStorage(options: Readonly<Record<string, never>> = {}): RunStorage {
  // Whoever gives a folder believes that runs are kept there.
  checkOptions('createMemoryStorage', options, {})
  const runs = new Map<string, MemoryRun>()
  let created = 0

  function find(runId: string): MemoryRun {
    checkRunId(runId)
    const run = runs.get(runId)
    if (run !== undefined) return run
    throw new StorageError(`There is no run "${runId}"`, { code: 'run_not_found' })
  }

  async function createRun(events: readonly DurableEvent[]): Promise<RunWriter> {
    const runId = events[0]?.runId ?? ''
    checkRunId(runId)
    if (runs.has(runId)) throw new StorageError(`There is already a run "${runId}"`, { code: 'run_exists' })
    const run = createMemoryRun(runId, created + 1)
    const conflict = findConflict(run, events)
    if (conflict !== undefined) throw conflict
    created = run.order
    runs.set(runId, run)
    const writer = lockMemoryRun(run)
    await writer.append(events)
    return writer
  }

  return {
    specVersion: 1,
    createRun,
    async openRun(runId) {
      const run = find(runId)
      refuseOwned(run)
      return lockMemoryRun(run)
    },
    readEvents: (runId, options) => readMemoryRun(() => find(runId), options),
    listRuns: async (query = {}) => toPage(runs, query),
    async submit(runId, input) {
      deliver(find(runId), input)
    },
    artifacts: (runId) => createMemoryArtifacts(() => find(runId).artifacts),
    async remove(runId) {
      const run = find(runId)
      refuseOwned(run)
      runs.delete(runId)
      run.removed = true
      run.appended.ring()
    },
  }
}

function refuseOwned(run: MemoryRun): void {
  if (run.writer === undefined) return
  const message = `Run "${run.runId}" is running: wait for its result, or stop it with open(runId).stop()`
  throw new StorageError(message, { code: 'run_locked', details: { owner: OWNER } })
}

function toPage(runs: ReadonlyMap<string, MemoryRun>, query: RunQuery): RunPage {
  const { runId, limit = 100, after } = query
  const chosen = runId === undefined ? [...runs.values()] : [runs.get(runId)]
  const wanted = toStatusFilter(query.status)
  const page: RunSummary[] = []
  const unreadable: UnreadableRun[] = []
  let last: MemoryRun | undefined
  for (const run of chosen.toReversed()) {
    if (run === undefined || (after !== undefined && run.order >= Number(after))) continue
    const summary = toSummary(run)
    if ('error' in summary) unreadable.push(summary)
    else if (wanted(summary.status)) {
      if (last !== undefined && page.length >= limit) return toRunPage(page, unreadable, last)
      page.push(summary)
      last = run
    }
  }
  return toRunPage(page, unreadable)
}

function toRunPage(
  runs: readonly RunSummary[],
  unreadable: readonly UnreadableRun[],
  last?: MemoryRun,
): RunPage {
  return {
    runs,
    ...(last === undefined ? {} : { next: String(last.order) }),
    ...(unreadable.length === 0 ? {} : { unreadable }),
  }
}

function toStatusFilter(status: RunQuery['status']): (status: RunStatus) => boolean {
  if (status === undefined) return () => true
  const wanted = new Set(typeof status === 'string' ? [status] : status)
  return (one) => wanted.has(one)
}

function toSummary(run: MemoryRun): RunSummary | UnreadableRun {
  try {
    const summary = summaryOf(run)
    if (run.writer !== undefined) return { ...summary, owner: OWNER }
    return UNATTENDED.has(summary.status) ? { ...summary, status: 'interrupted' } : summary
  } catch (thrown) {
    return { runId: run.runId, error: toPlainError(thrown, 'journal_corrupt') }
  }
}

const known = new WeakMap<MemoryRun, { readonly length: number; readonly summary: RunSummary }>()

/** A run is looked at again and again by who waits for it: it is folded anew only when it has grown. */
function summaryOf(run: MemoryRun): RunSummary {
  const { length } = run.events
  const before = known.get(run)
  if (before?.length === length) return { ...before.summary }
  const summary = summarizeRun(run.events)
  known.set(run, { length, summary })
  return summary
}
