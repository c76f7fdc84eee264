/** My job: what an orchestrator and a run can be asked; what is wrong is told before anything is done. */

import { durableTypes } from '../../events/event-types.ts'
import type { Budget } from '../../flow/budget.ts'
import type { FlowLimits } from '../../flow/definition.ts'
import { checkRequest } from '../../input/check-input.ts'
import { type MembersOf, must, type Shape } from '../../input/shape.ts'
import { isHolder } from '../../input/value.ts'
import type { RunStatus } from '../../storage/run-summary.ts'
import type { RunQuery } from '../../storage/storage.ts'
import { checkRunId } from '../memory/artifact-path.ts'
import type { ResumeOptions, RunRequest } from '../options.ts'
import type { Watcher } from '../watchers.ts'

const limits: MembersOf<FlowLimits> = {
  'stepExecutions?': 'count',
  'durationMs?': 'count',
  'depth?': 'count',
  'flowVisits?': 'count',
  'visitsPerFlow?': 'count',
}

const amount = must(
  'a number above 0',
  (value) => typeof value === 'number' && Number.isFinite(value) && value > 0,
)

const budget: MembersOf<Budget> = {
  'costUsd?': amount,
  'tokens?': 'count',
  'unpriced?': { oneOf: ['refuse', 'allow'] },
}

const runRequest: MembersOf<RunRequest> = {
  'flow?': 'text',
  'flows?': { listOf: 'text', least: 1 },
  'follow?': { oneOf: ['list', 'macro'] },
  'params?': must('an object of JSON', isHolder),
  'startStep?': 'text',
  'endStep?': 'text',
  'initiator?': 'text',
  'limits?': { members: limits },
  'budget?': { members: budget },
  'engine?': 'text',
  'model?': 'text',
  'signal?': 'signal',
  'runId?': 'text',
  'onRequest?': 'function',
}

const resumeOptions: MembersOf<ResumeOptions> = {
  'flow?': { oneOf: ['stored', 'current'] },
  'retryFailed?': 'flag',
  'limits?': { members: limits },
  'budget?': { members: budget },
  'takeover?': 'flag',
  'signal?': 'signal',
  'onRequest?': 'function',
}

/** The compiler keeps the names equal to those of the union. */
const statuses: Readonly<Record<RunStatus, true>> = {
  running: true,
  waiting: true,
  waiting_quota: true,
  paused: true,
  stopped: true,
  interrupted: true,
  succeeded: true,
  partial: true,
  failed: true,
  canceled: true,
}
const status: Shape = { oneOf: Object.keys(statuses) }

/** Throws `request_invalid`; `door` is what was called. */
export function checkRunRequest(door: string, request: RunRequest): void {
  checkRequest(door, { request }, { request: { members: runRequest } })
}

/** Throws `request_invalid`; `door` is what was called. */
export function checkResume(door: string, runId: string, options: ResumeOptions): void {
  checkRequest(door, { runId, options }, { runId: 'text', options: { members: resumeOptions } })
}

/** The id, if it may name a run. Throws `request_invalid`, `path_refused`; `door` is what was called. */
export function checkRun(door: string, runId: string): string {
  checkRequest(door, { runId }, { runId: 'text' })
  checkRunId(runId)
  return runId
}

/** The query, if it is one. Throws `request_invalid`. */
export function checkQuery(query: RunQuery): RunQuery {
  const isList = isHolder(query) && Array.isArray(query.status)
  const members: MembersOf<RunQuery> = {
    'runId?': 'text',
    'status?': isList ? { listOf: status } : status,
    'limit?': 'count',
    'after?': 'text',
  }
  checkRequest('runs', { query }, { query: { members } })
  return query
}

/** Throws `request_invalid`. */
export function checkWatcher(type: string, watcher: Watcher): void {
  const wanted = 'the type of a recorded event, such as "step_end", or "*"'
  checkRequest(
    'on',
    { type, watcher },
    { type: { oneOf: [...durableTypes, '*'], wanted }, watcher: 'function' },
  )
}
