/** Reads steps by the table of their fields. */
import { didYouMean } from '../errors/closest.ts'
import { type Holder, isHolder, show } from '../input/value.ts'
import type { StepKind } from './definition.ts'
import type { StepFunction } from './flow.ts'
import { below, keep, type Place, type Reader, refuseType, report } from './reader.ts'
import { type Fields, type RecordOptions, readRecord } from './record.ts'
import { checkCombinations } from './step-combinations.ts'
import { type StepField, stepFields, stepKinds } from './step-fields.ts'

/** A step of a flow. One that is faulty is read as far as it goes, for the linter. */
export const step: Reader = (value, place) => readStep(value, place, { inMap: false }) ?? { kind: 'agent' }

interface StepPlace {
  readonly inMap: boolean
  /** The map's id, which its item step shares. */
  readonly mapId?: unknown
}

function readStep(value: unknown, place: Place, { inMap, mapId }: StepPlace): Holder | undefined {
  if (!isHolder(value)) return refuseType(value, place, 'an object')
  const kind = readKind(value, place, inMap)
  const read = { ...readRecord(value, place, shapeOf(kind, place.source, inMap)), kind: kind ?? 'agent' }
  const named = inMap ? { ...read, id: mapId } : read
  if (kind === 'function') keepFunction(value, named, place)
  if (kind === 'agent') checkTask(value, place)
  const whole = kind === 'map' ? { ...named, step: readItem(value, place, named) } : named
  if (kind !== undefined) checkCombinations(whole, place)
  return whole
}

/** The kind, or `undefined` when there is no such kind, or none that a map may run. */
function readKind(holder: Holder, place: Place, inMap: boolean): StepKind | undefined {
  const { kind: value = 'agent' } = holder
  const kind = stepKinds.find((known) => known === value)
  const inner = below(place, holder, 'kind')
  if (kind === 'map' && inMap) {
    const text = 'has a map as the step of a map. Run a flow for each item, and the inner map in it.'
    return report(inner, { code: 'value_not_allowed', text })
  }
  if (kind === 'function' && place.source === 'yaml') {
    const text = 'is a function step, which YAML cannot hold. Define the flow in TypeScript, with defineFlow.'
    report(inner, { code: 'function_in_yaml', text })
  }
  if (kind !== undefined) return kind
  const hint = typeof value === 'string' ? didYouMean(value, stepKinds) : ''
  const text = `has kind ${show(value)}, which must be one of ${stepKinds.join(', ')}.${hint}`
  return report(inner, { code: 'value_not_allowed', text })
}

/** The step of a map; a faulty one leaves a place holder, for the linter. */
function readItem(holder: Holder, place: Place, { id }: Holder): Holder {
  const nothing = { id, kind: 'agent' }
  if (holder.step === undefined) return nothing
  return readStep(holder.step, below(place, holder, 'step'), { inMap: true, mapId: id }) ?? nothing
}

function keepFunction({ run }: Holder, { id }: Holder, place: Place): void {
  if (place.source !== 'typescript') return
  if (typeof run !== 'function') {
    const found = run === undefined ? '' : `, but ${show(run)}`
    return report(place, { code: 'missing_function', text: `has no function as its "run"${found}.` })
  }
  // What it takes and gives cannot be seen; what it gives is checked when it is there.
  if (typeof id === 'string') place.functions.set(id, run as StepFunction)
}

function checkTask(holder: Holder, place: Place): void {
  const hasTask = ['prompt', 'role', 'objective'].some((name) => holder[name] !== undefined)
  if (hasTask) return
  report(place, { code: 'missing_field', text: 'has no "prompt", nor a "role" or an "objective".' })
}

type Shape = RecordOptions & { readonly fields: Fields }

const shapes = new Map<string, Shape>()

/** The fields of a kind; without a kind, all of them. Every step of a kind has the same ones. */
function shapeOf(kind: StepKind | undefined, source: Place['source'], inMap: boolean): Shape {
  const key = `${kind} ${source} ${inMap}`
  const known = shapes.get(key)
  if (known !== undefined) return known
  const shape = kind === undefined ? { fields: anyFields } : toShape(kind, source, inMap)
  shapes.set(key, shape)
  return shape
}

/** Of a kind that is not known, only what every kind has is looked at. */
const anyFields: Fields = Object.fromEntries(
  Object.entries(stepFields).map(([name, { kinds }]) => {
    const readers = Object.values(kinds)
    return [name, (readers.length === stepKinds.length ? readers[0] : undefined) ?? keep]
  }),
)

function toShape(kind: StepKind, source: Place['source'], inMap: boolean): Shape {
  const isPlaced = (name: string, field: StepField) =>
    !inMap || field.inMap || (name === 'id' && source === 'json')
  const fields = Object.entries(stepFields).flatMap(([name, field]) => {
    const reader = field.kinds[kind]
    return reader !== undefined && isPlaced(name, field) ? [[name, reader] as const] : []
  })
  const required = fields.flatMap(([name]) => (stepFields[name]?.required.includes(kind) ? [name] : []))
  const reason = (name: string) => reasonOf(name, kind, inMap)
  return { fields: Object.fromEntries(fields), required, elsewhere: { fields: anyFields, reason } }
}

function reasonOf(name: string, kind: StepKind, inMap: boolean): string {
  const field = stepFields[name]
  if (inMap && field?.inMap === false) return 'belongs to the map, not to the step that it runs.'
  return `has no use on a step of kind ${kind}. ${field?.instead(kind)}`
}
