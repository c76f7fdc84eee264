/** My job: the bounds of rule X2 that are computed from the flow itself. */
import type { FlowGraph } from '../flow/graph.ts'
import type { FrameState, RunState } from './state.ts'

const EXECUTIONS_PER_STEP = 10

/** The budget of step executions that a visit has used up, or `undefined` while some is left. */
export function exhaustedBudget(state: RunState, frame: FrameState): number | undefined {
  const budget =
    state.limits.stepExecutions ?? frame.graph.definition.limits?.stepExecutions ?? defaultBudget(frame.graph)
  return frame.executions >= budget ? budget : undefined
}

const budgets = new WeakMap<FlowGraph, number>()

/** The larger of steps × 10 and what the loop bounds allow: each step as often as its loops re-arm it. */
function defaultBudget(graph: FlowGraph): number {
  const known = budgets.get(graph)
  if (known !== undefined) return known
  const allowed = graph.steps.reduce(
    (sum, step) => sum + step.loops.reduce((times, loop) => times * (1 + loop.maxIterations), 1),
    0,
  )
  const budget = Math.max(graph.steps.length * EXECUTIONS_PER_STEP, allowed)
  budgets.set(graph, budget)
  return budget
}
