/**
 * My job: to take a run up again (rules S5 to S7): fold the journal, close what was cut off, re-arm what
 * is to run again. My neighbour `plan-resume` tells the same without doing it.
 */
import { RunError } from '../errors/swarm-error.ts'
import type { RunResumed } from '../events/run-events.ts'
import type { DurableEvent, EventDraft } from '../events/swarm-event.ts'
import { foldRun } from '../run/fold.ts'
import { closeInterrupted, failedSteps, interruptedCalls, limitedSteps } from '../run/interrupted.ts'
import { planRevisions, type Revision, type Revisions } from '../run/revision.ts'
import type { RunState } from '../run/state.ts'
import { statusOf } from '../run/summary.ts'
import type { RunWriter } from '../storage/storage.ts'
import { engineFor } from './calls/engine-choice.ts'
import { type ChangedFlow, changedFlows } from './changed-flows.ts'
import type { Host } from './host.ts'
import { presentLimits } from './manifest.ts'
import { type EngineNeed, refuseUnmet, unmetNeeds } from './missing-engines.ts'
import { noticesOf } from './notices.ts'
import type { ResumeOptions } from './options.ts'
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

/** The state of a run by its journal. */
export async function readState(host: Host, runId: string): Promise<RunState> {
  return foldRun(await readJournal(host, runId))
}

async function readJournal(host: Host, runId: string): Promise<readonly DurableEvent[]> {
  const events: DurableEvent[] = []
  for await (const event of host.storage.readEvents(runId)) events.push(event)
  return events
}

interface Resuming {
  readonly options: ResumeOptions
  readonly revisions: Revisions
}

function openingOf(host: Host, state: RunState, { options, revisions }: Resuming): readonly EventDraft[] {
  const again = new Set([...stepsToRedo(state, options), ...revisions.parents])
  for (const { rearmed } of revisions.flows)
    for (const { frame, stepId } of rearmed) again.delete(`${frame}/${stepId}`)
  const isHeldUp = options.limits !== undefined && state.journey.due !== undefined
  const hasWork = again.size > 0 || isHeldUp || revisions.flows.some((revision) => revision.frames.length > 0)
  if (state.final !== undefined && !hasWork) throw nothingToDo(state)
  const resumed = runResumed(host, state, { ...options, rearmed: [...again] })
  // The interruption counts by what the run is resumed from, which only `run_resumed` tells the fold.
  const interrupted = closeInterrupted({ ...state, resumedFrom: resumed.resumedFrom }, revisions.calledOff)
  const revised = revisions.flows.map((revision) => flowRevised(state, revision))
  return [resumed, ...interrupted, ...revisions.calledOff, ...revised]
}

/** Canceling needs no engine, and must be possible when there is none. */
async function isToBeCanceled(writer: RunWriter): Promise<boolean> {
  const inputs = await writer.backlog()
  return inputs.some((input) => input.kind === 'control' && input.control === 'cancel')
}

function unmetEngines(host: Host, state: RunState, { options, revisions }: Resuming): readonly EngineNeed[] {
  const revised = revisions.flows.flatMap(({ rearmed }) => rearmed)
  const again = new Set([...stepsToRedo(state, options), ...revisions.parents])
  for (const { frame, stepId } of revised) again.add(`${frame}/${stepId}`)
  return unmetNeeds(host, state, { again, revisions })
}

/** What `retryFailed` runs again, or what higher limits let through. */
export function stepsToRedo(state: RunState, { retryFailed, limits }: ResumeOptions): readonly string[] {
  if (retryFailed === true) return failedSteps(state)
  return limits === undefined ? [] : limitedSteps(state)
}

function nothingToDo(state: RunState): RunError {
  const way =
    state.final === 'failed'
      ? 'Use retryFailed to run its failed steps again, or flow: "current" with a mended flow.'
      : 'Start a new run.'
  return new RunError(`Run "${state.runId}" is over (${state.final}). ${way}`, { code: 'run_over' })
}

function runResumed(
  host: Host,
  state: RunState,
  { limits, rearmed }: Pick<ResumeOptions, 'limits'> & { readonly rearmed: readonly string[] },
): RunResumed {
  const durationMs = limits?.durationMs ?? state.limits.durationMs
  return {
    type: 'run_resumed',
    owner: host.owner,
    resumedFrom: resumedFrom(state),
    interrupted: interruptedCalls(state),
    rearmed,
    ...(limits === undefined ? {} : { limits: presentLimits(limits) }),
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
      return 'wait'
    case 'running':
      return 'crash'
    default:
      return 'failure'
  }
}

/** What an edit of the flows does, if there was one and it is to count. */
function reviseFlows(host: Host, state: RunState, { flow }: ResumeOptions): Revisions {
  const changed = changedFlows(host, state)
  if (flow === 'current') return revise(host, state, changed)
  const unrunnable = flow === 'stored' ? changed.filter((change) => change.functions.length > 0) : changed
  if (unrunnable.length === 0) return revise(host, state, [])
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

/** What the definitions that the orchestrator has now do to a run. */
export function revise(host: Host, state: RunState, changed: readonly ChangedFlow[]): Revisions {
  const flows = changed.flatMap(({ current }) => current ?? [])
  return planRevisions(state, flows, (step, flow) => engineFor(host, state, step, flow))
}

function flowRevised(state: RunState, revision: Revision): EventDraft {
  const { flow, frames, reused, rearmed } = revision
  const previousDigest = state.flows.get(flow.key)?.digest ?? ''
  return {
    type: 'flow_revised',
    flowKey: flow.key,
    previousDigest,
    flow,
    frames,
    reused,
    rearmed,
  }
}
