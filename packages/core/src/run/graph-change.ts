/**
 * My job: a flow with a step more, or with a patch applied, for one visit only (rule N1). My neighbours:
 * `navigation` asks for what would come of a proposal, the fold does what a journal says.
 *
 * Invariant: the definition that I am given is never changed; what I return has its own digest.
 */
import { RunError } from '../errors/swarm-error.ts'
import type { FlowDefinition, StepDefinition } from '../flow/definition.ts'
import { digestFlow } from '../flow/digest.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../flow/json.ts'
import type { InjectedStep } from './state.ts'

/** A flow with a step put in right after another; at the end when there is no such step. */
export function insertStep(flow: FlowDefinition, node: StepDefinition, after: string): FlowDefinition {
  const place = flow.steps.findIndex((step) => step.id === after)
  const index = place < 0 ? flow.steps.length : place + 1
  return withSteps(flow, [...flow.steps.slice(0, index), node, ...flow.steps.slice(index)])
}

/** A flow with the steps that were put into one of its visits; one whose id the flow now has itself is left out. */
export function withInjected(flow: FlowDefinition, injected: readonly InjectedStep[]): FlowDefinition {
  const own = new Set(flow.steps.map((step) => step.id))
  const missing = injected.filter(({ node }) => !own.has(node.id))
  return missing.reduce((grown, { node, after }) => insertStep(grown, node, after), flow)
}

/** A flow after `add`, `remove` and `replace` of RFC 6902 below `/steps`. Throws `graph_patch_invalid`. */
export function patchFlow(flow: FlowDefinition, patch: readonly JsonObject[]): FlowDefinition {
  // A definition is JSON by construction; only its interfaces lack an index signature.
  let steps: JsonValue = flow.steps as unknown as JsonValue
  for (const operation of patch) {
    const { op, path, value } = operation
    const [root, ...keys] = typeof path === 'string' ? readPointer(path) : []
    if (root !== 'steps' || keys.length === 0) throw refuse(operation, 'changes something other than steps')
    steps = change(steps, keys, { operation, op, value })
  }
  // What a patch makes is checked by the linter before it is recorded.
  return withSteps(flow, steps as unknown as readonly StepDefinition[])
}

function withSteps(flow: FlowDefinition, steps: readonly StepDefinition[]): FlowDefinition {
  const { digest, ...rest } = flow
  const content = { ...rest, steps }
  return { ...content, digest: digestFlow(content) }
}

/** The keys of a JSON Pointer (RFC 6901). */
function readPointer(path: string): readonly string[] {
  return path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
}

interface Change {
  readonly operation: JsonObject
  readonly op: JsonValue | undefined
  readonly value: JsonValue | undefined
}

function change(holder: JsonValue | undefined, keys: readonly string[], what: Change): JsonValue {
  const [key = '', ...below] = keys
  if (holder !== undefined && isList(holder)) return changeList(holder, [key, ...below], what)
  if (holder === undefined || !isJsonObject(holder)) throw refuse(what.operation, 'leads nowhere')
  const member = Object.hasOwn(holder, key) ? holder[key] : undefined
  if (below.length > 0) return { ...holder, [key]: change(member, below, what) }
  if (what.op !== 'add' && member === undefined) throw refuse(what.operation, 'leads nowhere')
  const { [key]: _, ...others } = holder
  return what.op === 'remove' ? others : { ...others, [key]: valueFrom(what) }
}

function changeList(
  list: readonly JsonValue[],
  [key = '', ...below]: readonly string[],
  what: Change,
): JsonValue {
  const isAddition = below.length === 0 && what.op === 'add'
  const index = key === '-' && isAddition ? list.length : Number(key)
  const isPlace = key === '-' ? isAddition : /^(0|[1-9]\d*)$/.test(key)
  if (!isPlace || index >= list.length + (isAddition ? 1 : 0)) throw refuse(what.operation, 'leads nowhere')
  const before = list.slice(0, index)
  const after = list.slice(index + (isAddition ? 0 : 1))
  if (below.length > 0) return [...before, change(list[index], below, what), ...after]
  return what.op === 'remove' ? [...before, ...after] : [...before, valueFrom(what), ...after]
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function valueFrom({ operation, op, value }: Change): JsonValue {
  if (op !== 'add' && op !== 'replace') throw refuse(operation, 'is none of add, remove, replace')
  if (value === undefined) throw refuse(operation, 'has no value')
  return value
}

function refuse(operation: JsonObject, why: string): RunError {
  const shown = `${String(operation.op)} ${String(operation.path)}`.slice(0, 200)
  const message = `The graph patch "${shown}" ${why}. Give add, remove or replace with a path such as "/steps/-".`
  return new RunError(message, { code: 'graph_patch_invalid' })
}
