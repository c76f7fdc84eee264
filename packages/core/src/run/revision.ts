/**
 * My job: what an edited flow keeps and what it runs again (rule S6).
 *
 * Invariants:
 * 1. A step is reused only if its content key, computed from the new definition, is the recorded one.
 * 2. What follows a step that runs again runs again too.
 */
import type { RevisedStep } from '../events/flow-events.ts'
import type { EventDraft } from '../events/swarm-event.ts'
import type { FlowDefinition } from '../flow/definition.ts'
import { digestStep } from '../flow/digest.ts'
import { compileFlow, type FlowGraph, type GraphStep } from '../flow/graph.ts'
import { callOff } from './call-off.ts'
import { contentKeyOf, followedBy } from './content-key.ts'
import { withInjected } from './graph-change.ts'
import { stepOf } from './lookup.ts'
import { withSkipped } from './outcome.ts'
import { type FrameState, isSettled, type RunState, type StepState } from './state.ts'

/** What edits of flows do to a run. */
export interface Revisions {
  /** What ends the steps that run and are edited or gone, with all below them; to be recorded first. */
  readonly calledOff: readonly EventDraft[]
  readonly flows: readonly Revision[]
  /** Steps of other flows that wait for a visit that opens again, as `frame/step`. */
  readonly parents: readonly string[]
}

/** What becomes of the visits of an edited flow. */
export interface Revision {
  readonly flow: FlowDefinition
  readonly frames: readonly string[]
  readonly reused: readonly string[]
  readonly rearmed: readonly RevisedStep[]
}

/** Tells the engine and the model that an execution would use now. */
export type ChooseEngine = (
  step: StepState,
  flow: FlowDefinition,
) => {
  readonly id: string | undefined
  readonly model: string | undefined
}

/** Plans what new definitions do to the visits that are open or that failed last. */
export function planRevisions(
  state: RunState,
  flows: readonly FlowDefinition[],
  choose: ChooseEngine,
): Revisions {
  const plans = planFrames(state, new Map(flows.map((flow) => [flow.key, flow])), choose)
  return {
    calledOff: plans.flatMap(({ calledOff }) =>
      calledOff.flatMap((step) => callOff(state, step, { kind: 'revised' })),
    ),
    flows: flows.map((flow) => {
      const own = plans.filter(({ frame }) => frame.flowKey === flow.key)
      return {
        flow,
        frames: own.map(({ frame }) => frame.id),
        reused: own.flatMap(({ reused }) => reused),
        rearmed: own.flatMap(({ rearmed }) => rearmed),
      }
    }),
    parents: plans.flatMap(({ frame }) => parentsOf(state, frame)),
  }
}

/** Visits stand in the order of their starts, so that a step is planned before what runs below it. */
function planFrames(
  state: RunState,
  flows: ReadonlyMap<string, FlowDefinition>,
  choose: ChooseEngine,
): readonly FramePlan[] {
  const plans: FramePlan[] = []
  const anew = new Set<StepState>()
  for (const frame of state.frames.values()) {
    const flow = flows.get(frame.flowKey)
    if (flow === undefined || !canReopen(state, frame) || isBelow(state, frame, anew)) continue
    const plan = planFrame(frame, compileFlow(withInjected(flow, frame.injected)), choose)
    for (const step of [...plan.again, ...plan.calledOff]) anew.add(step)
    plans.push(plan)
  }
  return plans
}

/** Whether a visit belongs to a step that begins anew, with a visit of its own, or is gone. */
function isBelow(state: RunState, { parent }: FrameState, steps: ReadonlySet<StepState>): boolean {
  if (parent === undefined) return false
  const step = stepOf(state, parent)
  return steps.has(step) || isBelow(state, step.frame, steps)
}

/** Open, or failed with nothing after it: the last visit of the run, or one below it. */
function canReopen(state: RunState, frame: FrameState): boolean {
  if (frame.outcome === undefined) return true
  if (frame.outcome !== 'failed') return false
  if (frame.parent === undefined) return state.journey.frame === frame
  const parent = state.frames.get(frame.parent.frame)
  return parent !== undefined && canReopen(state, parent)
}

