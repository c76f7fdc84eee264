/** Reads a flow as a whole: its own fields, its steps, and what the digest is made of. */

import { type Holder, isHolder } from '../input/value.ts'
import type { FlowDefinition } from './definition.ts'
import { jsonObject, schema } from './json-reader.ts'
import { id, idsOf, keep, list, name, type Place, refuseType, text, textOf, whole } from './reader.ts'
import { type Fields, readRecord, record } from './record.ts'
import { budget, history, retry } from './step-fields.ts'
import { step } from './step-reader.ts'
import { reference } from './text-readers.ts'

const transition = record({ nextFlow: id, reason: text }, { required: ['nextFlow'] })

const requestLimits: Fields = { depth: keep, flowVisits: keep, visitsPerFlow: keep }

const limits = record(
  { stepExecutions: whole(1), durationMs: whole(1) },
  { elsewhere: { fields: requestLimits, reason: () => 'bounds a run, not a flow. Set it on the request.' } },
)

const defaults = record({
  engine: name,
  model: text,
  retry,
  timeoutMs: whole(1),
  idleTimeoutMs: whole(1),
  history,
})

const flowFields: Fields = {
  key: id,
  title: text,
  description: text,
  charter: jsonObject,
  teaching: jsonObject,
  notes: jsonObject,
  params: schema,
  defaults,
  limits,
  budget,
  output: reference('step', 'params'),
  steps: list(step, { least: 1 }),
  onComplete: transition,
  onFailure: transition,
}
/** A definition that comes back from a journal has its digest; whoever makes a flow cannot choose it. */
const definitionFields: Fields = { ...flowFields, digest: keep }

/** A flow without its digest, as far as it could be read. */
export type FlowContent = Omit<FlowDefinition, 'digest'>

/** Reads a flow; `undefined` when it is no object at all. What is faulty is left out, for the linter. */
export function readFlow(value: unknown, place: Place): FlowContent | undefined {
  if (!isHolder(value)) return refuseType(value, place, 'an object with a "key" and "steps"')
  place.issues.identify(textOf(value.key), idsOf(value.steps))
  const fields = place.source === 'json' ? definitionFields : flowFields
  const read = readRecord(value, place, { fields, required: ['key', 'steps'] })
  const steps = Array.isArray(read.steps) ? read.steps : []
  const content: unknown = { ...read, key: textOf(read.key) ?? '?', steps: steps.map(named) }
  // The table of fields is the definition's type in other words; what is missing has been reported.
  return content as FlowContent
}

/** Steps without a valid id get one that no step can have, so that the linter can go on. */
function named(step: Holder, index: number): Holder {
  return typeof step.id === 'string' ? step : { ...step, id: `#${index + 1}` }
}
