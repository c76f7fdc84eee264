import type { FlowGraph } from './graph.ts'

/** The steps of a flow in the order of their edges. */
export interface StepOrder {
  /** Places that no cycle keeps back, each after everything that leads to it. */
  readonly order: readonly number[]
  /** Cycles of edges that no loop explains, each as its places in order; disjoint. */
  readonly cycles: readonly (readonly number[])[]
}

/** Sorts the steps by their edges. Takes time linear in the edges, cycles aside. */
export function orderSteps(graph: FlowGraph): StepOrder {
  const left = new Set(graph.steps.keys())
  const order = trim(left, graph, 'forward')
  const cycles: (readonly number[])[] = []
  for (;;) {
    if (left.size > 0) trim(left, graph, 'backward')
    const [start] = left
    if (start === undefined) return { order, cycles }
    const cycle = walk(start, left, graph)
    cycles.push(cycle)
    for (const place of cycle) left.delete(place)
    trim(left, graph, 'forward')
  }
}

/** Takes away, again and again, the places to which (or, backward, from which) no edge leads. */
function trim(left: Set<number>, graph: FlowGraph, direction: 'forward' | 'backward'): readonly number[] {
  const after = direction === 'forward' ? 'to' : 'from'
  const open = new Array<number>(graph.steps.length).fill(0)
  for (const edge of graph.edges) {
    if (left.has(edge.from) && left.has(edge.to)) open[edge[after]] = (open[edge[after]] ?? 0) + 1
  }
  const free = [...left].filter((place) => open[place] === 0)
  for (const place of free) {
    left.delete(place)
    const step = graph.steps[place]
    for (const edge of (direction === 'forward' ? step?.outgoing : step?.incoming) ?? []) {
      const next = edge[after]
      if (!left.has(next)) continue
      const count = (open[next] ?? 0) - 1
      open[next] = count
      if (count === 0) free.push(next)
    }
  }
  return free
}

/** Follows edges among places that all have one, until it meets itself. */
function walk(start: number, left: ReadonlySet<number>, graph: FlowGraph): readonly number[] {
  const path: number[] = []
  const seen = new Map<number, number>()
  let place: number | undefined = start
  while (place !== undefined && !seen.has(place)) {
    seen.set(place, path.length)
    path.push(place)
    place = graph.steps[place]?.outgoing.find(({ to }) => left.has(to))?.to
  }
  const cycle = path.slice(place === undefined ? 0 : seen.get(place))
  const first = cycle.indexOf(Math.min(...cycle))
  return [...cycle.slice(first), ...cycle.slice(0, first)]
}
