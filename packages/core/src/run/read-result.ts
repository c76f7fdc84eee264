/** My job: which execution of a step another step reads (rule T1). My neighbour, the orchestrator, reads its texts. */
import { type Ancestry, createAncestry } from '../flow/ancestry.ts'
import type { FlowGraph } from '../flow/graph.ts'
import type { ExecutionResult, StepState } from './state.ts'

/** The latest that succeeded; of a producer upstream in the same loop only what it gave in this iteration. */
export function resultFor(reader: StepState, producer: StepState): ExecutionResult | undefined {
  const { result, iteration } = producer
  if (result === undefined || result.iteration === iteration) return result
  return runsBefore(producer, reader) ? undefined : result
}

/** Whether a producer runs before the reader in each iteration of a loop that holds both. */
function runsBefore({ place: { index } }: StepState, { place, frame: { graph } }: StepState): boolean {
  const share = place.loops.some((loop) => loop.holds.has(index))
  return share && ancestryOf(graph).leadsTo(index, place.index)
}

const ancestries = new WeakMap<FlowGraph, Ancestry>()

function ancestryOf(graph: FlowGraph): Ancestry {
  const ancestry = ancestries.get(graph) ?? createAncestry(graph)
  ancestries.set(graph, ancestry)
  return ancestry
}
