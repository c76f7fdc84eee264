/** My job: what a reference of an execution stands for (rule T1). */

import type { Reference } from '../../flow/reference.ts'
import type { Lookup, LookupResult } from '../../prompt/lookup.ts'
import { pickField, pickPath } from '../../prompt/pick-field.ts'
import { resultFor } from '../../run/read-result.ts'
import type { Execution, StepState } from '../../run/state.ts'
import { dataOf, type LoadedTexts, refsOf, textOf } from '../outputs.ts'

/** Finds values for one execution; `loaded` holds the outputs that lie in artifacts. */
export function createLookup(execution: Execution, loaded: LoadedTexts): Lookup {
  const { frame, item } = execution
  return (reference) => {
    switch (reference.root) {
      case 'params':
        return pickPath(frame.params, reference.path)
      case 'item':
        return item === undefined ? NOT_RUN : pickPath(item.value, reference.path)
      case 'index':
        return item === undefined ? NOT_RUN : { found: true, value: item.index }
      default:
        return readProducer(execution, reference, loaded)
    }
  }
}

const NOT_RUN: LookupResult = { found: false, why: { reason: 'not_run' } }

/** The step that a reference reads. */
export function producerOf({ frame, step }: Execution, reference: Reference): StepState | undefined {
  const id = reference.root === 'winner' ? step.winner : reference.stepId
  const index = id === undefined ? undefined : frame.graph.byId.get(id)?.index
  return index === undefined ? undefined : frame.steps[index]
}

function readProducer(execution: Execution, reference: Reference, loaded: LoadedTexts): LookupResult {
  const step = producerOf(execution, reference)
  if (step === undefined) return NOT_RUN
  const result = resultFor(execution.step, step)
  if (result === undefined) return { found: false, why: whyMissing(step) }
  const data = dataOf(result.output, loaded)
  const text = textOf(result.output, loaded)
  return pickField(
    {
      ...(text === undefined ? {} : { text }),
      ...(data === undefined ? {} : { data }),
      ...(result.handoff === undefined ? {} : { handoff: result.handoff }),
    },
    reference.path,
  )
}

function whyMissing(step: StepState): Extract<LookupResult, { found: false }>['why'] {
  if (step.status === 'skipped') {
    return { reason: 'skipped', ...(step.skipReason === undefined ? {} : { detail: step.skipReason }) }
  }
  if (step.status !== 'failed') return { reason: 'not_run' }
  return { reason: 'failed', ...(step.error === undefined ? {} : { detail: step.error.code }) }
}

/** Artifacts that must be read before these references can be looked up. */
export function refsToLoad(execution: Execution, references: readonly Reference[]): readonly string[] {
  return references.flatMap((reference) => {
    if (reference.root !== 'step' && reference.root !== 'winner') return []
    const producer = producerOf(execution, reference)
    const result = producer === undefined ? undefined : resultFor(execution.step, producer)
    return result === undefined ? [] : refsOf(result.output)
  })
}
