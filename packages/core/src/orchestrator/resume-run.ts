/**
 * My job: to take a run up again (rules S5 to S7): fold the journal, close what was cut off, re-arm what
 * is to run again. My neighbour `plan-resume` tells the same without doing it.
 */
import { RunError } from '../errors/swarm-error.ts'
import type { RunResumed } from '../events/run-events.ts'
import type { EventDraft } from '../events/swarm-event.ts'
import { foldRun } from '../run/fold.ts'
import { closeInterrupted, interruptedCalls } from '../run/interrupted.ts'
import type { Revisions } from '../run/revision.ts'
import type { RunState } from '../run/state.ts'
import { statusOf } from '../run/summary.ts'
import type { RunWriter } from '../storage/storage.ts'
import { changedFlows } from './changed-flows.ts'
import type { Host } from './host.ts'
import { present } from './manifest.ts'
import { type EngineNeed, refuseUnmet, unmetNeeds } from './missing-engines.ts'
import { noticesOf } from './notices.ts'
import type { ResumeOptions } from './options.ts'
import { readJournal } from './read-state.ts'
import { redoCauses, revisedCauses } from './redo.ts'
import { checkGiven, flowRevised, revise } from './revise.ts'
import { inRunTime } from './run-clock.ts'
import { Session } from './session.ts'

/** Opens a run, folds its journal and goes on with it. */
export async function resumeRun(
  host: Host,
  runId: string,
  options: ResumeOptions & { readonly parks: boolean },
): Promise<Session> {
  const { takeover = false } = options
  const writer = await host.storage.openRun(runId, { takeover })
  try {
    const events = await readJournal(host, runId)
    const state = foldRun(events)
    const timed = inRunTime(host, state)
    const revisions = reviseFlows(host, state, options)
    const opening = openingOf(timed, state, { options, revisions })
    const needs = unmetEngines(host, state, { options, revisions })
    if (needs.length > 0 && !(await isToBeCanceled(writer))) refuseUnmet(host, `Run "${runId}"`, needs)
    closeAccounts(timed, state)
    const session = new Session({
      host: timed,
      state,
      writer,
      onRequest: options.onRequest,
      parks: options.parks,
      opening: [...noticesOf(writer), ...opening],
      untold: [],
    })
    session.records.restore(events)
    return session
  } catch (error) {
    await writer.close()
    throw error
  }
}

/** Quotas that were used up when the run was left are so still, until their time. */
function closeAccounts({ slots, clock }: Host, { quotas }: RunState): void {
  for (const [account, until] of quotas) if (until > clock.now()) slots.close(account, until - clock.now())
}

interface Resuming {
  readonly options: ResumeOptions
  readonly revisions: Revisions
}

function openingOf(host: Host, state: RunState, { options, revisions }: Resuming): readonly EventDraft[] {
  if (state.final !== undefined && !hasWork(state, options, revisions)) throw nothingToDo(state)
  const rearmed = [...redoCauses(state, options, revisions).keys()]
  const resumed = runResumed(host, state, { ...options, rearmed })
  // The interruption counts by what the run is resumed from, which only `run_resumed` tells the fold.
  const interrupted = closeInterrupted({ ...state, resumedFrom: resumed.resumedFrom }, revisions.calledOff)
  const revised = revisions.flows.map((revision) => flowRevised(host, state, { revision, options }))
  return [resumed, ...interrupted, ...revisions.calledOff, ...revised]
}

function hasWork(state: RunState, options: ResumeOptions, revisions: Revisions): boolean {
  const isHeldUp = options.limits !== undefined && state.journey.due !== undefined
  return isHeldUp || isReopened(revisions) || redoCauses(state, options, revisions).size > 0
}

function isReopened({ flows }: Revisions): boolean {
  return flows.some(({ frames }) => frames.length > 0)
}

/** Canceling needs no engine, and must be possible when there is none. */
async function isToBeCanceled(writer: RunWriter): Promise<boolean> {
  const inputs = await writer.backlog()
  return inputs.some((input) => input.kind === 'control' && input.control === 'cancel')
}

function unmetEngines(host: Host, state: RunState, { options, revisions }: Resuming): readonly EngineNeed[] {
  const again = new Map([...redoCauses(state, options, revisions), ...revisedCauses(revisions)])
  return unmetNeeds(host, state, { again, revisions })
}

function nothingToDo(state: RunState): RunError {
  const edit = 'flow: "current" after an edit of the flow with which it ended'
  const way =
    state.final === 'failed'
      ? `Use retryFailed to run its failed steps again, or ${edit}.`
      : `Start a new run, or use ${edit}.`
  return new RunError(`Run "${state.runId}" is over (${state.final}). ${way}`, { code: 'run_over' })
}

function runResumed(
  host: Host,
  state: RunState,
  {
    limits,
    budget,
    rearmed,
  }: Pick<ResumeOptions, 'limits' | 'budget'> & { readonly rearmed: readonly string[] },
): RunResumed {
  const durationMs = limits?.durationMs ?? state.limits.durationMs
  return {
    type: 'run_resumed',
    owner: host.owner,
    resumedFrom: resumedFrom(state),
    interrupted: interruptedCalls(state),
    rearmed,
    ...(limits === undefined ? {} : { limits: present(limits) }),
    ...(budget === undefined ? {} : { budget: present(budget) }),
    ...(durationMs === undefined ? {} : { deadlineAt: host.clock.now() + durationMs }),
  }
}

function resumedFrom(state: RunState): RunResumed['resumedFrom'] {
  switch (statusOf(state)) {
    case 'paused':
      return 'pause'
    case 'stopped':
      return 'stop'
    case 'waiting':
    case 'waiting_quota':
      return 'wait'
    case 'running':
      return 'crash'
    default:
      return 'failure'
  }
}

/** What an edit of the flows does, if there was one and it is to count. */
function reviseFlows(host: Host, state: RunState, options: ResumeOptions): Revisions {
  const { flow } = options
  const changed = changedFlows(host, state)
  if (flow === 'current') return checkGiven(state, revise(host, state, changed))
  const unrunnable = flow === 'stored' ? changed.filter((change) => change.functions.length > 0) : changed
  const stored = revise(host, state, [])
  if (unrunnable.length === 0) return stored
  const isOver = state.final !== undefined && !hasWork(state, options, stored)
  if (isOver && !isReopened(revise(host, state, changed))) throw nothingToDo(state)
  const named = unrunnable.map(
    ({ key, steps, functions }) => `"${key}" (${(flow === 'stored' ? functions : steps).join(', ')})`,
  )
  const way =
    flow === 'stored'
      ? 'Their functions are not those that the run was started with: give the old ones, or resume with flow: "current".'
      : 'Resume with flow: "current" to run what changed, or with flow: "stored" to go on with the old definitions.'
  const details = { flows: unrunnable.map(({ key, steps }) => ({ flow: key, steps })) }
  throw new RunError(`Run "${state.runId}": flows changed since it began: ${named.join('; ')}. ${way}`, {
    code: 'flow_changed',
    details,
  })
}
