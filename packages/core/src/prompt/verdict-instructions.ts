/** How an agent is asked for what the routing of its step reads (rules L1, L2, L6). */
import type { AgentStep } from '../flow/definition.ts'
import type { JsonValue } from '../flow/json.ts'
import type { BranchCase, FieldCase, Routing } from '../flow/routing.ts'
import { isVerdictField } from '../flow/verdict-field.ts'
import { VERDICTS } from './handoff.ts'
import { guard, section } from './tags.ts'

/** The format section of a step without an output schema; empty when its routing reads no field. */
export function verdictInstructions({ routing }: AgentStep): string {
  const fields = fieldsOf(routing)
  if (fields.size === 0) return ''
  const members = [...fields].map(([field, values]) => `- "${field}": ${described(values)}`)
  if (routing?.kind === 'microloop') {
    members.push('- "can_further_iteration_help": false when another pass cannot help, else true')
  }
  const content = [
    'End your answer with one JSON object that has these members, and with nothing behind it:',
    ...members,
    '- "summary": what you did and found, in at most 2000 characters',
  ]
  return section('format', guard(content.join('\n')))
}

/** What the routing compares, and with which values. */
function fieldsOf(routing: Routing | undefined): ReadonlyMap<string, readonly JsonValue[]> {
  if (routing?.kind === 'microloop') {
    const { field = 'verdict', successValues = ['VERIFIED'] } = routing
    const values = isVerdictField(field) ? [...successValues, ...VERDICTS] : successValues
    return new Map([[field, [...new Set(values)]]])
  }
  return routing?.kind === 'branch' ? comparedFields(routing.cases.filter(isFieldCase)) : new Map()
}

function comparedFields(cases: readonly FieldCase[]): ReadonlyMap<string, readonly JsonValue[]> {
  const fields = new Map<string, JsonValue[]>()
  for (const { field = 'verdict', value } of cases) {
    const values: readonly JsonValue[] = Array.isArray(value) ? value : [value]
    fields.set(field, [...(fields.get(field) ?? []), ...values])
  }
  return fields
}

function isFieldCase(branchCase: BranchCase): branchCase is FieldCase {
  return !('when' in branchCase)
}

function described(values: readonly JsonValue[]): string {
  const shown = [...new Set(values.map((value) => JSON.stringify(value)))]
  return shown.length === 1 ? `such as ${shown[0]}` : `one of ${shown.join(', ')}`
}
