/** Loops (rules L2 to L5). */
import { type FlowGraph, type GraphStep, routeTargets } from './graph.ts'
import type { Lint } from './lint-finding.ts'
import { lintWaits } from './lint-waits.ts'
import type { Loop } from './loops.ts'

/** Reports the `loop_…` codes and `loops_entangled`. */
export function lintLoops(lint: Lint): void {
  for (const step of lint.graph.steps) {
    lintExit(step, lint)
    lintBound(step, lint)
  }
  const loops = lint.graph.loops.filter((loop) => lintTarget(loop, lint))
  for (const loop of loops) {
    lintEntries(loop, lint)
    lintRaces(loop, lint)
  }
  if (!lintEntangled(loops, lint)) lintWaits(lint)
}

/** A plain `next` that points back has no bound; graph.ts makes no edge of it. */
function lintExit(step: GraphStep, { graph, report }: Lint): void {
  const { routing } = step.definition
  if (routing === undefined || routing.kind === 'branch') return
  for (const id of routeTargets(routing)) {
    const target = graph.byId.get(id)
    if (target === undefined || target.index > step.index) continue
    const isEdge = step.outgoing.some(({ to }) => to === target.index)
    if (isEdge || target.definition.needs?.includes(step.id)) continue
    const text = `goes back to "${id}" without a bound. Make it the loop target of a microloop, or a case of a branch.`
    report({ code: 'loop_no_exit', step: step.index, field: 'routing.next', text })
  }
}

/** A branch that points nowhere back has nothing to bound. */
function lintBound({ index, definition: { routing }, decides }: GraphStep, { report, isUnsure }: Lint): void {
  if (routing?.kind !== 'branch' || routing.maxIterations === undefined) return
  if (decides.length > 0 || isUnsure(index)) return
  const text = 'bounds its iterations, which has no use because no case of its branch points back.'
  report({ code: 'field_not_applicable', step: index, field: 'routing.maxIterations', text })
}

function lintTarget(loop: Loop, { graph, report }: Lint): boolean {
  if (loop.body.length > 0) return true
  const text = `loops back to "${idOf(graph, loop.target)}", from where nothing leads to it. Choose a step upstream of it.`
  report({ code: 'loop_target_not_upstream', step: loop.decision, field: 'routing.loopTarget', text })
  return false
}

function lintEntries(loop: Loop, { graph, report }: Lint): void {
  for (const place of loop.body) {
    if (place === loop.target) continue
    for (const { kind, from } of graph.steps[place]?.incoming ?? []) {
      if (kind === 'data' || loop.holds.has(from)) continue
      const target = idOf(graph, loop.target)
      const text = `routes to "${idOf(graph, place)}", past the target of the loop ${nameOf(graph, loop)}. Route to "${target}" instead.`
      report({ code: 'loop_side_entry', step: from, field: 'routing', text })
    }
  }
}

function lintRaces(loop: Loop, { graph, report }: Lint): void {
  const racing = new Set(loop.body.flatMap((place) => graph.steps[place]?.outgoing.map(({ to }) => to) ?? []))
  for (const place of racing) {
    const step = graph.steps[place]
    if (step?.definition.triggerRule !== 'one_success') continue
    const outsider = step.incoming.find(({ kind, from }) => kind === 'data' && !loop.holds.has(from))
    const insider = step.incoming.find(({ kind, from }) => kind === 'data' && loop.holds.has(from))
    if (outsider === undefined || insider === undefined) continue
    const pair = `"${idOf(graph, insider.from)}" of the loop ${nameOf(graph, loop)} against "${idOf(graph, outsider.from)}" outside of it`
    const text = `races ${pair}. Race what comes out of the loop, in a child flow if need be.`
    report({ code: 'loop_mixed_race', step: place, field: 'needs', text })
  }
}

/** Whether loops cross. */
function lintEntangled(loops: readonly Loop[], { graph, report }: Lint): boolean {
  let isEntangled = false
  for (const [index, loop] of loops.entries()) {
    const other = loops.slice(0, index).find((earlier) => areEntangled(earlier, loop))
    if (other === undefined) continue
    isEntangled = true
    const text = `loops across the loop ${nameOf(graph, other)}: each holds a part of the other, so that each waits for the other to exit. Nest them.`
    report({ code: 'loops_entangled', step: loop.decision, field: 'routing', text })
  }
  return isEntangled
}

function areEntangled(a: Loop, b: Loop): boolean {
  const shared = a.body.filter((place) => b.holds.has(place)).length
  return shared > 0 && shared < a.body.length && shared < b.body.length
}

function nameOf(graph: FlowGraph, { target, decision }: Loop): string {
  return `"${idOf(graph, target)}" to "${idOf(graph, decision)}"`
}

function idOf(graph: FlowGraph, place: number): string {
  return graph.steps[place]?.id ?? '?'
}
