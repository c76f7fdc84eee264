/**
 * Readers: small functions that take a value from a flow's source, report what is wrong with it, and give
 * back the part of the definition that it makes, or `undefined`. The tables of fields are made of them.
 */
import { didYouMean } from '../errors/closest.ts'
import { isHolder, show } from '../input/value.ts'
import type { StepFunction } from './flow.ts'
import type { Finding, IssueList } from './issue-list.ts'
import type { Origins } from './origin.ts'

/** What is read: TypeScript with functions and schema objects, YAML, or a definition as plain JSON. */
export type SourceKind = 'typescript' | 'yaml' | 'json'

/** What all readers of one flow share. */
export interface Reading {
  readonly source: SourceKind
  readonly issues: IssueList
  /** Where the values of a YAML source stand. */
  readonly origins?: Origins | undefined
  /** The functions of function steps, by step id. */
  readonly functions: Map<string, StepFunction>
}

/** The place of a value: `steps[2].routing.next`. */
export interface Place extends Reading {
  readonly path: string
}

/** Reads a value. */
export type Reader = (value: unknown, place: Place) => unknown

/** The place of a member. */
export function below(place: Place, holder: object, key: string | number, name = key): Place {
  const { path } = place
  const inner = typeof name === 'number' ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`
  place.issues.locate(inner, place.origins?.find(holder, key))
  return { ...place, path: inner }
}

/** Reports something about a place. */
export function report(place: Place, finding: Omit<Finding, 'path'>): undefined {
  place.issues.report({ ...finding, path: place.path })
}

/** Reports a value of the wrong type. */
export function refuseType(value: unknown, place: Place, wanted: string): undefined {
  const text = `has ${nameOf(place)} ${show(value)}, which must be ${wanted}.`
  return report(place, { code: 'wrong_type', text })
}

/** Reports a value that is none of those allowed. */
export function refuseValue(value: unknown, place: Place, wanted: string): undefined {
  const text = `has ${nameOf(place)} ${show(value)}, which must be ${wanted}.`
  return report(place, { code: 'value_not_allowed', text })
}

/** The field of a place as the source spells it; a step or flow as a whole has none. */
export function nameOf(place: Place): string {
  const field = place.issues.fieldAt(place.path)
  return field === '' ? 'the value' : `"${field}"`
}

/** A field that is looked at elsewhere. */
export const keep: Reader = () => undefined

/** A text that is not blank. */
export const text: Reader = (value, place) => {
  if (typeof value !== 'string') return refuseType(value, place, `a text${quoteHint(value, place)}`)
  if (hasHalfPair(value)) return refuseValue(value, place, `whole characters: ${HALF_PAIR}`)
  return value.trim() === '' ? refuseValue(value, place, 'a text that is not blank') : value
}

/** Why {@link hasHalfPair} is an error. */
export const HALF_PAIR = 'half a surrogate pair cannot be stored'

/** Whether a text holds half a surrogate pair: UTF-8 has none, so that what is stored would be another text. */
export function hasHalfPair(value: string): boolean {
  return /\p{Surrogate}/u.test(value)
}

/** True or false. */
export const flag: Reader = (value, place) =>
  typeof value === 'boolean' ? value : refuseType(value, place, 'true or false')

/** A whole number within bounds. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): Reader {
  const wanted = `a whole number of at least ${least}${most === Number.MAX_SAFE_INTEGER ? '' : ` and at most ${most}`}`
  return (value, place) => {
    if (typeof value !== 'number') return refuseType(value, place, wanted)
    const fits = Number.isSafeInteger(value) && value >= least && value <= most
    return fits ? value : refuseValue(value, place, wanted)
  }
}

/** A number above 0. */
export function positive(value: unknown, place: Place): unknown {
  const wanted = 'a number above 0'
  if (typeof value !== 'number') return refuseType(value, place, wanted)
  return Number.isFinite(value) && value > 0 ? value : refuseValue(value, place, wanted)
}

/** One of some words. */
export function oneOf(...words: readonly string[]): Reader {
  const wanted = `one of ${words.map((word) => `"${word}"`).join(', ')}`
  return (value, place) => {
    if (typeof value !== 'string') return refuseType(value, place, wanted)
    if (words.includes(value)) return value
    const finding = `has ${nameOf(place)} ${show(value)}, which must be ${wanted}.${didYouMean(value, words)}`
    return report(place, { code: 'value_not_allowed', text: finding })
  }
}

/** The id of a step, the key of a flow, the id of a question. */
export const id: Reader = (value, place) => {
  if (typeof value !== 'string') return refuseType(value, place, 'a text')
  if (/^[a-z][a-z0-9_-]{0,127}$/.test(value)) return value
  const wanted = 'a lower-case letter, then lower-case letters, digits, "_" and "-", at most 128 in all'
  const finding = `has ${nameOf(place)} ${show(value)}, but an id is ${wanted}.`
  return report(place, { code: 'invalid_id', text: finding })
}

/** What becomes part of a file's name: an agent, a station, an engine. */
export const name: Reader = (value, place) => {
  if (typeof value !== 'string') return refuseType(value, place, 'a text')
  const wanted = 'letters, digits, ".", "_" and "-", the first a letter or a digit, at most 128 in all'
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(value) ? value : refuseValue(value, place, wanted)
}

/** A regular expression. */
export const pattern: Reader = (value, place) => {
  const source = text(value, place)
  if (typeof source !== 'string') return undefined
  try {
    new RegExp(source, 'i')
    return source
  } catch {
    return refuseValue(source, place, 'a regular expression')
  }
}

/** A list, each member read alike; members that are wrong are left out. */
export function list(reader: Reader, { least = 0 }: { readonly least?: number } = {}): Reader {
  return (value, place) => {
    if (!Array.isArray(value)) return refuseType(value, place, 'a list')
    if (value.length < least) return refuseValue(value, place, `a list of at least ${least}`)
    const members = value.map((member: unknown, index) => reader(member, below(place, value, index)))
    return members.filter((member) => member !== undefined)
  }
}

/** A text, whatever it says, or `undefined`. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The ids of the steps of a source, as far as they are there: for messages. */
export function idsOf(steps: unknown): readonly (string | undefined)[] {
  return Array.isArray(steps) ? steps.map((step) => (isHolder(step) ? textOf(step.id) : undefined)) : []
}

function quoteHint(value: unknown, place: Place): string {
  const isScalar = typeof value === 'number' || typeof value === 'boolean'
  return isScalar && place.source === 'yaml' ? ' (write it in quotes)' : ''
}
