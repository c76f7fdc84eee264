/** Draws flows that pass the linter: what it refuses is mended once or twice, then drawn anew. */
import { SwarmError } from '../../../src/errors/swarm-error.ts'
import type { FlowIssue } from '../../../src/flow/issue.ts'
import { makeFlow } from '../make-flow.ts'
import type { Random } from '../random.ts'
import { PARAMS, type PlannedFlow, type PlannedStep } from '../scenario.ts'
import { drawGraph, drawSequence, nameOf } from './draw-edges.ts'
import { drawStep } from './draw-step.ts'

/** How often flows passed the linter. */
export interface DrawFigures {
  passed: number
  mended: number
  discarded: number
}

/** What a flow is drawn for. */
export interface FlowPlace {
  readonly key: string
  readonly most: number
  readonly children: readonly string[]
  readonly engines: readonly string[]
}

const MENDINGS = 3

/** Draws a flow. */
export function drawFlow(random: Random, place: FlowPlace, figures: DrawFigures): PlannedFlow {
  for (let again = 0; ; again += 1) {
    const drawn = drawOnce(random.fork(`${place.key} ${again}`), place)
    const mended = mend(drawn, figures)
    if (mended !== undefined) return mended
    figures.discarded += 1
  }
}

function drawOnce(random: Random, { key, most, children, engines }: FlowPlace): PlannedFlow {
  const count = random.between(1, most)
  const edges = random.chance(0.35) ? drawSequence(random, count) : drawGraph(random, count)
  const steps = edges.map(({ reads: upstream, ...own }, place): PlannedStep => {
    // Some look at a step that may still run beside them: what they see depends on the order.
    const aside = place > 0 && random.chance(0.04) ? [nameOf(random.int(place))] : []
    const reads = [...new Set([...aside, ...upstream])]
    const step = drawStep(random, { id: nameOf(place), flowKey: key, reads, children, engines })
    return { ...step, ...own }
  })
  const output = random.chance(0.15) ? { output: `$${nameOf(random.int(count))}.output` } : {}
  return { key, steps, ...output }
}

function mend(drawn: PlannedFlow, figures: DrawFigures): PlannedFlow | undefined {
  let flow = drawn
  for (let mendings = 0; mendings <= MENDINGS; mendings += 1) {
    const errors = errorsOf(flow)
    if (errors.length === 0) {
      if (mendings === 0) figures.passed += 1
      else figures.mended += 1
      return flow
    }
    flow = errors.reduce(takeAway, flow)
  }
  return undefined
}

/** What the linter refuses. */
export function errorsOf(flow: PlannedFlow): readonly FlowIssue[] {
  try {
    makeFlow(flow, () => null)
    return []
  } catch (error) {
    if (!SwarmError.is(error) || error.code !== 'flow_invalid') throw error
    // flow_invalid says so in its contract.
    return (error.details as readonly FlowIssue[]).filter(({ severity }) => severity === 'error')
  }
}

/** A flow without the field that an issue names. */
function takeAway(flow: PlannedFlow, { code, step: id, field = '' }: FlowIssue): PlannedFlow {
  return {
    ...flow,
    steps: flow.steps.map((step) => (step.id === id ? withoutFault(step, code, field) : step)),
  }
}

function withoutFault(step: PlannedStep, code: FlowIssue['code'], field: string): PlannedStep {
  const [name = ''] = field.split(/[.[]/)
  const isLost = code === 'no_way_in' || code === 'unreachable_step'
  if (isLost && step.routing?.kind !== 'terminal') {
    return plain(without({ ...step, needs: [] }, ['triggerRule', 'losers', 'when']))
  }
  if (code === 'rule_never_fires') return { ...without(step, ['losers']), triggerRule: 'all_done' }
  if (code === 'loop_mixed_race') return without(step, ['triggerRule', 'losers'])
  if (name === 'prompt' || name === 'items' || name === 'params') return plain(step)
  return without(step, [name])
}

/** A step that reads nothing. */
function plain(step: PlannedStep): PlannedStep {
  if (step.kind === 'map') return { ...step, items: 'params.list' }
  if (step.kind === 'flow') return { ...step, params: PARAMS }
  return step.kind === 'agent' || step.kind === 'approval' ? { ...step, prompt: 'Do it' } : step
}

function without(step: PlannedStep, names: readonly string[]): PlannedStep {
  // Only fields that a step can do without are named.
  return Object.fromEntries(
    Object.entries(step).filter(([name]) => !names.includes(name)),
  ) as unknown as PlannedStep
}
