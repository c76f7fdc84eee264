/** My job: what conditions see (rule F7): `steps`, `params`, `facts`, and the item of a map. */
import { FlowError } from '../errors/swarm-error.ts'
import type { ConditionScope } from '../flow/condition.ts'
import type { JsonObject, JsonValue } from '../flow/json.ts'
import { bestFact } from './facts.ts'
import type { Execution, FrameState, RunState, StepState } from './state.ts'

const views = new WeakMap<FrameState, { readonly steps: readonly StepState[]; readonly view: JsonObject }>()

/** The scope of a condition of one execution; steps are looked at only when the condition names them. */
export function conditionScope(state: RunState, execution: Execution): ConditionScope {
  const { frame, item } = execution
  const scope = { steps: stepsView(frame), params: frame.params, facts: factsView(state) }
  return item === undefined ? scope : { ...scope, item: item.value, index: item.index }
}

/** One object per visit, with a getter for each step: building it anew would cost O(flow) a condition. */
function stepsView(frame: FrameState): JsonObject {
  const known = views.get(frame)
  if (known !== undefined && known.steps === frame.steps) return known.view
  const view: Record<string, JsonValue> = Object.create(null)
  for (const step of frame.steps) {
    Object.defineProperty(view, step.place.id, { enumerable: true, get: () => stepView(step) })
  }
  views.set(frame, { steps: frame.steps, view })
  return view
}

function stepView(step: StepState): JsonValue {
  const { handoff, output } = step.result ?? {}
  const view = {
    status: step.status,
    verdict: verdictOf(step) ?? '',
    // A handoff is JSON by its type's construction; its optional members only lack an index signature.
    handoff: (handoff ?? {}) as JsonObject,
    data: output?.data ?? null,
    output: output?.output.text ?? '',
  }
  if (output?.dataRef !== undefined) withhold(view, 'data', step)
  if (output?.output.ref !== undefined) withhold(view, 'output', step)
  return view
}

/** What lies in an artifact is not here to be looked at, and must not pass for what it is not: reading it fails. */
function withhold(view: JsonObject, member: 'data' | 'output', step: StepState): void {
  const get = (): never => {
    throw withheld(step, member)
  }
  // Not enumerable: a condition that takes the step as a whole passes it over.
  Object.defineProperty(view, member, { get, enumerable: false })
}

/** Why a decision cannot be made that looks at a part of an output that lies in an artifact. */
export function withheld({ place }: StepState, member: 'data' | 'output'): FlowError {
  const message = `"steps.${place.id}.${member}" is too large: it lies in an artifact. Let the step hand over what is looked at in its verdict, its handoff or smaller data.`
  return new FlowError(message, { code: 'condition_error' })
}

/** The verdict of a step: what a failed gate set, else what the handoff says (rule L6). */
export function verdictOf(step: StepState): string | undefined {
  return step.gateVerdict ?? step.result?.handoff?.verdict
}

function factsView(state: RunState): JsonObject {
  const view: Record<string, JsonValue> = Object.create(null)
  for (const [key, entries] of state.facts) view[key] = bestFact(entries)?.value ?? null
  return view
}
