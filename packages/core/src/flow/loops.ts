import type { StepDefinition } from './definition.ts'
import { type Loop, type PlainEdge, reachable } from './graph.ts'

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
