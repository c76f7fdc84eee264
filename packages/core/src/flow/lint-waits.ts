/** Loops that wait for each other: neither could ever exit (rules L4 and L5). */
import type { FlowGraph } from './graph.ts'
import type { Lint } from './lint-finding.ts'
import type { Loop } from './loops.ts'

/** One step waits for another. */
interface Wait {
  readonly from: number
  readonly to: number
}

/**
 * Reports `loops_entangled` where a step of each of two loops leads into the other. A step outside sees a step
 * of a loop only when the loop has exited, so it waits for the decision of the loop as well.
 */
export function lintWaits({ graph, report }: Lint): void {
  if (graph.loops.length === 0) return
  const plain = graph.edges
  // A circle of edges is told of as `cycle`.
  if (stuck(graph.steps.length, plain).size > 0) return
  const forExits = plain.flatMap(({ guards, to }) => guards.map((loop) => ({ from: loop.decision, to })))
  const caught = stuck(graph.steps.length, [...plain, ...forExits])
  const loop = graph.loops.find(({ decision }) => caught.has(decision))
  if (loop === undefined) return
  const others = graph.loops.filter((other) => other !== loop && caught.has(other.decision))
  const named = others.map((other) => `"${nameOf(graph, other)}"`).join(', ')
  const text = `loops in "${nameOf(graph, loop)}", which waits for the exit of ${named}, which waits for its own. Let only one of them need the other.`
  report({ code: 'loops_entangled', step: loop.decision, field: 'routing', text })
}

/** The steps that are never reached when each waits for all before it. */
function stuck(size: number, waits: readonly Wait[]): ReadonlySet<number> {
  const left = new Set(Array.from({ length: size }, (_, place) => place))
  const counts = new Map<number, number>()
  const followers = new Map<number, number[]>()
  for (const { from, to } of waits) {
    counts.set(to, (counts.get(to) ?? 0) + 1)
    followers.set(from, [...(followers.get(from) ?? []), to])
  }
  const free = [...left].filter((place) => !counts.has(place))
  for (const place of free) {
    left.delete(place)
    for (const next of followers.get(place) ?? []) {
      const count = (counts.get(next) ?? 0) - 1
      counts.set(next, count)
      if (count === 0) free.push(next)
    }
  }
  return left
}

function nameOf({ steps }: FlowGraph, { target, decision }: Loop): string {
  return `${steps[target]?.id} to ${steps[decision]?.id}`
}
