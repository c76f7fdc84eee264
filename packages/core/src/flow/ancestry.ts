import type { FlowGraph } from './graph.ts'

/** Answers which steps are upstream of which. */
export interface Ancestry {
  /** Whether forward edges lead from one place to another, other than by standing still. */
  leadsTo(from: number, to: number): boolean
}

/** How far back a producer is looked for before everything downstream of it is worked out. */
const NEAR = 64

/** Ancestry of a graph. Most steps read what stands close before them: only the far producers cost a walk. */
export function createAncestry(graph: FlowGraph): Ancestry {
  const downstream = new Map<number, ReadonlySet<number>>()
  const downstreamOf = (from: number): ReadonlySet<number> => {
    const known = downstream.get(from) ?? new Set(walk(graph, from, 'outgoing'))
    downstream.set(from, known)
    return known
  }
  return { leadsTo: (from, to) => isNear(graph, from, to) || downstreamOf(from).has(to) }
}

function isNear(graph: FlowGraph, from: number, to: number): boolean {
  let left = NEAR
  for (const place of walk(graph, to, 'incoming')) {
    if (place === from) return true
    if (--left === 0) return false
  }
  return false
}

/** The places that edges lead to, or from, the nearest first. */
function* walk(graph: FlowGraph, start: number, along: 'incoming' | 'outgoing'): Generator<number> {
  const found = new Set<number>()
  const queue = [start]
  for (const place of queue) {
    for (const edge of graph.steps[place]?.[along] ?? []) {
      const next = along === 'incoming' ? edge.from : edge.to
      if (found.has(next)) continue
      found.add(next)
      queue.push(next)
      yield next
    }
  }
}
