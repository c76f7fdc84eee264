import { compileFlow } from '../../../src/flow/graph.ts'
import { makeFlow } from '../make-flow.ts'
import type { PlannedFlow, PlannedStep } from '../scenario.ts'

const ITEMS = 4
const DEEPEST = 4

/** How many executions a flow can take at most, those of its children and items included. */
export function executionsOf(key: string, flows: readonly PlannedFlow[], depth = 0): number {
  const flow = flows.find((one) => one.key === key)
  if (flow === undefined || depth > DEEPEST) return 0
  const graph = compileFlow(makeFlow(flow, () => null))
  return flow.steps.reduce((sum, step) => {
    const loops = graph.byId.get(step.id)?.loops ?? []
    const times = loops.reduce((product, { maxIterations }) => product * (1 + maxIterations), 1)
    return sum + times * executionsOfStep(step, flows, depth)
  }, 0)
}

function executionsOfStep(step: PlannedStep, flows: readonly PlannedFlow[], depth: number): number {
  const inner = step.kind === 'map' ? step.step : step
  const each = inner.kind === 'flow' ? 1 + executionsOf(inner.flow, flows, depth + 1) : 1
  return step.kind === 'map' ? 1 + ITEMS * each : each
}
