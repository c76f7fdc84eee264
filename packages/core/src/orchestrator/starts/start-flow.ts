/** My job: a step that runs another flow. */
import { didYouMean } from '../../errors/closest.ts'
import type { JsonObject } from '../../flow/json.ts'
import { isJsonObject } from '../../flow/json.ts'
import { validateJson } from '../../flow/schema.ts'
import { referenceUnresolved } from '../../prompt/lookup.ts'
import { resolveJson } from '../../prompt/references.ts'
import { stepScope } from '../../run/drafts.ts'
import { definitionOf } from '../../run/state.ts'
import { flowStart } from './enter-flow.ts'
import { EVENT_CHARACTERS, failLaunch, type Launch, recordStart } from './record-start.ts'
import { createLookup } from './reference-lookup.ts'

/** Records the start, the push and the child's `flow_start` in one batch; a child that was reopened goes on. */
export function startFlow(launch: Launch): void {
  const { execution, loaded } = launch
  const definition = definitionOf(execution)
  if (definition.kind !== 'flow') return
  if (execution.child !== undefined && execution.child.outcome === undefined) {
    recordStart(launch)
    return
  }
  const resolved = resolveJson(definition.params ?? {}, createLookup(execution, loaded))
  if (resolved.missing !== undefined) {
    failLaunch(launch, 'reference_unresolved', referenceUnresolved(resolved.missing).message)
    return
  }
  const params = isJsonObject(resolved.value) ? resolved.value : {}
  const refusal = refuse(launch, definition.flow, params)
  if (refusal !== undefined) {
    failLaunch(launch, 'params_invalid', refusal)
    return
  }
  recordStart(launch, { inputs: resolved.inputs })
  descend(launch, definition.flow, params)
}

function refuse({ session, execution }: Launch, flowKey: string, params: JsonObject): string | undefined {
  const child = session.state.flows.get(flowKey)
  const step = execution.step.place.id
  if (child === undefined) {
    return `Step "${step}" runs flow "${flowKey}", which the run does not know.${didYouMean(flowKey, session.state.flows.keys())}`
  }
  const { length } = JSON.stringify(params)
  if (length > EVENT_CHARACTERS) {
    return `Step "${step}": the params of flow "${flowKey}" have ${length} characters; at most ${EVENT_CHARACTERS} can be recorded. Put the rest into artifacts and give their paths.`
  }
  const problems = child.params === undefined ? [] : validateJson(child.params, params)
  return problems.length === 0
    ? undefined
    : `Step "${step}": the params of flow "${flowKey}" do not match its schema: ${problems.join('; ')}`
}

function descend({ session, execution }: Launch, flowKey: string, params: JsonObject): void {
  const { frame, step, item } = execution
  const parent = { frame: frame.id, stepId: step.place.id, ...(item === undefined ? {} : { item: item.key }) }
  const depth = frame.depth + 1
  session.record({ type: 'stack_push', ...stepScope(execution), injectedFlow: flowKey, currentDepth: depth })
  session.record(flowStart(session, { flowKey, params, depth, parent }))
}
