/** Takes away from a failing scenario whatever it fails without. */
import { makeFlow } from './make-flow.ts'
import { playScenario, type ScenarioPlay } from './play-scenario.ts'
import {
  type Behaviour,
  behaviourKey,
  type PlannedFlow,
  type PlannedHost,
  type PlannedStep,
  type Scenario,
} from './scenario.ts'

const MOST_TRIES = 400
/** Orders that a smaller scenario is tried in: the one that failed may be another one by then. */
const ORDERS = 4

/** A scenario that fails. */
export interface Failing extends ScenarioPlay {
  readonly problems: readonly string[]
}

/** The smallest scenario that was found to fail still, and in the same way. */
export async function shrink(failing: Failing, longestMs: number): Promise<Failing> {
  const until = Date.now() + longestMs
  const symptoms = new Set(failing.problems.map(symptomOf))
  let smallest = failing
  let tries = MOST_TRIES
  for (let candidates = smallerThan(smallest.scenario); tries > 0 && Date.now() < until; tries -= 1) {
    const { value: scenario, done } = candidates.next()
    if (done === true) break
    const smaller = await failureOf({ ...smallest, scenario }, symptoms)
    if (smaller === undefined) continue
    smallest = smaller
    candidates = smallerThan(smallest.scenario)
  }
  return { ...smallest, scenario: prune(smallest.scenario) }
}

async function failureOf(candidate: Failing, symptoms: ReadonlySet<string>): Promise<Failing | undefined> {
  if (!isSound(candidate.scenario)) return undefined
  for (let other = 0; other < ORDERS; other += 1) {
    const order = candidate.order + other
    const { problems } = await playScenario({ ...candidate, order })
    if (problems.some((problem) => symptoms.has(symptomOf(problem)))) return { ...candidate, order, problems }
  }
  return undefined
}

function isSound({ flows }: Scenario): boolean {
  try {
    for (const flow of flows) makeFlow(flow, () => null)
    return true
  } catch {
    // What the linter refuses is no scenario.
    return false
  }
}

/** What is wrong, without the places at which it was. */
function symptomOf(problem: string): string {
  return problem.replace(/^.*?: /, '').replace(/\S*\d\S*/g, '')
}

/** Scenarios with one thing less, those with much less first. */
function* smallerThan(scenario: Scenario): Generator<Scenario, undefined> {
  const { flows, faults, host, request } = scenario
  for (const [index, { key }] of flows.entries()) {
    const named = request.flows?.filter((other) => other !== key)
    yield {
      ...scenario,
      flows: without(flows, index),
      request: { ...request, ...(named && { flows: named }) },
    }
  }
  for (const [index] of faults.entries()) yield { ...scenario, faults: without(faults, index) }
  for (const [index, flow] of flows.entries()) {
    for (const smaller of smallerFlows(flow)) yield { ...scenario, flows: flows.with(index, smaller) }
  }
  for (const smaller of smallerHosts(host)) yield { ...scenario, host: smaller }
  const { budget: _budget, ...freeRequest } = request
  if (request.budget !== undefined) yield { ...scenario, request: freeRequest }
  const { limits: _limits, startStep: _start, endStep: _end, ...plainRequest } = request
  if (Object.keys(plainRequest).length < Object.keys(request).length)
    yield { ...scenario, request: plainRequest }
  yield* calmerBehaviours(scenario)
  return undefined
}

function* smallerHosts(host: PlannedHost): Generator<PlannedHost> {
  const { slots: _slots, ...plain } = host
  if (host.slots !== undefined) yield plain
  if (host.slowDisk) yield { ...host, slowDisk: false }
  const { accounts: _accounts, priceless: _priceless, quota: _quota, raises, ...cheap } = host
  if (Object.keys(cheap).length < Object.keys(host).length) yield cheap
  if (raises !== undefined && raises.length > 1) yield { ...host, raises: raises.slice(0, -1) }
}

function* smallerFlows(flow: PlannedFlow): Generator<PlannedFlow> {
  const { steps, budget, ...rest } = flow
  if (budget !== undefined) yield { ...rest, steps }
  for (const [index, { id }] of steps.entries()) {
    if (steps.length > 1) yield { ...flow, steps: without(steps, index).map((step) => forget(step, id)) }
  }
  for (const [index, step] of steps.entries()) {
    for (const name of Object.keys(step).filter((one) => !NEEDED.has(one))) {
      yield { ...flow, steps: steps.with(index, leaveOut(step, name)) }
    }
  }
}

const NEEDED: ReadonlySet<string> = new Set([
  'id',
  'kind',
  'items',
  'step',
  'flow',
  'questions',
  'correlation',
])

function forget(step: PlannedStep, id: string): PlannedStep {
  const needs = step.needs?.filter((need) => need !== id)
  return needs === undefined ? step : { ...step, needs }
}

const PLAIN_PROMPT = 'Do it'

function leaveOut(step: PlannedStep, name: string): PlannedStep {
  // Only steps with a prompt have the name.
  if (name === 'prompt') return { ...step, prompt: PLAIN_PROMPT } as PlannedStep
  const rest = Object.fromEntries(Object.entries(step).filter(([key]) => key !== name))
  // The linter tells whether the step can do without the field.
  return rest as unknown as PlannedStep
}

function* calmerBehaviours(scenario: Scenario): Generator<Scenario> {
  for (const [key, behaviour] of Object.entries(scenario.behaviours)) {
    for (const calmer of calmerThan(behaviour)) {
      if (JSON.stringify(calmer) === JSON.stringify(behaviour)) continue
      yield { ...scenario, behaviours: { ...scenario.behaviours, [key]: calmer } }
    }
  }
}

function calmerThan(behaviour: Behaviour): readonly Behaviour[] {
  const { trouble: _trouble, helplessFrom: _helpless, ...untroubled } = behaviour
  const { bill: _bill, ...unbilled } = behaviour
  const quiet = { ...untroubled, sayings: [], asks: [], pauses: Math.min(1, behaviour.pauses) }
  return [quiet, { ...behaviour, sayings: [] }, { ...behaviour, asks: [] }, untroubled, unbilled]
}

/** Without the behaviours of steps that are no longer there. */
function prune(scenario: Scenario): Scenario {
  const keys = new Set(
    scenario.flows.flatMap(({ key, steps }) => steps.map(({ id }) => behaviourKey(key, id))),
  )
  const behaviours = Object.entries(scenario.behaviours).filter(([key]) => keys.has(key))
  return { ...scenario, behaviours: Object.fromEntries(behaviours) }
}

function without<T>(list: readonly T[], index: number): readonly T[] {
  return list.filter((_, place) => place !== index)
}
