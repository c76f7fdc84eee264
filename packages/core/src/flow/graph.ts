/**
 * The edges of a flow (rules F1 and F2) and its loops (rule L2), computed once per definition.
 * Tolerant of faulty flows, so that the linter can use it: an edge to an unknown step is left out.
 */
import type { FlowDefinition, StepDefinition } from './definition.ts'
import { findLoops, type Loop, type PlainEdge, reachable } from './loops.ts'
import type { Routing } from './routing.ts'

/** A flow as steps, edges and loops. */
export interface FlowGraph {
  readonly definition: FlowDefinition
  /** No step has `needs`: each step follows the one before it. */
  readonly isSequence: boolean
  readonly steps: readonly GraphStep[]
  readonly byId: ReadonlyMap<string, GraphStep>
  readonly edges: readonly Edge[]
  readonly loops: readonly Loop[]
}

/** A step with what leads to it and away from it. */
export interface GraphStep {
  readonly id: string
  /** 0-based place in the flow. */
  readonly index: number
  readonly definition: StepDefinition
  /** Starts by itself. */
  readonly isRoot: boolean
  readonly incoming: readonly Edge[]
  readonly outgoing: readonly Edge[]
  /** Where the step goes when its routing does not say otherwise: `next`, `default` or the successor. */
  readonly fallthrough: string | undefined
  /** Loops whose body holds the step, outermost first. */
  readonly loops: readonly Loop[]
  /** Loops that this step decides. */
  readonly decides: readonly Loop[]
  /** Steps that are canceled when this one starts (rule F5). */
  readonly losers: readonly GraphStep[]
}

/** A forward edge. */
export interface Edge {
  readonly id: number
  readonly kind: 'data' | 'route'
  readonly from: number
  readonly to: number
  /** Loops that hold `from` but not `to`: the edge is decided once all of them have exited (rule L4). */
  readonly guards: readonly Loop[]
}

const compiled = new WeakMap<FlowDefinition, FlowGraph>()

/** The graph of a definition; computed once for each definition object. */
export function compileFlow(definition: FlowDefinition): FlowGraph {
  const known = compiled.get(definition)
  if (known !== undefined) return known
  const graph = buildGraph(definition)
  compiled.set(definition, graph)
  return graph
}

function buildGraph(definition: FlowDefinition): FlowGraph {
  const { steps } = definition
  const isSequence = steps.every((step) => step.needs === undefined)
  const places = new Map(steps.map((step, index) => [step.id, index]))
  const { forward, back } = sortEdges(steps, places, isSequence)
  const loops = findLoops(steps, forward, back)
  const edges = forward.map(({ kind, from, to }, id) => {
    const guards = select(loops, (loop) => loop.holds.has(from) && !loop.holds.has(to))
    return { id, kind, from, to, guards }
  })
  const incoming = group(edges, 'to', steps.length)
  const outgoing = group(edges, 'from', steps.length)
  const graphSteps = steps.map((step, index) =>
    toGraphStep({
      step,
      index,
      isSequence,
      successor: isSequence ? steps[index + 1]?.id : undefined,
      incoming: incoming[index] ?? [],
      outgoing: outgoing[index] ?? [],
      loops,
    }),
  )
  addLosers(graphSteps)
  return { definition, isSequence, steps: graphSteps, byId: indexById(graphSteps), edges, loops }
}

function indexById(steps: readonly GraphStep[]): Map<string, GraphStep> {
  const byId = new Map<string, GraphStep>()
  for (const step of steps) if (!byId.has(step.id)) byId.set(step.id, step)
  return byId
}

function group(edges: readonly Edge[], end: 'from' | 'to', size: number): readonly (readonly Edge[])[] {
  const groups: Edge[][] = Array.from({ length: size }, () => [])
  for (const edge of edges) groups[edge[end]]?.push(edge)
  return groups
}

interface StepPlace {
  readonly step: StepDefinition
  readonly index: number
  readonly isSequence: boolean
  readonly successor: string | undefined
  readonly incoming: readonly Edge[]
  readonly outgoing: readonly Edge[]
  readonly loops: readonly Loop[]
}

function toGraphStep(place: StepPlace): GraphStep & { losers: GraphStep[] } {
  const { step, index, incoming, loops } = place
  const isEntry = index === 0 || (!place.isSequence && step.needs !== undefined && step.needs.length === 0)
  return {
    id: step.id,
    index,
    definition: step,
    isRoot: isEntry && incoming.length === 0,
    incoming,
    outgoing: place.outgoing,
    fallthrough: fallthroughOf(step, place.successor),
    loops: outermostFirst(select(loops, (loop) => loop.holds.has(index))),
    decides: select(loops, (loop) => loop.decision === index),
    losers: [],
  }
}

