/** My job: what an agent step may see of the steps before it: its own earlier passes and what leads to it. */
import type { HistoryPolicy } from '../flow/definition.ts'
import type { GraphStep } from '../flow/graph.ts'
import { reachable } from '../flow/loops.ts'
import { type History, type HistoryEntry, historyBudgets } from '../prompt/history.ts'
import { verdictOf } from '../run/condition-scope.ts'
import { agentKeyOf } from '../run/drafts.ts'
import { definitionOf, type Execution, isSettled, type StepState } from '../run/state.ts'
import { dataOf, type LoadedTexts, refsOf, textOf } from './outputs.ts'

/** What a step says of its history, else what its flow says for all. */
export function historyPolicyOf(execution: Execution): HistoryPolicy | undefined {
  const definition = definitionOf(execution)
  const own = definition.kind === 'agent' ? definition.history : undefined
  return own ?? execution.frame.graph.definition.defaults?.history
}

/** How many steps it may see. */
function boundOf(execution: Execution): number {
  return historyBudgets(historyPolicyOf(execution)).maxEntries
}

/**
 * The steps that led here, the nearest first: the same ones whatever order parallel steps ended in, so those
 * beyond a step that was skipped before it knew all of its edges are not among them. At most `maxEntries` are
 * walked to, so that the work does not grow with the flow.
 */
function ancestorsOf({ step, frame }: Execution, maxEntries: number): readonly StepState[] {
  const seen = new Set<StepState>([step])
  const found: StepState[] = step.result === undefined ? [] : [step]
  for (let front = [step]; front.length > 0 && found.length < maxEntries; ) {
    const open = front.filter((member) => !wasSkippedEarly(member))
    front = sourcesOf(open, frame.steps).filter((source) => !seen.has(source))
    for (const source of front) seen.add(source)
    found.push(...front.filter((source) => isSettled(source.status) || source.result !== undefined))
  }
  return found.slice(0, maxEntries)
}

/** Whether a step was skipped by one of its needs, while others may still have been running (rule F4). */
function wasSkippedEarly({ status, skipReason, place }: StepState): boolean {
  if (status !== 'skipped' || place.incoming.length < 2) return false
  return skipReason === 'needs_failed' || skipReason === 'needs_skipped'
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
export function refsOfHistory(execution: Execution): readonly string[] {
  return ancestorsOf(execution, boundOf(execution)).flatMap(({ result }) =>
    result === undefined ? [] : refsOf(result.output),
  )
}

/** The history of a prompt. */
export function toHistory(execution: Execution, loaded: LoadedTexts): History {
  const bound = boundOf(execution)
  const ancestors = ancestorsOf(execution, bound)
  const isWhole = ancestors.length < bound
  const total = isWhole ? ancestors.length : Math.max(ancestors.length, countAncestors(execution.step))
  return { newestFirst: ancestors.map((ancestor) => toEntry(ancestor, loaded)), total }
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

/** One entry for each result, made once it is whole: a prompt keeps what it has made of it. */
function toEntry(step: StepState, loaded: LoadedTexts): HistoryEntry {
  const { result } = step
  if (result === undefined) return createEntry(step, loaded)
  const known = entries.get(result)
  if (known !== undefined) return known
  const entry = createEntry(step, loaded)
  const isWhole = refsOf(result.output).every((ref) => loaded.has(ref))
  if (isWhole && isSettled(step.status)) entries.set(result, entry)
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
