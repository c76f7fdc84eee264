/** My job: which flows of a run are not what the orchestrator has now (rule S6). */
import type { FlowDefinition } from '../flow/definition.ts'
import { digestStep } from '../flow/digest.ts'
import type { Flow } from '../flow/flow.ts'
import { compileFlow, type GraphStep } from '../flow/graph.ts'
import type { RunState } from '../run/state.ts'
import type { Host } from './host.ts'

/** A flow that is not what the run was started with. */
export interface ChangedFlow {
  readonly key: string
  /** What the orchestrator has now; `undefined` when it does not have the flow at all. */
  readonly current: Flow | undefined
  /** Steps that differ, are new or are gone. */
  readonly steps: readonly string[]
  /** Function steps of the stored flow whose code the orchestrator does not have. */
  readonly functions: readonly string[]
}

/** Flows of a run whose digest differs from that of the orchestrator's. */
export function changedFlows(host: Host, state: RunState): readonly ChangedFlow[] {
  return [...state.flows.values()].flatMap((stored) => {
    const current = host.flows.get(stored.key)
    if (current?.digest === stored.digest) return []
    const functions = missingFunctions(stored, current)
    if (current === undefined && functions.length === 0) return []
    return [{ key: stored.key, current, steps: differences(stored, current), functions }]
  })
}

function missingFunctions(stored: FlowDefinition, current: Flow | undefined): readonly string[] {
  return stored.steps.flatMap((step) => {
    const inner = step.kind === 'map' ? step.step : step
    if (inner.kind !== 'function') return []
    const now = current?.steps.find(({ id }) => id === step.id)
    const nowInner = now?.kind === 'map' ? now.step : now
    const isSame = nowInner?.kind === 'function' && nowInner.version === inner.version
    return isSame ? [] : [step.id]
  })
}

function differences(stored: FlowDefinition, current: Flow | undefined): readonly string[] {
  if (current === undefined) return stored.steps.map(({ id }) => id)
  const before = compileFlow(stored).byId
  const now = compileFlow(current).byId
  const ids = new Set([...before.keys(), ...now.keys()])
  return [...ids].filter((id) => digestOf(before.get(id)) !== digestOf(now.get(id)))
}

function digestOf(step: GraphStep | undefined): string | undefined {
  return step === undefined ? undefined : digestStep(step.definition)
}