/** The steps above a failed visit, which have failed with it, and what they skipped. */
function parentsOf(state: RunState, { parent, outcome }: FrameState): readonly string[] {
  if (parent === undefined || outcome === undefined) return []
  const step = stepOf(state, parent)
  const again = [...withSkipped(step)].filter(({ skipReason }) => skipReason !== 'lost')
  return [...again.map(({ place }) => `${parent.frame}/${place.id}`), ...parentsOf(state, step.frame)]
}

interface FramePlan {
  readonly frame: FrameState
  readonly reused: readonly string[]
  readonly rearmed: readonly RevisedStep[]
  readonly again: readonly StepState[]
  readonly calledOff: readonly StepState[]
}

function planFrame(frame: FrameState, graph: FlowGraph, choose: ChooseEngine): FramePlan {
  const known = new Map(frame.steps.map((step) => [step.place.id, step]))
  const causes = new Map<string, string>()
  for (const place of inOrder(graph)) {
    const step = known.get(place.id)
    const cause = step === undefined ? 'new' : causeOf({ step, place, graph, causes, choose })
    if (cause !== undefined) causes.set(place.id, cause)
  }
  const begun = graph.steps.flatMap(({ id }) => known.get(id) ?? []).filter(hasBegun)
  const again = begun.filter(({ place }) => causes.has(place.id))
  const kept = begun.filter(({ place, status }) => !causes.has(place.id) && status !== 'running')
  const gone = frame.steps.filter(({ place }) => !graph.byId.has(place.id))
  return {
    frame,
    reused: kept.map(({ place }) => `${frame.id}/${place.id}`),
    rearmed: again.map(({ place: { id } }) => ({ frame: frame.id, stepId: id, cause: causes.get(id) ?? '' })),
    again,
    calledOff: [...again, ...gone].filter(({ status }) => status === 'running'),
  }
}

/** Whether there is something to keep or to begin anew: what starts from here on sees the edit anyway. */
function hasBegun({ status, place: { definition } }: StepState): boolean {
  const isCall = definition.kind === 'agent' || definition.kind === 'function'
  return isSettled(status) || status === 'ended' || (status === 'running' && !isCall)
}

interface Comparison {
  readonly step: StepState
  readonly place: GraphStep
  readonly graph: FlowGraph
  readonly causes: ReadonlyMap<string, string>
  readonly choose: ChooseEngine
}

/** Why a step runs again, or nothing: it is reused, or has not run yet. */
function causeOf({ step, place, graph, causes, choose }: Comparison): string | undefined {
  if (!hasBegun(step)) return undefined
  if (digestStep(step.place.definition) !== digestStep(place.definition)) return 'definition changed'
  const sources = followedBy(step, place, graph)
  const changed = sources.find((id) => causes.has(id))
  if (changed !== undefined) return `"${changed}" runs again`
  const recorded = keyOf(step)
  if (recorded === undefined) return sameSources(step, sources) ? undefined : 'its edges changed'
  const { id, model } = choose(step, graph.definition)
  const isCall = step.engine !== undefined
  const inputs = {
    engine: isCall ? id : undefined,
    model: isCall ? model : undefined,
    inputDigests: step.inputDigests,
  }
  const key = contentKeyOf(step, inputs, sources)
  return key === recorded ? undefined : 'engine, model or edges changed'
}

/** The key of what a step gave, or of what it asks; a failed or skipped one has none. */
function keyOf({ status, result, contentKey }: StepState): string | undefined {
  if (status === 'running') return contentKey
  return status === 'failed' || status === 'skipped' ? undefined : result?.contentKey
}

function sameSources(step: StepState, sources: readonly string[]): boolean {
  const before = followedBy(step, step.place, step.frame.graph)
  return before.length === sources.length && before.every((id) => sources.includes(id))
}

/** Steps with those before them first; a flow that passed the linter has no circle of forward edges. */
function inOrder(graph: FlowGraph): readonly GraphStep[] {
  const waiting = graph.steps.map((place) => place.incoming.length)
  const ordered = graph.steps.filter((place) => place.incoming.length === 0)
  for (const place of ordered) {
    for (const edge of place.outgoing) {
      waiting[edge.to] = (waiting[edge.to] ?? 0) - 1
      const next = graph.steps[edge.to]
      if (waiting[edge.to] === 0 && next !== undefined) ordered.push(next)
    }
  }
  return ordered
}
