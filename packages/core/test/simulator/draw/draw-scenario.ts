/** Draws everything that a seed stands for. */
import type { FlowTransition } from '../../../src/flow/definition.ts'
import type { SlotPolicy } from '../../../src/orchestrator/options.ts'
import { createRandom, type Random } from '../random.ts'
import {
  type Behaviour,
  behaviourKey,
  ENGINES,
  type Fault,
  PARAMS,
  type PlannedFlow,
  type Scenario,
} from '../scenario.ts'
import { drawBehaviour } from './draw-behaviour.ts'
import { type DrawFigures, drawFlow } from './draw-flow.ts'
import { drawMoney } from './draw-money.ts'
import { executionsOf } from './size.ts'

const MOST_EXECUTIONS = 120

/** Draws the scenario of a seed. */
export function drawScenario(seed: number, figures: DrawFigures): Scenario {
  const root = createRandom(seed)
  for (let again = 0; ; again += 1) {
    const random = root.fork(`scenario ${again}`)
    const flows = drawFlows(random.fork('flows'), figures)
    const executions = flows.main.reduce((sum, { key }) => sum + executionsOf(key, flows.all), 0)
    if (executions <= MOST_EXECUTIONS) return toScenario(random, flows)
  }
}

interface DrawnFlows {
  readonly main: readonly PlannedFlow[]
  readonly all: readonly PlannedFlow[]
}

function drawFlows(random: Random, figures: DrawFigures): DrawnFlows {
  const children: PlannedFlow[] = []
  for (
    let index = random.weighted({ '-1': 55, 0: 25, 1: 12, 3: 8 }), left = Number(index);
    left >= 0;
    left -= 1
  ) {
    const key = `c${children.length}`
    const known = children.map((child) => child.key)
    const own = random.chance(0.08) ? [...known, key] : known
    children.push(drawFlow(random.fork(key), { key, most: 3, children: own, engines: ENGINES }, figures))
  }
  const keys = children.map(({ key }) => key)
  const count = Number(random.weighted({ 1: 78, 2: 16, 3: 6 }))
  const main = Array.from({ length: count }, (_, index) => {
    const key = `f${index}`
    const most = count === 1 ? 9 : 5
    return drawFlow(random.fork(key), { key, most, children: keys, engines: ENGINES }, figures)
  })
  const routed = count === 1 && random.chance(0.9) ? main : main.map((flow) => drawMacro(random, flow, count))
  return { main: routed, all: [...routed, ...children] }
}

function drawMacro(random: Random, flow: PlannedFlow, count: number): PlannedFlow {
  const to = (): FlowTransition => ({ nextFlow: `f${random.int(count)}` })
  return {
    ...flow,
    ...(random.chance(0.35) ? { onComplete: to() } : {}),
    ...(random.chance(0.35) ? { onFailure: to() } : {}),
  }
}

function toScenario(random: Random, { main, all }: DrawnFlows): Scenario {
  const scenario: Scenario = {
    flows: all,
    behaviours: drawBehaviours(random.fork('behaviours'), all),
    request: drawRequest(random.fork('request'), main),
    host: drawHost(random.fork('host')),
    faults: drawFaults(random.fork('faults')),
  }
  return drawMoney(random.fork('money'), scenario)
}

function drawBehaviours(random: Random, flows: readonly PlannedFlow[]): Record<string, Behaviour> {
  return Object.fromEntries(
    flows.flatMap(({ key, steps }) =>
      steps.map((step) => [behaviourKey(key, step.id), drawBehaviour(random, step)] as const),
    ),
  )
}

function drawRequest(random: Random, main: readonly PlannedFlow[]): Scenario['request'] {
  const first = main[0]?.steps ?? []
  const last = main.at(-1)?.steps ?? []
  const startStep = random.chance(0.05) ? { startStep: random.pick(first).id } : {}
  const endStep = main.length > 1 && random.chance(0.1) ? { endStep: random.pick(last).id } : {}
  const limits = random.chance(0.1) ? { limits: drawLimits(random) } : {}
  return {
    flows: main.map(({ key }) => key),
    follow: random.chance(0.3) ? 'macro' : 'list',
    params: PARAMS,
    ...startStep,
    ...endStep,
    ...limits,
  }
}

function drawLimits(random: Random): NonNullable<Scenario['request']['limits']> {
  return random.pick([
    { depth: random.between(1, 2) },
    { stepExecutions: random.between(1, 6) },
    { flowVisits: random.between(1, 3) },
    { visitsPerFlow: 1 },
    { durationMs: random.pick([1_000, 10_000, 100_000]) },
  ])
}

function drawHost(random: Random): Scenario['host'] {
  return {
    ...(random.chance(0.25) ? { slots: drawSlots(random) } : {}),
    slowDisk: random.chance(0.4),
    eager: random.chance(0.15),
    door: random.weighted({ start: 50, execute: 30, stream: 20 }),
  }
}

function drawSlots(random: Random): SlotPolicy {
  return {
    ...(random.chance(0.6) ? { perRun: random.between(1, 3) } : {}),
    ...(random.chance(0.4) ? { perEngine: { one: 1, two: 2 } } : {}),
    ...(random.chance(0.15) ? { rates: { one: { calls: 1, perMs: 1_000 } } } : {}),
  }
}

function drawFaults(random: Random): readonly Fault[] {
  // Five deaths at most: after more at one address a step is given up (rule S5).
  const count = Number(random.weighted({ 1: 45, 2: 28, 3: 18, 5: 9 }))
  return Array.from({ length: count }, () => {
    const kind = random.weighted<Fault['kind']>({
      'kill-before': 15,
      'kill-after': 15,
      'kill-torn': 20,
      'fail-before': 5,
      'fail-after': 5,
      'fail-torn': 5,
      kill: 10,
      stop: 8,
      pause: 8,
      cancel: 2,
      leave: 3,
      takeover: 3,
      'clock-back': 4,
      'clock-forward': 4,
      'deliver-again': 3,
    })
    return { kind, at: random.between(1, random.pick([8, 20, 50])) }
  })
}
