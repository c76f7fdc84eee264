/**
 * Draws what calls take and what they may take: budgets at every place that can have one, bills, quotas, accounts
 * (rules B1 and B3). It is laid over a scenario that was drawn without, so that most seeds stay what they were.
 *
 * Invariant: amounts are eighths, which have no error in binary, however they are added.
 */
import type { Budget } from '../../../src/flow/budget.ts'
import type { Random } from '../random.ts'
import {
  type Behaviour,
  type Bill,
  behaviourKey,
  ENGINES,
  type PlannedFlow,
  type PlannedStep,
  type Scenario,
  type Trouble,
} from '../scenario.ts'

const MONEYED = 0.35

/** A scenario in which calls take something, now and then; any other one as it was. */
export function drawMoney(random: Random, scenario: Scenario): Scenario {
  if (!random.chance(MONEYED)) return scenario
  const budget = random.chance(0.6) ? { budget: drawBudget(random, RUN) } : {}
  const flows = scenario.flows.map((flow) => drawFlowBudgets(random, flow))
  return {
    ...scenario,
    flows,
    request: { ...scenario.request, ...budget },
    behaviours: drawBills(random, scenario),
    host: { ...scenario.host, ...drawAccounts(random), ...drawRaises(random) },
  }
}

/** How much the calls below a place take together, in calls. */
const RUN = [1, 2, 4, 8, 16]
const VISIT = [1, 2, 4, 8]
const STEP = [1, 1, 2, 4]

const EIGHTH = 1 / 8
const TOKENS = 8

function drawBudget(random: Random, calls: readonly number[]): Budget {
  const bounds = random.weighted({ cost: 45, tokens: 25, both: 30 })
  const eighths = random.pick(calls) * random.pick([1, 2, 4])
  return {
    ...(bounds === 'tokens' ? {} : { costUsd: eighths * EIGHTH }),
    ...(bounds === 'cost' ? {} : { tokens: random.pick(calls) * random.pick([1, 2, 4]) * TOKENS }),
    ...(bounds !== 'tokens' && random.chance(0.25) ? { unpriced: random.pick(['allow', 'refuse']) } : {}),
  }
}

function drawFlowBudgets(random: Random, flow: PlannedFlow): PlannedFlow {
  const steps = flow.steps.map((step) => drawStepBudgets(random, step))
  return { ...flow, steps, ...(random.chance(0.25) ? { budget: drawBudget(random, VISIT) } : {}) }
}

function drawStepBudgets(random: Random, step: PlannedStep): PlannedStep {
  const isSpending = step.kind === 'agent' || step.kind === 'flow' || step.kind === 'map'
  const bounded = isSpending && random.chance(0.35) ? { ...step, budget: drawBudget(random, STEP) } : step
  if (bounded.kind !== 'map') return bounded
  const { step: item } = bounded
  if ((item.kind !== 'agent' && item.kind !== 'flow') || !random.chance(0.5)) return bounded
  return { ...bounded, step: { ...item, budget: drawBudget(random, STEP) } }
}

function drawBills(random: Random, { flows, behaviours }: Scenario): Record<string, Behaviour> {
  const billed = flows.flatMap(({ key, steps }) =>
    steps.flatMap((step) => {
      const address = behaviourKey(key, step.id)
      const behaviour = behaviours[address]
      return behaviour === undefined ? [] : [[address, drawBilled(random, step, behaviour)] as const]
    }),
  )
  return Object.fromEntries(billed)
}

function drawBilled(random: Random, step: PlannedStep, behaviour: Behaviour): Behaviour {
  const call = step.kind === 'map' ? step.step : step
  if (call.kind !== 'agent') return behaviour
  const trouble = behaviour.trouble ?? drawRefusal(random, call.retry?.maxRetries ?? 2)
  return { ...behaviour, bill: drawBill(random), ...(trouble === undefined ? {} : { trouble }) }
}

function drawBill(random: Random): Bill {
  return {
    tells: random.weighted({ both: 65, usage: 15, cost: 8, nothing: 12 }),
    when: random.pick(['working', 'ending', 'ending', 'both']),
    costUsd: random.pick([0, 1, 1, 2, 4]) * EIGHTH,
    tokens: random.pick([0, 1, 1, 2, 4]) * TOKENS,
  }
}

/** The service does not take a call up. What is refused for want of quota is tried again however often that is. */
function drawRefusal(random: Random, retries: number): Trouble | undefined {
  const how = random.weighted({ none: 68, quota: 20, 'rate-limit': 12 })
  if (how === 'none') return undefined
  const items = random.pick(['all', 'some'] as const)
  if (how === 'rate-limit')
    return { how, items, times: retries > 0 && random.chance(0.8) ? random.between(1, retries) : 'always' }
  const asked = random.weighted({ '-1': 40, 0: 10, 400: 10, 7000: 20, 900000: 20 })
  const retryAfterMs = Number(asked)
  return { how, items, times: random.between(1, 4), ...(retryAfterMs < 0 ? {} : { retryAfterMs }) }
}

function drawAccounts(random: Random): Pick<Scenario['host'], 'accounts' | 'priceless' | 'quota'> {
  const shared = Object.fromEntries(ENGINES.map((id) => [id, 'shared']))
  const accounts = random.pick([undefined, shared, shared, { two: 'of-two' }])
  return {
    ...(accounts === undefined ? {} : { accounts }),
    ...(random.chance(0.15) ? { priceless: ['two'] } : {}),
    ...(random.chance(0.4) ? { quota: { waitMs: random.pick([5, 3_000, 60_000]), maxWaitMs: 600_000 } } : {}),
  }
}

function drawRaises(random: Random): Pick<Scenario['host'], 'raises'> {
  const raises = Array.from({ length: random.int(3) }, (_, place) => {
    const calls = RUN.map((count) => count * 4 ** (1 + place))
    return drawBudget(random, calls)
  })
  return raises.length === 0 ? {} : { raises }
}
