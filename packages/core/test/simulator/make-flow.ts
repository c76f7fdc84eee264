import { defineFlow } from '../../src/flow/define-flow.ts'
import type { Flow, FlowInput, MapStepInput, StepFunction, StepInput } from '../../src/flow/flow.ts'
import type { PlannedFlow, PlannedMap, PlannedStep } from './scenario.ts'

/** A flow whose function steps all run the same code. Throws `flow_invalid` as `defineFlow` does. */
export function makeFlow(planned: PlannedFlow, run: StepFunction): Flow {
  const input: FlowInput = { ...planned, steps: planned.steps.map((step) => toInput(step, run)) }
  return defineFlow(input)
}

function toInput(step: PlannedStep, run: StepFunction): StepInput {
  if (step.kind === 'function') return { ...step, run }
  return step.kind === 'map' ? toMap(step, run) : step
}

function toMap(map: PlannedMap, run: StepFunction): MapStepInput {
  const { step } = map
  return { ...map, step: step.kind === 'function' ? { ...step, run } : step }
}
