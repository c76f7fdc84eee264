import type { StepDefinition } from './definition.ts'

/** A decision step, a target upstream of it, and every step on a forward path between them. */
export interface Loop {
  /** `decision:target`, as in the sources. @source A7.2 */
  readonly key: string
  readonly kind: 'microloop' | 'branch'
  readonly decision: number
  readonly target: number
  /** Indices in declared order; empty when the target is not upstream. */
  readonly body: readonly number[]
  readonly holds: ReadonlySet<number>
  /** Re-arms allowed. */
  readonly maxIterations: number
}

/** An edge between places, before it is part of a graph. */
export interface PlainEdge {
  readonly kind: 'data' | 'route'
  readonly from: number
  readonly to: number
}

const DEFAULT_MAX_ITERATIONS = 3

/** Every loop of a flow: one for each microloop and one for each target that a branch points back to. */
export function findLoops(
  steps: readonly StepDefinition[],
  forward: readonly PlainEdge[],
  back: readonly PlainEdge[],
): readonly Loop[] {
  return [...microloops(steps, forward), ...branchLoops(steps, forward, back)]
}

function microloops(steps: readonly StepDefinition[], forward: readonly PlainEdge[]): Loop[] {
  return steps.flatMap((step, decision) => {
    if (step.routing?.kind !== 'microloop') return []
    const { loopTarget, maxIterations } = step.routing
    const target = steps.findIndex((candidate) => candidate.id === loopTarget)
    if (target < 0) return []
    return [toLoop('microloop', { steps, forward, decision, target }, maxIterations)]
  })
}

function branchLoops(
  steps: readonly StepDefinition[],
  forward: readonly PlainEdge[],
  back: readonly PlainEdge[],
): Loop[] {
  return back.flatMap(({ from: decision, to: target }) => {
    const routing = steps[decision]?.routing
    if (routing?.kind !== 'branch') return []
    return [toLoop('branch', { steps, forward, decision, target }, routing.maxIterations)]
  })
}

interface LoopPlace {
  readonly steps: readonly StepDefinition[]
  readonly forward: readonly PlainEdge[]
  readonly decision: number
  readonly target: number
}

function toLoop(kind: Loop['kind'], place: LoopPlace, maxIterations = DEFAULT_MAX_ITERATIONS): Loop {
  const { steps, decision, target } = place
  const body = bodyOf(place)
  return {
    key: `${steps[decision]?.id}:${steps[target]?.id}`,
    kind,
    decision,
    target,
    body,
    holds: new Set(body),
    maxIterations,
  }
}

function bodyOf({ forward, decision, target }: LoopPlace): readonly number[] {
  const downstream = reachable(target, forward, 'forward')
  if (!downstream.has(decision)) return []
  const upstream = reachable(decision, forward, 'backward')
  return [...downstream].filter((place) => upstream.has(place)).sort((a, b) => a - b)
}

/** Every place that can be reached from one along edges, itself included. */
export function reachable(
  start: number,
  edges: readonly PlainEdge[],
  direction: 'forward' | 'backward',
): Set<number> {
  const neighbours = new Map<number, number[]>()
  for (const edge of edges) {
    const [from, to] = direction === 'forward' ? [edge.from, edge.to] : [edge.to, edge.from]
    const list = neighbours.get(from)
    if (list === undefined) neighbours.set(from, [to])
    else list.push(to)
  }
  const seen = new Set([start])
  for (const place of seen) for (const next of neighbours.get(place) ?? []) seen.add(next)
  return seen
}
