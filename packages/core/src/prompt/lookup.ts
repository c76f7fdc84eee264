/** What a reference is looked up as, and what is said when it has no value (rule T1). */
import { didYouMean } from '../errors/closest.ts'
import type { PlainError } from '../errors/plain-error.ts'
import type { JsonValue } from '../flow/json.ts'
import type { Reference } from '../flow/reference.ts'

/** Finds the value of a reference. Given by the kernel, which knows what every step gave; synchronous. */
export type Lookup = (reference: Reference) => LookupResult

/** What a reference stands for, or why it stands for nothing. */
export type LookupResult = FoundValue | MissingValue

/** A value was found. */
export interface FoundValue {
  readonly found: true
  readonly value: JsonValue
  /** What a prompt shows, when it is not the value: the text of an answer that has data too. */
  readonly text?: string
}

/** There is no value. */
export interface MissingValue {
  readonly found: false
  readonly why: MissingReason
}

/** Why there is no value. */
export type MissingReason =
  /** The producer has not run before this step. */
  | { readonly reason: 'not_run' }
  /** The producer was skipped; `detail` is the skip reason. */
  | { readonly reason: 'skipped'; readonly detail?: string }
  /** The producer failed; `detail` is the error's code. */
  | { readonly reason: 'failed'; readonly detail?: string }
  /** The value has no such field; `keys` are those that it has. */
  | { readonly reason: 'field_absent'; readonly field: string; readonly keys: readonly string[] }

/** A reference that has no value and is not optional. */
export interface MissingReference {
  readonly reference: Reference
  readonly why: MissingReason
}

const SHOWN_KEYS = 20

/** The error of a step whose references have no value: every one of them with the way out. */
export function referenceUnresolved(missing: readonly MissingReference[]): PlainError {
  const message = missing.map(explain).join('\n').slice(0, 2_000)
  return { name: 'FlowError', code: 'reference_unresolved', message, retryable: false }
}

function explain({ reference, why }: MissingReference): string {
  const { source } = reference
  return `Reference "${source}" has no value: ${cause(reference, why)} Write "${source}?" to let it be empty.`
}

function cause(reference: Reference, why: MissingReason): string {
  const producer = producerOf(reference)
  if (why.reason === 'field_absent') return absentField(producer, why.field, why.keys)
  if (why.reason === 'not_run') return `${producer} has not run before this step.`
  const detail = why.detail === undefined ? '' : ` (${why.detail})`
  return `${producer} ${why.reason === 'skipped' ? 'was skipped' : 'failed'}${detail}.`
}

function absentField(owner: string, field: string, keys: readonly string[]): string {
  if (keys.length === 0) return `${owner} has no field "${field}", nor any other.`
  const shown = keys.slice(0, SHOWN_KEYS).map((key) => `"${key}"`)
  const rest = keys.length > SHOWN_KEYS ? ` and ${keys.length - SHOWN_KEYS} more` : ''
  return `${owner} has no field "${field}" but ${shown.join(', ')}${rest}.${didYouMean(field, keys)}`
}

function producerOf({ root, stepId }: Reference): string {
  if (root === 'step') return `step "${stepId}"`
  return { winner: 'the winner', params: 'the params', item: 'the item', index: 'the index' }[root]
}
