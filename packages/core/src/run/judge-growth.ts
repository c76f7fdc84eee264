/**
 * My job: whether the steps that a navigator adds, or its patch, leave a sound flow (rule N1).
 * My neighbours: `graph-change` makes the flow that would come of it, the linter judges that flow.
 */
import type { NavigationLimits, NavigationProposal, NavigationQuestion } from '../engine/navigator.ts'
import type { FlowDefinition, StepDefinition } from '../flow/definition.ts'
import { digestStep } from '../flow/digest.ts'
import type { JsonObject } from '../flow/json.ts'
import { lintFlow } from '../flow/lint-flow.ts'
import { insertStep, patchFlow } from './graph-change.ts'
import { judgeTarget } from './judge-route.ts'
import { type Objections, object } from './objection.ts'

const DEFAULT_ADDED_STEPS = 20

/** A route that adds steps and then leads back. */
type Addition = Extract<NavigationProposal, { readonly returnTo: string }>

/** Steps that are put in right after the one that asks. */
export function judgeAddition(
  question: NavigationQuestion,
  proposal: Addition,
  limits: NavigationLimits,
): Objections {
  const steps = stepsToAdd(question, proposal)
  const objections = [
    ...judgeReturn(question, proposal),
    ...judgeSize(question, steps.length, limits),
    ...judgeCode(steps),
  ]
  if (objections.length > 0) return objections
  return lint(steps.reduceRight((flow, step) => insertStep(flow, step, question.stepId), question.flow))
}

function judgeReturn(question: NavigationQuestion, { kind, returnTo }: Addition): Objections {
  if (typeof returnTo === 'string' && returnTo !== '') return judgeTarget(question, returnTo)
  return object('return_missing', `"${kind}" does not say which step goes on afterwards. Give returnTo.`)
}

/** The steps that a route adds, in order: each leads to the next, the last one back. */
export function stepsToAdd(question: NavigationQuestion, proposal: Addition): readonly StepDefinition[] {
  const steps = plannedSteps(question, proposal)
  return steps.map((step, index) => {
    const next = steps[index + 1]?.id ?? proposal.returnTo
    return step.routing === undefined ? { ...step, routing: { kind: 'linear', next } } : step
  })
}

function plannedSteps(
  { detours, stepId, iteration }: NavigationQuestion,
  proposal: Addition,
): readonly StepDefinition[] {
  switch (proposal.kind) {
    case 'detour':
      return detours.find((detour) => detour.id === proposal.detour)?.steps ?? []
    case 'inject_nodes':
      return proposal.nodes
    case 'inject_flow': {
      const { flow, params } = proposal
      const id = `${stepId}-${flow}-${iteration}`
      return [{ kind: 'flow', id, flow, ...(params === undefined ? {} : { params }) }]
    }
  }
}

/** A changed graph: sound in itself, and the same where something has begun. */
export function judgePatch(
  question: NavigationQuestion,
  patch: readonly JsonObject[],
  limits: NavigationLimits,
): Objections {
  const grown = patchFlow(question.flow, patch)
  const faults = lint(grown)
  if (faults.length > 0) return faults
  const added = grown.steps.filter(({ id }) => !Object.hasOwn(question.steps, id))
  return [...judgeSize(question, added.length, limits), ...judgeCode(added), ...judgePast(question, grown)]
}

function judgePast({ flow, steps }: NavigationQuestion, grown: FlowDefinition): Objections {
  const after = new Map(grown.steps.map((step) => [step.id, step]))
  const begun = flow.steps.filter(({ id }) => steps[id] !== 'pending')
  return begun
    .filter((step) => isChanged(step, after.get(step.id), steps[step.id] === 'asks'))
    .flatMap(({ id }) =>
      object('step_begun', `Step "${id}" has begun: it can be neither changed nor removed.`),
    )
}

/** Where the step that asks leads is still open; nothing else of what has begun is. */
function isChanged(before: StepDefinition, after: StepDefinition | undefined, asks: boolean): boolean {
  if (after === undefined) return true
  return asks ? digestWork(before) !== digestWork(after) : digestStep(before) !== digestStep(after)
}

function digestWork({ routing, ...step }: StepDefinition): string {
  return digestStep(step)
}

function judgeSize(
  { addedSteps }: NavigationQuestion,
  more: number,
  { addedSteps: limit = DEFAULT_ADDED_STEPS }: NavigationLimits,
): Objections {
  const all = addedSteps + more
  if (all <= limit) return []
  return object(
    'too_many_steps',
    `The visit would have ${all} added steps, but at most ${limit} are allowed.`,
  )
}

/** A proposal is data: it brings no code. */
function judgeCode(steps: readonly StepDefinition[]): Objections {
  return steps
    .filter((step) => step.kind === 'function' || (step.kind === 'map' && step.step.kind === 'function'))
    .flatMap(({ id }) =>
      object('function_refused', `Step "${id}" is a function, and a proposal brings no code.`),
    )
}

function lint(flow: FlowDefinition): Objections {
  return lintFlow(flow)
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => ({ code, message }))
}
