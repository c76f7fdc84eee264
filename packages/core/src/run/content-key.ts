/** My job: the digest of all that an execution's result depends on (rule S6). */
import { canonicalJson, digestStep, digestText } from '../flow/digest.ts'
import type { FlowGraph, GraphStep } from '../flow/graph.ts'
import type { JsonObject, JsonValue } from '../flow/json.ts'
import type { Execution, FrameState, StepState } from './state.ts'

/** What an execution reads beside its definition and the steps before it. */
export interface KeyInputs {
  readonly engine: string | undefined
  readonly model: string | undefined
  /** Digest of what each reference resolved to. */
  readonly inputDigests: Readonly<Record<string, string>> | undefined
}

/**
 * Definition, params, item, engine, model, inputs, and the keys of the steps that it followed: each of
 * those holds the keys of the steps before it. `sources` names them when an edit has changed the edges.
 */
export function contentKeyOf(
  execution: Execution,
  inputs: KeyInputs,
  sources: readonly string[] = followedBy(execution.step, execution.step.place, execution.frame.graph),
): string {
  const { step, frame, item } = execution
  let text = `${digestStep(step.place.definition)} ${paramsDigest(frame)} ${inputs.engine ?? ''} ${inputs.model ?? ''}`
  if (item !== undefined) text += ` [${item.key} ${digestText(canonicalJson(item.value))}]`
  if (inputs.inputDigests !== undefined) text += ` ${canonicalJson(inputs.inputDigests)}`
  for (const id of sources) text += keyOf(frame, id)
  return digestText(text)
}

/** The ids of the steps with an edge into a place; of a race only what won it, for the others may go on. */
export function followedBy({ winner }: StepState, place: GraphStep, { steps }: FlowGraph): readonly string[] {
  const ids: string[] = []
  for (const { kind, from } of place.incoming) {
    const id = steps[from]?.id ?? ''
    if (winner === undefined || kind === 'route' || id === winner) ids.push(id)
  }
  return ids
}

function keyOf({ steps, graph }: FrameState, id: string): string {
  const source = steps[graph.byId.get(id)?.index ?? -1]
  return ` ${source?.result?.contentKey ?? source?.status}`
}

const digests = new WeakMap<JsonObject, string>()

function paramsDigest({ params }: FrameState): string {
  const known = digests.get(params)
  if (known !== undefined) return known
  const digest = digestText(canonicalJson(params))
  digests.set(params, digest)
  return digest
}

/** Digests of values by name; `undefined` when there are none. */
export function digestInputs(
  inputs: Readonly<Record<string, JsonValue>>,
): Record<string, string> | undefined {
  const names = Object.keys(inputs)
  if (names.length === 0) return undefined
  return Object.fromEntries(names.map((name) => [name, digestText(canonicalJson(inputs[name] ?? null))]))
}
