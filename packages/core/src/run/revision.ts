/**
 * My job: what an edited flow keeps and what it runs again (rule S6).
 *
 * Invariants:
 * 1. A step is reused only if its content key, computed from the new definition, is the recorded one.
 * 2. What follows a step that runs again runs again too, but not what a failure that stays keeps skipped.
 * 3. A step that gave what another flow gave counts with the definition of that flow, and of those below it.
 */
import type { FrameParent, RevisedStep } from '../events/flow-events.ts'
import type { EventDraft } from '../events/swarm-event.ts'
import type { FlowDefinition } from '../flow/definition.ts'
import { digestStep } from '../flow/digest.ts'
import { compileFlow, type Edge, type FlowGraph, type GraphStep } from '../flow/graph.ts'
import { callOff } from './call-off.ts'
import { contentKeyOf, followedBy } from './content-key.ts'
import { withInjected } from './graph-change.ts'
import { limitedIn } from './interrupted.ts'
import { stepOf } from './lookup.ts'
import { type Execution, type FrameState, isSettled, type RunState, type StepState } from './state.ts'

/** What edits of flows do to a run. */
export interface Revisions {
  /** What ends the steps that run and are edited or gone, with all below them; to be recorded first. */
  readonly calledOff: readonly EventDraft[]
  readonly flows: readonly Revision[]
  /** Steps of other flows that wait for a visit that opens again, as `frame/step`. */
  readonly parents: readonly string[]
  /** Steps of the visits that a limit of the flow before had held up, as `frame/step`. */
  readonly limited: readonly string[]
  /** Visits that belong to steps that begin anew, each with visits of its own. */
  readonly discarded: ReadonlySet<string>
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

/** Plans what new definitions do to the visits that are open or that ended last. */
export function planRevisions(
  state: RunState,
  flows: readonly FlowDefinition[],
  choose: ChooseEngine,
): Revisions {
  const edited = new Map(flows.map((flow) => [flow.key, flow]))
  const { plans, discarded } = planFrames(state, edited, choose)
  // From above to below: a journal that is torn between two asks for the one below again.
  const inOrder = new Set([...plans.map(({ flow }) => flow), ...flows])
  return {
    calledOff: plans.flatMap(({ calledOff }) =>
      calledOff.flatMap((step) => callOff(state, step, { kind: 'revised' })),
    ),
    flows: [...inOrder].map((flow) => toRevision(flow, plans)),
    parents: plans.flatMap(({ frame }) => parentsOf(state, frame)),
    limited: plans.flatMap(({ frame }) => limitedIn(frame)),
    discarded,
  }
}

function toRevision(flow: FlowDefinition, plans: readonly FramePlan[]): Revision {
  const own = plans.filter(({ frame }) => frame.flowKey === flow.key)
  return {
    flow,
    frames: own.map(({ frame }) => frame.id),
    reused: own.flatMap(({ reused }) => reused),
    rearmed: own.flatMap(({ rearmed }) => rearmed),
  }
}

type Edits = ReadonlyMap<string, FlowDefinition>

/** Visits stand in the order of their starts, so that a step is planned before what runs below it. */
function planFrames(
  state: RunState,
  edited: Edits,
  choose: ChooseEngine,
): { readonly plans: readonly FramePlan[]; readonly discarded: ReadonlySet<string> } {
  const plans: FramePlan[] = []
  const discarded = new Set<string>()
  const left = new Set<StepState>()
  for (const frame of edited.size === 0 ? [] : state.frames.values()) {
    if (isDiscarded(state, frame, { left, discarded })) discarded.add(frame.id)
    const flow = definitionFor(state, frame, edited)
    if (flow === undefined || discarded.has(frame.id) || !canReopen(state, frame)) continue
    const plan = planFrame(frame, flow, { edited, choose })
    for (const step of plan.left) left.add(step)
    plans.push(plan)
  }
  return { plans, discarded }
}

/** What a visit goes on with, when an edit concerns it: its own flow, or one that a step of it has run. */
function definitionFor(state: RunState, frame: FrameState, edited: Edits): FlowDefinition | undefined {
  const isConcerned = frame.steps.some((step) => causeBelow(step, edited) !== undefined)
  return edited.get(frame.flowKey) ?? (isConcerned ? state.flows.get(frame.flowKey) : undefined)
}

const GOES_ON = 'its flow goes on'

/**
 * Why a step runs again whose flow is edited, or one below it. What it gave counts no longer, and it begins anew;
 * a visit that failed goes on itself, and the step with it.
 */
function causeBelow(step: StepState, edited: Edits): string | undefined {
  const executions: readonly Execution[] = [step, ...(step.map?.executions ?? [])]
  const ended = executions.flatMap(({ child }) => (child?.outcome === undefined ? [] : [child]))
  const concerned = ended.filter(
    (child) =>
      edited.has(child.flowKey) || child.steps.some((below) => causeBelow(below, edited) !== undefined),
  )
  if (concerned.length === 0) return undefined
  const isAnew = step.status === 'succeeded' || concerned.some(({ outcome }) => outcome !== 'failed')
  return isAnew ? 'its flow changed' : GOES_ON
}

/** Whether a visit belongs to a step that begins anew, with a visit of its own, or is gone. */
function isDiscarded(
  state: RunState,
  frame: FrameState,
  { left, discarded }: { readonly left: ReadonlySet<StepState>; readonly discarded: ReadonlySet<string> },
): boolean {
  if (frame.parent === undefined) return false
  const above = holderOf(state, frame.parent)
  return above?.child !== frame || left.has(above.step) || discarded.has(frame.parent.frame)
}

/** The execution that a visit was for, unless an edit has done away with it. */
function holderOf(state: RunState, { frame: id, stepId, item }: FrameParent): Execution | undefined {
  const frame = state.frames.get(id)
  const step = frame?.steps[frame.graph.byId.get(stepId)?.index ?? -1]
  return item === undefined ? step : step?.map?.byKey.get(item)
}

/** Open, or ended with nothing after it: the last visit of the run, or one below it that failed. */
function canReopen(state: RunState, frame: FrameState): boolean {
  if (frame.outcome === undefined) return true
  if (frame.parent === undefined) return state.journey.frame === frame
  if (frame.outcome !== 'failed') return false
  const parent = state.frames.get(frame.parent.frame)
  return parent !== undefined && canReopen(state, parent)
}

/** The steps above a failed visit, which have failed with it. */
function parentsOf(state: RunState, { parent, outcome }: FrameState): readonly string[] {
  if (parent === undefined || outcome === undefined) return []
  const step = stepOf(state, parent)
  return [`${parent.frame}/${step.place.id}`, ...parentsOf(state, step.frame)]
}

interface FramePlan {
  readonly frame: FrameState
  readonly flow: FlowDefinition
  readonly reused: readonly string[]
  readonly rearmed: readonly RevisedStep[]
  /** Steps that begin anew or are gone. */
  readonly left: readonly StepState[]
  readonly calledOff: readonly StepState[]
}

function planFrame(
  frame: FrameState,
  flow: FlowDefinition,
  { edited, choose }: { readonly edited: Edits; readonly choose: ChooseEngine },
): FramePlan {
  const graph = compileFlow(withInjected(flow, frame.injected))
  const known = new Map(frame.steps.map((step) => [step.place.id, step]))
  const causes = new Map<string, string>()
  for (const place of inOrder(graph)) {
    const step = known.get(place.id)
    const cause = step === undefined ? 'new' : causeOf({ step, place, graph, known, causes, edited, choose })
    if (cause !== undefined) causes.set(place.id, cause)
  }
  const begun = graph.steps.flatMap(({ id }) => known.get(id) ?? []).filter(hasBegun)
  const again = begun.filter(({ place }) => causes.has(place.id) && causes.get(place.id) !== GOES_ON)
  const kept = begun.filter(({ place, status }) => !causes.has(place.id) && status !== 'running')
  const left = [...again, ...frame.steps.filter(({ place }) => !graph.byId.has(place.id))]
  return {
    frame,
    flow,
    reused: kept.map(({ place }) => `${frame.id}/${place.id}`),
    rearmed: again.map(({ place: { id } }) => ({ frame: frame.id, stepId: id, cause: causes.get(id) ?? '' })),
    left,
    calledOff: left.filter(({ status }) => status === 'running'),
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
  readonly known: ReadonlyMap<string, StepState>
  readonly causes: ReadonlyMap<string, string>
  readonly edited: Edits
  readonly choose: ChooseEngine
}

/** Why a step runs again, or nothing: it is reused, or has not run yet. */
function causeOf(comparison: Comparison): string | undefined {
  const { step, place, graph, causes, edited, choose } = comparison
  if (!hasBegun(step) || staysSkipped(comparison)) return undefined
  if (digestStep(step.place.definition) !== digestStep(place.definition)) return 'definition changed'
  const below = causeBelow(step, edited)
  if (below !== undefined) return below
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

/** Whether steps that stay as they are keep one from running, whatever else runs again (rule F4). */
function staysSkipped({ step, place, graph, known, causes }: Comparison): boolean {
  if (step.status !== 'skipped') return false
  const rule = place.definition.triggerRule ?? 'all_success'
  const staying = ({ from }: Edge): StepState | undefined => {
    const source = known.get(graph.steps[from]?.id ?? '')
    return source === undefined || causes.has(source.place.id) ? undefined : source
  }
  const needs = place.incoming.filter(({ kind }) => kind === 'data').map((edge) => staying(edge)?.status)
  const routes = place.incoming.filter(({ kind }) => kind === 'route').map(staying)
  if (rule === 'all_success' && needs.includes('skipped')) return true
  if ((rule === 'all_success' || rule === 'none_failed') && needs.includes('failed')) return true
  if (routes.length === 0 || !sameSources(step, followedBy(step, place, graph))) return false
  return routes.every((source) => source !== undefined && isDeadEnd(source))
}

/** Whether a step took no route (rule F3). */
function isDeadEnd({ status, taken }: StepState): boolean {
  return (status === 'failed' || status === 'skipped') && taken === undefined
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
