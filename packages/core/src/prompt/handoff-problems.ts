/** What of a handoff that an engine gave is not taken over, and what is wanted instead. */
import { knownHint } from '../errors/closest.ts'
import type { Handoff } from '../events/envelope.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../flow/json.ts'
import type { InputProblem } from '../input/problems.ts'
import { show } from '../input/value.ts'
import { HANDOFF_KEYS, readHandoff } from './handoff.ts'
import { toFields } from './handoff-fields.ts'

const WANTED: Readonly<Record<keyof Handoff, string>> = {
  verdict: 'a text',
  summary: 'a text',
  artifacts: 'an object of at most 100 paths by name',
  concerns: 'a list of at most 100 texts',
  assumptions: 'a list of at most 100 objects { statement, rationale?, impactIfWrong?, confidence? }',
  decisions: 'a list of at most 100 objects { subject, decision, rationale? }',
  facts: 'a list of at most 100 objects { key, value, confidence?, evidence? }',
  canFurtherIterationHelp: 'true or false',
  fields: 'an object of at most 16,000 characters as JSON',
}

// Object.keys forgets which keys it was given.
const MEMBERS = Object.keys(WANTED) as readonly (keyof Handoff)[]

/** Every member that is unknown, or of which less is taken over than is there. */
export function handoffProblems(handoff: JsonObject, path: string): readonly InputProblem[] {
  return Object.entries(handoff).flatMap(([name, value]) => {
    const problem = problemOf(name, value)
    return problem === undefined
      ? []
      : [{ path: `${path}.${name}`, message: `${path}.${name} is ${problem}` }]
  })
}

function problemOf(name: string, value: JsonValue): string | undefined {
  const member = MEMBERS.find((one) => HANDOFF_KEYS[one].includes(name))
  if (member === undefined) return `unknown.${knownHint(name, MEMBERS)}`
  const read =
    member === 'fields' ? toFields(objectOf(value)) : Object.values(readHandoff({ [name]: value }))[0]
  return extentOf(read) >= extentOf(value) ? undefined : `${show(value)}, but must be ${WANTED[member]}.`
}

function objectOf(value: JsonValue): JsonObject {
  return isJsonObject(value) ? value : {}
}

/** How much a value says: its entries, or whether it says anything. */
function extentOf(value: unknown): number {
  if (value === undefined || value === null) return 0
  if (typeof value === 'string') return value.trim() === '' ? 0 : 1
  return typeof value === 'object' ? Object.keys(value).length : 1
}
