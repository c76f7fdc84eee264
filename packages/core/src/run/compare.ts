/** My job: the values that loops and branches read, and how they are compared (rule L6). */

import { canonicalJson } from '../flow/digest.ts'
import type { JsonValue } from '../flow/json.ts'
import type { FieldCase } from '../flow/routing.ts'
import { isVerdictField } from '../flow/verdict-field.ts'
import { pickField } from '../prompt/pick-field.ts'
import { verdictOf, withheld } from './condition-scope.ts'
import type { StepState } from './state.ts'

/**
 * A field of a step's output (data, handoff, front matter), or its verdict: a failed check has the last word.
 * Throws `condition_error` when the field may lie in an artifact.
 */
export function readField(step: StepState, field: string | undefined): JsonValue | undefined {
  if (isVerdictField(field) && step.gateVerdict !== undefined) return step.gateVerdict
  if (field === undefined || field === 'verdict') return verdictOf(step)
  const { result } = step
  if (result === undefined) return undefined
  const { output, data, dataRef } = result.output
  if (dataRef !== undefined) throw withheld(step, 'data')
  const picked = pickField(
    {
      ...(output.text === undefined || output.ref !== undefined ? {} : { text: output.text }),
      ...(data === undefined ? {} : { data }),
      ...(result.handoff === undefined ? {} : { handoff: result.handoff }),
    },
    field.split('.'),
  )
  if (picked.found) return picked.value
  // What the text of an agent states was read into its handoff, whatever its length.
  if (output.ref !== undefined && step.place.definition.kind !== 'agent') throw withheld(step, 'output')
  return undefined
}

/** Whether a case of a branch holds for a value that was read. */
export function compares(
  value: JsonValue | undefined,
  { operator = 'equals', value: expected }: FieldCase,
): boolean {
  switch (operator) {
    case 'equals':
      return value !== undefined && isSameWord(value, expected)
    case 'not_equals':
      return value === undefined || !isSameWord(value, expected)
    case 'in':
      return value !== undefined && isOneOf(value, expected)
    case 'not_in':
      return value === undefined || !isOneOf(value, expected)
    case 'contains':
      return Array.isArray(value) && value.some((member: JsonValue) => isSameWord(member, expected))
  }
}

function isOneOf(value: JsonValue, expected: JsonValue): boolean {
  return Array.isArray(expected) && expected.some((member: JsonValue) => isSameWord(value, member))
}

/** Exact but for case; `true` equals "true", because routing tables are often written as words. */
export function isSameWord(a: JsonValue, b: JsonValue): boolean {
  return toWord(a) === toWord(b)
}

function toWord(value: JsonValue): string {
  return typeof value === 'string' ? value.trim().toLowerCase() : canonicalJson(value).toLowerCase()
}
