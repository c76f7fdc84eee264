/** Takes away from a failing scenario whatever it fails without. */
import { makeFlow } from './make-flow.ts'
import type { PlannedFlow, PlannedStep, Scenario } from './scenario.ts'
import { simulate } from './simulate.ts'

const MOST_TRIES = 400
/** Orders that a smaller scenario is tried in: the one that failed may be another one by then. */
const ORDERS = 4

/** The smallest scenario that was found to fail still. */
export async function shrink(scenario: Scenario, seed: number): Promise<Scenario> {
  let smallest = scenario
  let tries = MOST_TRIES
  for (let isShrinking = true; isShrinking && tries > 0; ) {
    isShrinking = false
    for (const candidate of smallerThan(smallest)) {
      if (tries <= 0) break
      tries -= 1
      if (!(await fails(candidate, seed))) continue
      smallest = candidate
      isShrinking = true
      break
    }
  }
  return smallest
}

async function fails(scenario: Scenario, seed: number): Promise<boolean> {
  try {
    for (const flow of scenario.flows) makeFlow(flow, () => null)
    for (let order = 0; order < ORDERS; order += 1) {
      const { problems } = await simulate(scenario, { seed: seed + order })
      if (problems.length > 0) return true
    }
  } catch {
    // A scenario that cannot be played at all is none.
  }
  return false
}

/** Scenarios with one thing less, those with much less first. */
function* smallerThan(scenario: Scenario): Generator<Scenario> {
  const { flows, faults, host, request } = scenario
  for (const [index] of flows.entries()) yield { ...scenario, flows: without(flows, index) }
  for (const [index] of faults.entries()) yield { ...scenario, faults: without(faults, index) }
  for (const [index, flow] of flows.entries()) {
    for (const smaller of smallerFlows(flow)) yield { ...scenario, flows: flows.with(index, smaller) }
  }
  const { slots: _slots, ...plainHost } = host
  if (host.slots !== undefined) yield { ...scenario, host: plainHost }
  if (host.slowDisk) yield { ...scenario, host: { ...host, slowDisk: false } }
  const { limits: _limits, startStep: _start, endStep: _end, ...plainRequest } = request
  if (Object.keys(plainRequest).length < Object.keys(request).length)
    yield { ...scenario, request: plainRequest }
  yield* smallerBehaviours(scenario)
}

function* smallerFlows(flow: PlannedFlow): Generator<PlannedFlow> {
  const { steps } = flow
  for (const [index, { id }] of steps.entries()) {
    if (steps.length > 1) yield { ...flow, steps: without(steps, index).map((step) => forget(step, id)) }
  }
  for (const [index, step] of steps.entries()) {
    for (const name of Object.keys(step).filter((one) => !KEPT.has(one))) {
      yield { ...flow, steps: steps.with(index, leaveOut(step, name)) }
    }
  }
}

const KEPT: ReadonlySet<string> = new Set(['id', 'kind', 'items', 'step', 'flow', 'questions', 'correlation'])

function forget(step: PlannedStep, id: string): PlannedStep {
  const needs = step.needs?.filter((need) => need !== id)
  return needs === undefined ? step : { ...step, needs }
}

function leaveOut(step: PlannedStep, name: string): PlannedStep {
  if (name === 'prompt') return { ...step, prompt: 'Do it' } as PlannedStep // only steps with a prompt have the name
  const rest = Object.fromEntries(Object.entries(step).filter(([key]) => key !== name))
  // The linter tells whether the step can do without the field.
  return rest as unknown as PlannedStep
}

function* smallerBehaviours(scenario: Scenario): Generator<Scenario> {
  for (const [key, behaviour] of Object.entries(scenario.behaviours)) {
    const { trouble: _trouble, helplessFrom: _helpless, ...calm } = behaviour
    const plain = { ...calm, sayings: [], asks: [], pauses: Math.min(1, behaviour.pauses) }
    const candidates = [plain, { ...behaviour, sayings: [] }, { ...behaviour, asks: [] }, calm]
    for (const candidate of candidates) {
      if (JSON.stringify(candidate) === JSON.stringify(behaviour)) continue
      yield { ...scenario, behaviours: { ...scenario.behaviours, [key]: candidate } }
    }
  }
}

function without<T>(list: readonly T[], index: number): readonly T[] {
  return list.filter((_, place) => place !== index)
}
