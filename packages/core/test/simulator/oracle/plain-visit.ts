/** Where every step of a visit stands, read off the journal one event at a time. */
import type { FlowEnd } from '../../../src/events/flow-events.ts'
import type { JsonObject, JsonValue } from '../../../src/flow/json.ts'
import type { PlainEdge, PlainGraph, PlainLoop } from './plain-graph.ts'

/** How a visit ends. */
export type PlainOutcome = FlowEnd['status']

/** Something that is tried until it is over: a step, or an item of a map. */
export interface PlainExecution {
  status: 'pending' | 'running' | 'retrying' | 'ended' | 'succeeded' | 'failed' | 'skipped'
  /** Why it was skipped. */
  reason: string | undefined
  /** Attempts that failed and were tried again; those that were cut off do not count. */
  retries: number
  /** The last attempt failed at this time, and none begins before the other. */
  pause: { readonly from: number; readonly until: number } | undefined
}

/** Where one step stands. */
export interface PlainStep extends PlainExecution {
  readonly id: string
  iteration: number
  /** The step that it went on to. */
  taken: string | undefined
  verdict: string | undefined
  data: JsonValue | undefined
  /** A field that it gave may lie in an artifact, where no decision looks. */
  isWithheld: boolean
  help: boolean | undefined
  isChecked: boolean
  /** Its loop was ended by a limit that its visit had reached. */
  isHeldUp: boolean
  /** Its race was won while its routing was due. */
  isLate: boolean
  /** Its child, or one of an item's, ended partial. */
  isBlemished: boolean
  /** Items by key, once they are known. */
  items: ReadonlyMap<string, PlainExecution> | undefined
}

/** One visit of a flow. */
export interface PlainVisit {
  readonly id: string
  readonly graph: PlainGraph
  readonly params: JsonObject
  readonly steps: ReadonlyMap<string, PlainStep>
  /** The visit and the step that wait for it. */
  readonly parent: { readonly visit: PlainVisit; readonly step: PlainStep } | undefined
  /** Steps out of the range of the request. */
  readonly outside: Set<string>
  /** Edges that say nothing: their sources were out of range when their targets began to wait. */
  readonly cut: Set<PlainEdge>
  /** Re-arms of each loop since it was last entered. */
  readonly counts: Map<string, number>
  /** Why nothing new starts. */
  closed: string | undefined
  /** Its time, or that of the run, is over: that may come on top of another reason. */
  isOutOfTime: boolean
  /** So it is, or what its calls may take is used up. */
  isOverBudget: boolean
  /** What is used up is the run's own: nothing follows this visit. */
  isLast: boolean
  isFailed: boolean
  /** For each race: the needs whose success was seen first. */
  readonly winners: Map<string, readonly string[]>
  /** Losers that must be skipped before anything else starts. */
  readonly doomed: Set<string>
  outcome: PlainOutcome | undefined
}

/** Nothing has been tried. */
export function createPlainExecution(): PlainExecution {
  return { status: 'pending', reason: undefined, retries: 0, pause: undefined }
}

/** A step that nothing has happened to in this iteration. */
export function createPlainStep(id: string, iteration = 1): PlainStep {
  return {
    ...createPlainExecution(),
    id,
    iteration,
    taken: undefined,
    verdict: undefined,
    data: undefined,
    isWithheld: false,
    help: undefined,
    isChecked: false,
    isHeldUp: false,
    isLate: false,
    isBlemished: false,
    items: undefined,
  }
}

/** A visit that has just begun. */
export function createPlainVisit({
  id,
  graph,
  params,
  parent,
}: Pick<PlainVisit, 'id' | 'graph' | 'params' | 'parent'>): PlainVisit {
  return {
    id,
    graph,
    params,
    parent,
    steps: new Map([...graph.steps.keys()].map((step) => [step, createPlainStep(step)])),
    outside: new Set(),
    cut: new Set(),
    counts: new Map(),
    closed: undefined,
    isOutOfTime: false,
    isOverBudget: false,
    isLast: false,
    isFailed: false,
    winners: new Map(),
    doomed: new Set(),
    outcome: undefined,
  }
}

/** The step of a visit. */
export function stepIn({ steps, id }: PlainVisit, name: string): PlainStep {
  const step = steps.get(name)
  if (step === undefined) throw new Error(`Visit ${id} has no step "${name}"`)
  return step
}

/** Whether a status is final for the iteration. */
export function isOver({ status }: PlainExecution): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'skipped'
}

/** Whether something has begun and is not over. */
export function isUnderWay({ status }: PlainExecution): boolean {
  return status === 'running' || status === 'retrying' || status === 'ended'
}

/** A member of what a step gave as data. */
export function memberOf({ data }: PlainStep, name: string): JsonValue | undefined {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined
  // Array.isArray does not narrow readonly arrays.
  return (data as JsonObject)[name]
}

/** The source of an edge, if its target may see how it settled (rules F3 and L4). */
export function seen(visit: PlainVisit, { from, to }: PlainEdge): PlainStep | undefined {
  const source = stepIn(visit, from)
  const between = visit.graph.loops.filter(({ body }) => body.has(from) && !body.has(to))
  const isSeen = isOver(source) && between.every(({ decision }) => isOver(stepIn(visit, decision)))
  return isSeen ? source : undefined
}

/** Edges of one kind into a step that say something. */
export function edgesInto(
  { graph, cut }: PlainVisit,
  to: string,
  kind: PlainEdge['kind'],
): readonly PlainEdge[] {
  return graph.edges.filter((edge) => edge.to === to && edge.kind === kind && !cut.has(edge))
}

/** Loops that a step decides. */
export function loopsOf({ graph }: PlainVisit, decision: string): readonly PlainLoop[] {
  return graph.loops.filter((loop) => loop.decision === decision)
}
