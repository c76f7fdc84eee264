/** My job: what a resume would do, as a table; nothing is called, locked or written. */
import type { FlowDefinition } from '../flow/definition.ts'
import { withInjected } from '../run/graph-change.ts'
import type { Execution, FrameState, StepState } from '../run/state.ts'
import { statusOf } from '../run/summary.ts'
import { changedFlows } from './changed-flows.ts'
import type { Host } from './host.ts'
import { type EngineNeed, groupByEngine, unmetNeeds } from './missing-engines.ts'
import type { PlannedStep, ResumeOptions, ResumePlan } from './options.ts'
import { readState } from './read-state.ts'
import { redoCauses, revisedCauses } from './redo.ts'
import { checkGiven, revise } from './revise.ts'

/** Reads a journal and tells what would become of each step. */
export async function planResume(host: Host, runId: string, options: ResumeOptions): Promise<ResumePlan> {
  const state = await readState(host, runId)
  const changed = changedFlows(host, state)
  const revisions = checkGiven(state, revise(host, state, options.flow === 'current' ? changed : []))
  const again: Again = {
    redo: redoCauses(state, options, revisions),
    anew: revisedCauses(revisions),
  }
  const editedFor = (frame: FrameState): FlowDefinition | undefined =>
    revisions.flows.find((revision) => revision.frames.includes(frame.id))?.flow
  const needs = unmetNeeds(host, state, { again: new Map([...again.redo, ...again.anew]), revisions })
  const frames = [...state.frames.values()].filter(({ id }) => !revisions.discarded.has(id))
  const planned = frames.flatMap((frame) => planFrame(frame, editedFor(frame), again))
  return {
    runId,
    status: statusOf(state),
    steps: planned.map((step) => withoutEngine(step, needs)),
    changedFlows: changed.map(({ key }) => key),
    missingEngines: groupByEngine(needs),
  }
}

/** What is to run and cannot for want of an engine is blocked. */
function withoutEngine(step: PlannedStep, needs: readonly EngineNeed[]): PlannedStep {
  const need = needs.find(({ by }) => by === `${step.frame}/${step.stepId}`)
  if (need === undefined || (step.action !== 'run' && step.action !== 'rerun')) return step
  const cause =
    need.engine === undefined ? 'no engine is configured' : `engine "${need.engine}" is not configured`
  return { ...step, action: 'blocked', cause }
}

/** Why settled steps would run again, by `frame/step`. */
interface Again {
  /** As they stand, with the items that they have. */
  readonly redo: ReadonlyMap<string, string>
  readonly anew: ReadonlyMap<string, string>
}

/** The steps of a visit: by the edited flow, when it takes one, and then those that it no longer has. */
function planFrame(
  frame: FrameState,
  edited: FlowDefinition | undefined,
  again: Again,
): readonly PlannedStep[] {
  if (edited === undefined) return frame.steps.flatMap((step) => planStep(frame, step, again))
  const known = new Map(frame.steps.map((step) => [step.place.id, step]))
  const ids = withInjected(edited, frame.injected).steps.map(({ id }) => id)
  const gone = [...known.keys()].filter((id) => !ids.includes(id))
  const planned = ids.flatMap((stepId): readonly PlannedStep[] => {
    const step = known.get(stepId)
    if (step !== undefined) return planStep(frame, step, again)
    return [{ frame: frame.id, stepId, iteration: 1, action: 'run', cause: 'new' }]
  })
  return [...planned, ...gone.map((stepId) => planGone(frame, stepId))]
}

function planGone(frame: FrameState, stepId: string): PlannedStep {
  return { frame: frame.id, stepId, iteration: 1, action: 'skipped', cause: 'gone from the flow' }
}

function planStep(frame: FrameState, step: StepState, again: Again): readonly PlannedStep[] {
  const name = `${frame.id}/${step.place.id}`
  const anew = again.anew.get(name)
  const cause = anew ?? again.redo.get(name)
  const own: PlannedStep = {
    frame: frame.id,
    stepId: step.place.id,
    iteration: step.iteration,
    ...(cause === undefined ? planExecution(frame, step) : { action: 'rerun', cause }),
  }
  // What begins anew asks for its items anew, too.
  const items = anew === undefined ? (step.map?.executions ?? []) : []
  const planned = items.map((item) => ({
    frame: frame.id,
    stepId: step.place.id,
    item: item.item?.key ?? '',
    iteration: item.iteration,
    ...planItem(frame, item, cause),
  }))
  return [own, ...planned]
}

type Plan = Pick<PlannedStep, 'action' | 'cause'>

function planItem(frame: FrameState, item: Execution, cause: string | undefined): Plan {
  if (cause === undefined || item.status === 'succeeded') return planExecution(frame, item)
  return { action: 'rerun', cause }
}

function planExecution(frame: FrameState, execution: Execution): Plan {
  const open = execution.requests.find((request) => request.status === 'open')
  if (open !== undefined) return { action: 'wait', cause: `open request ${open.requestId}` }
  switch (execution.status) {
    case 'succeeded':
      return { action: 'reuse', cause: 'recorded result' }
    case 'failed':
      return { action: 'blocked', cause: execution.error?.code ?? 'failed' }
    case 'skipped':
      return { action: 'skipped', cause: execution.skipReason ?? 'skipped' }
    case 'ended':
      return { action: 'reuse', cause: 'recorded result; its check or route is due' }
    case 'running':
      return planRunning(execution)
    case 'retrying':
      return { action: 'rerun', cause: `retry after ${execution.error?.code}` }
    default:
      return frame.outcome === undefined
        ? { action: 'run', cause: 'not run yet' }
        : { action: 'skipped', cause: 'the flow has ended' }
  }
}

function planRunning(execution: Execution): Plan {
  if (execution.child !== undefined) return { action: 'reuse', cause: 'its flow goes on' }
  if (execution.item === undefined && execution.step.map !== undefined) {
    return { action: 'reuse', cause: 'its items go on' }
  }
  return { action: 'rerun', cause: 'interrupted' }
}
