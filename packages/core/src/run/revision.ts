/**
 * My job: what an edited flow keeps and what it runs again (rule S6).
 *
 * Invariants:
 * 1. A step is reused only if its content key, computed from the new definition, is the recorded one.
 * 2. What follows a step that runs again runs again too.
 */
import type { RevisedStep } from '../events/flow-events.ts'
import type { FlowDefinition } from '../flow/definition.ts'
import { compileFlow, type FlowGraph, type GraphStep } from '../flow/graph.ts'
import { contentKeyOf } from './content-key.ts'
import { withInjected } from './graph-change.ts'
import { type FrameState, isSettled, type RunState, type StepState } from './state.ts'

/** What becomes of the visits of an edited flow. */
export interface Revision {
  readonly flow: FlowDefinition
  readonly frames: readonly string[]
  readonly reused: readonly string[]
  readonly rearmed: readonly RevisedStep[]
  /** Steps of other flows that wait for a visit that opens again, as `frame/step`. */
  readonly parents: readonly string[]
}

/** Tells the engine and the model that an execution would use now. */
export type ChooseEngine = (
  step: StepState,
  flow: FlowDefinition,
) => {
  readonly id: string | undefined
  readonly model: string | undefined
}

/** Plans what a new definition does to the visits that are open or that failed last. */
export function planRevision(state: RunState, flow: FlowDefinition, choose: ChooseEngine): Revision {
  const frames = [...state.frames.values()].filter(
    (frame) => frame.flowKey === flow.key && canReopen(state, frame),
  )
  const plans = frames.map((frame) =>
    planFrame(frame, compileFlow(withInjected(flow, frame.injected)), choose),
  )
  return {
    flow,
    frames: frames.map((frame) => frame.id),
    reused: plans.flatMap((plan) => plan.reused),
    rearmed: plans.flatMap((plan) => plan.rearmed),
    parents: frames.flatMap((frame) => parentsOf(state, frame)),
  }
}

/** Open, or failed with nothing after it: the last visit of the run, or one below it. */
function canReopen(state: RunState, frame: FrameState): boolean {
  if (frame.outcome === undefined) return true
  if (frame.outcome !== 'failed') return false
  if (frame.parent === undefined) return state.journey.frame === frame
  const parent = state.frames.get(frame.parent.frame)
  return parent !== undefined && canReopen(state, parent)
}

/** The steps above a failed visit, which have failed with it. */
function parentsOf(state: RunState, frame: FrameState): readonly string[] {
  const { parent } = frame
  const above = parent === undefined ? undefined : state.frames.get(parent.frame)
  if (parent === undefined || above === undefined || frame.outcome === undefined) return []
  return [`${parent.frame}/${parent.stepId}`, ...parentsOf(state, above)]
}

interface FramePlan {
  readonly reused: readonly string[]
  readonly rearmed: readonly RevisedStep[]
}

function planFrame(frame: FrameState, graph: FlowGraph, choose: ChooseEngine): FramePlan {
  const known = new Map(frame.steps.map((step) => [step.place.id, step]))
  const causes = new Map<string, string>()
  for (const place of inOrder(graph)) {
    const step = known.get(place.id)
    const cause = step === undefined ? 'new' : causeOf({ step, place, graph, causes, choose })
    if (cause !== undefined) causes.set(place.id, cause)
  }
  const settled = graph.steps.filter((place) => isSettled(known.get(place.id)?.status ?? 'pending'))
  return {
    reused: settled.filter(({ id }) => !causes.has(id)).map(({ id }) => `${frame.id}/${id}`),
    rearmed: settled.flatMap(({ id }) => {
      const cause = causes.get(id)
      return cause === undefined ? [] : [{ frame: frame.id, stepId: id, cause }]
    }),
  }
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
  if (!isSettled(step.status)) return undefined
  if (step.place.digest !== place.digest) return 'definition changed'
  const sources = place.incoming.map((edge) => graph.steps[edge.from]?.id ?? '')
  const changed = sources.find((id) => causes.has(id))
  if (changed !== undefined) return `"${changed}" runs again`
  if (step.status !== 'succeeded' || step.result === undefined) {
    return sameSources(step, sources) ? undefined : 'its edges changed'
  }
  const { id, model } = choose(step, graph.definition)
  const isCall = step.engine !== undefined
  const inputs = {
    engine: isCall ? id : undefined,
    model: isCall ? model : undefined,
    inputDigests: step.inputDigests,
  }
  const key = contentKeyOf(step, inputs, sources)
  return key === step.result.contentKey ? undefined : 'engine, model or edges changed'
}

function sameSources({ place, frame }: StepState, sources: readonly string[]): boolean {
  const before = place.incoming.map((edge) => frame.steps[edge.from]?.place.id ?? '')
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
