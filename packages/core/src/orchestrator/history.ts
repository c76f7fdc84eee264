/** My job: what an agent step may see of the steps before it: its own earlier passes and what leads to it. */
import type { GraphStep } from '../flow/graph.ts'
import { reachable } from '../flow/loops.ts'
import type { History, HistoryEntry } from '../prompt/history.ts'
import { verdictOf } from '../run/condition-scope.ts'
import { agentKeyOf } from '../run/drafts.ts'
import { type Execution, isSettled, type StepState } from '../run/state.ts'
import { dataOf, type LoadedTexts, refsOf, textOf } from './outputs.ts'

const DEFAULT_ENTRIES = 12

/**
 * The steps that led here, the nearest first: the same ones whatever order parallel steps ended in.
 * At most `maxEntries` are walked to, so that the work does not grow with the flow.
 */
export function ancestorsOf({ step, frame }: Execution, maxEntries = DEFAULT_ENTRIES): readonly StepState[] {
  const seen = new Set<StepState>([step])
  const found: StepState[] = step.result === undefined ? [] : [step]
  for (let front = [step]; front.length > 0 && found.length < maxEntries; ) {
    front = sourcesOf(front, frame.steps).filter((source) => !seen.has(source))
    for (const source of front) seen.add(source)
    found.push(...front.filter((source) => isSettled(source.status) || source.result !== undefined))
  }
  return found.slice(0, maxEntries)
}

/** The steps with an edge into one of these, the last declared first. */
function sourcesOf(members: readonly StepState[], steps: readonly StepState[]): StepState[] {
  const places = new Set(members.flatMap((member) => member.place.incoming.map((edge) => edge.from)))
  return [...places]
    .sort((a, b) => b - a)
    .flatMap((place) => {
      const source = steps[place]
      return source === undefined ? [] : [source]
    })
}

/** Artifacts that must be read before the history is whole. */
export function refsOfHistory(ancestors: readonly StepState[]): readonly string[] {
  return ancestors.flatMap((step) => (step.result === undefined ? [] : refsOf(step.result.output)))
}

/** The history of a prompt. `maxEntries` is the bound with which the ancestors were found. */
export function toHistory(
  { step }: Execution,
  { ancestors, maxEntries = DEFAULT_ENTRIES }: Found,
  loaded: LoadedTexts,
): History {
  const isWhole = ancestors.length < maxEntries
  const total = isWhole ? ancestors.length : Math.max(ancestors.length, countAncestors(step))
  return { newestFirst: ancestors.map((ancestor) => toEntry(ancestor, loaded)), total }
}

/** The ancestors of an execution, and the bound of the search. */
export interface Found {
  readonly ancestors: readonly StepState[]
  readonly maxEntries: number | undefined
}

const counts = new WeakMap<GraphStep, number>()

/** How many steps lead to one; counted once for each definition. */
function countAncestors({ place, frame }: StepState): number {
  const known = counts.get(place)
  if (known !== undefined) return known
  const { isSequence, edges } = frame.graph
  const count = isSequence ? place.index : reachable(place.index, edges, 'backward').size - 1
  counts.set(place, count)
  return count
}

const entries = new WeakMap<object, HistoryEntry>()

/** One entry for each result, made once: a prompt keeps what it has made of it. */
function toEntry(step: StepState, loaded: LoadedTexts): HistoryEntry {
  const key = step.result ?? step
  const known = step.result === undefined ? undefined : entries.get(key)
  if (known !== undefined) return known
  const entry = createEntry(step, loaded)
  if (step.result !== undefined && isSettled(step.status)) entries.set(key, entry)
  return entry
}

function createEntry(step: StepState, loaded: LoadedTexts): HistoryEntry {
  const { result, error } = step
  const agentKey = agentKeyOf(step)
  const verdict = verdictOf(step)
  const text = result === undefined ? undefined : textOf(result.output, loaded)
  const data = result === undefined ? undefined : dataOf(result.output, loaded)
  return {
    stepId: step.place.id,
    iteration: result?.iteration ?? step.iteration,
    status: statusOf(step),
    ...(agentKey === undefined ? {} : { agentKey }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(text === undefined ? {} : { text }),
    ...(data === undefined ? {} : { data }),
    // An attempt that was cut off or is tried again has not failed: a resume must not change the prompt.
    ...(error === undefined || step.status !== 'failed' ? {} : { error: error.message }),
  }
}

/** A step that runs again is told of by its last result. */
function statusOf(step: StepState): HistoryEntry['status'] {
  if (step.status === 'failed' || step.status === 'skipped') return step.status
  return 'succeeded'
}
