/** My job: one run in a list, and where a run stands (rule S3). */
import type { DurableEvent } from '../events/swarm-event.ts'
import type { OpenRequest, RunStatus, RunSummary } from '../storage/run-summary.ts'
import { nextTimerAt } from './agenda.ts'
import { createState, fold, foldRun } from './fold.ts'
import { isAnythingDue, isAnythingToRecord } from './next-action.ts'
import type { RequestState, RunState } from './state.ts'

/** The summary of a journal, for storages. `interrupted` is theirs to tell: only they know the owner. */
export function summarizeRun(events: Iterable<DurableEvent>): RunSummary {
  return toSummary(foldRun(events))
}

/** A summary that grows with its run: an event costs what it takes to fold it, whatever came before. */
export interface RunSummarizer {
  /** Takes in the next event. Throws `journal_corrupt` unless the first is `run_created`. */
  add(event: DurableEvent): void
  /** The summary of what was taken in; `undefined` before the first event. */
  summarize(): RunSummary | undefined
}

/** Summarises a journal as it grows, for storages that keep summaries; see {@link summarizeRun}. */
export function createRunSummarizer(): RunSummarizer {
  let state: RunState | undefined
  return {
    add(event) {
      if (state === undefined) state = createState(event)
      else fold(state, event)
    },
    summarize: () => (state === undefined ? undefined : toSummary(state)),
  }
}

/** The summary of a run's state. */
export function toSummary(state: RunState): RunSummary {
  return {
    runId: state.runId,
    status: statusOf(state),
    flows: state.manifest.flows,
    initiator: state.manifest.initiator,
    createdAt: state.createdAt,
    updatedAt: state.updatedAt,
    lastSeq: state.lastSeq,
    openRequests: openRequestsOf(state),
  }
}

/** Where the run stands by its record; `waiting` when only people or callbacks can move it. */
export function statusOf(state: RunState): RunStatus {
  if (state.final !== undefined) return state.final
  if (state.control === 'paused' || state.control === 'stopped') return state.control
  if (isWaiting(state)) return 'waiting'
  return isWaitingForQuota(state) ? 'waiting_quota' : 'running'
}

/** Whether every call waits for an answer, and nothing is due but by a deadline. */
function isWaiting(state: RunState): boolean {
  if (state.open.size === 0) return false
  const asks = new Set([...state.open.values()].map((request) => request.execution))
  return [...state.calls].every((call) => asks.has(call)) && !hasRetries(state) && !isAnythingDue(state)
}

/**
 * Whether some attempt waits for a quota and nothing else goes on but the asking of people. What may start is not
 * looked at: it waits for the same account, or its start is the next event.
 */
function isWaitingForQuota(state: RunState): boolean {
  if (state.quotas.size === 0) return false
  const retrying = state.agenda.timers.flatMap((timer) =>
    timer.kind === 'retry' && timer.execution.status === 'retrying' ? [timer.execution] : [],
  )
  const asks = new Set([...state.open.values()].map((request) => request.execution))
  return (
    retrying.length > 0 &&
    retrying.every(({ error }) => error?.code === 'quota') &&
    [...state.calls].every((call) => asks.has(call)) &&
    !isAnythingToRecord(state)
  )
}

function hasRetries(state: RunState): boolean {
  if (nextTimerAt(state.agenda) === undefined) return false
  return state.agenda.timers.some((timer) => timer.kind === 'retry' && timer.execution.status === 'retrying')
}

/** The requests that wait for somebody, oldest first. */
export function openRequestsOf(state: RunState): readonly OpenRequest[] {
  return [...state.open.values()].map(toOpenRequest)
}

function toOpenRequest({ requestId, kind, step, askedAt, record }: RequestState): OpenRequest {
  const { prompt, contentHash, answerSchema, deadlineAt, deadlineAnswer, answerers } = record
  return {
    requestId,
    kind,
    step,
    askedAt,
    prompt,
    ...('questions' in record ? { questions: record.questions } : {}),
    ...('action' in record ? { action: record.action } : {}),
    ...('correlation' in record ? { correlation: record.correlation } : {}),
    contentHash,
    answerSchema,
    ...(deadlineAt === undefined ? {} : { deadlineAt }),
    ...(deadlineAnswer === undefined ? {} : { deadlineAnswer }),
    ...(answerers === undefined ? {} : { answerers }),
  }
}