const NO_LOOPS: readonly Loop[] = []

/** Some of the loops; most flows have none, and share that. */
function select(loops: readonly Loop[], is: (loop: Loop) => boolean): readonly Loop[] {
  return loops.length === 0 ? NO_LOOPS : loops.filter(is)
}

function outermostFirst(loops: readonly Loop[]): readonly Loop[] {
  return loops.length < 2 ? loops : [...loops].sort((a, b) => b.body.length - a.body.length)
}

/** Where a step goes when its routing does not say otherwise. */
export function fallthroughOf(step: StepDefinition, successor: string | undefined): string | undefined {
  const { routing } = step
  if (routing === undefined || routing.kind === 'terminal') return successor
  if (routing.kind === 'branch') return routing.default ?? successor
  return routing.next ?? successor
}

/** Every step that a routing names, back edges of microloops aside. */
export function routeTargets(routing: Routing | undefined): readonly string[] {
  if (routing === undefined || routing.kind === 'terminal') return []
  if (routing.kind !== 'branch') return routing.next === undefined ? [] : [routing.next]
  const named = routing.cases.map((branchCase) => branchCase.next)
  return routing.default === undefined ? named : [...named, routing.default]
}

interface SortedEdges {
  readonly forward: readonly PlainEdge[]
  readonly back: readonly PlainEdge[]
}

/** Tells back edges from forward ones: a back edge points at its own step or at one that leads to it. */
function sortEdges(
  steps: readonly StepDefinition[],
  places: ReadonlyMap<string, number>,
  isSequence: boolean,
): SortedEdges {
  const forward = dataEdges(steps, places)
  const pointingBack: PlainEdge[] = []
  for (const edge of routeEdges(steps, places, isSequence)) {
    if (edge.to > edge.from) forward.push(edge)
    else pointingBack.push(edge)
  }
  const back: PlainEdge[] = []
  for (const edge of pointingBack) {
    const isBack = edge.to === edge.from || reachable(edge.to, forward, 'forward').has(edge.from)
    if (isBack) back.push(edge)
    else forward.push(edge)
  }
  return { forward, back }
}

function dataEdges(steps: readonly StepDefinition[], places: ReadonlyMap<string, number>): PlainEdge[] {
  const edges: PlainEdge[] = []
  for (const [to, { needs = [] }] of steps.entries()) {
    for (const need of new Set(needs)) {
      const from = places.get(need)
      if (from !== undefined) edges.push({ kind: 'data', from, to })
    }
  }
  return edges
}

function routeEdges(
  steps: readonly StepDefinition[],
  places: ReadonlyMap<string, number>,
  isSequence: boolean,
): PlainEdge[] {
  const edges: PlainEdge[] = []
  for (const [from, step] of steps.entries()) {
    for (const target of targetsOf(step, isSequence ? steps[from + 1]?.id : undefined)) {
      const to = places.get(target)
      if (to === undefined || isNeedAlready(step, steps[to])) continue
      edges.push({ kind: 'route', from, to })
    }
  }
  return edges
}

/** Where a step may go, each once. */
function targetsOf(step: StepDefinition, successor: string | undefined): Iterable<string> {
  const fallthrough = fallthroughOf(step, successor)
  const last = fallthrough === undefined ? [] : [fallthrough]
  return step.routing === undefined ? last : new Set([...routeTargets(step.routing), ...last])
}

/** A plain `next` onto a step that needs this one says nothing new (rule F2). */
function isNeedAlready(step: StepDefinition, target: StepDefinition | undefined): boolean {
  const chooses = step.routing?.kind === 'branch' || step.routing?.kind === 'microloop'
  return !chooses && (target?.needs ?? []).includes(step.id)
}

/** A loser is a step all of whose edges lead to the race, or to other losers of it (rule F5). */
function addLosers(steps: readonly (GraphStep & { losers: GraphStep[] })[]): void {
  for (const race of steps) {
    if (race.definition.losers !== 'cancel') continue
    const lost = new Set<number>([race.index])
    const queue = race.incoming.map((edge) => edge.from)
    for (const place of queue) {
      const candidate = steps[place]
      if (candidate === undefined || lost.has(place)) continue
      if (!candidate.outgoing.every((edge) => lost.has(edge.to))) continue
      lost.add(place)
      race.losers.push(candidate)
      queue.push(...candidate.incoming.map((edge) => edge.from))
    }
  }
}
