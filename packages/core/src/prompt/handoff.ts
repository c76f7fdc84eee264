/**
 * What a step hands over, however its engine said it: in its own handoff, in structured data or in
 * front matter, in that order, field by field. What comes in is a claim of a model: each field is
 * clipped, and one of a wrong type is dropped.
 */
import type { StepResult } from '../engine/result.ts'
import type { Assumption, DecisionNote, Handoff } from '../events/envelope.ts'
import type { JsonObject, JsonValue } from '../flow/json.ts'
import { isJsonObject } from '../flow/json.ts'
import { parseFrontMatter } from './front-matter.ts'
import { toArtifacts, toConcerns, toFacts, toFields, toList, toText } from './handoff-fields.ts'
import { parseJson } from './json-text.ts'

/** What of a result can hold a handoff. */
export type HandoffSource = Pick<StepResult, 'output' | 'data' | 'handoff'>

/** Words that say whether a call worked; the verdict is another thing (rule L6). */
const CALL_STATUS = new Set(['succeeded', 'success', 'failed', 'failure', 'ok', 'error'])
/** The verdicts of the sources, written alike however the engine wrote them. @source A4 */
export const VERDICTS: readonly string[] = ['VERIFIED', 'UNVERIFIED', 'PARTIAL', 'BLOCKED']

const VERDICT_LIMIT = 100
const SUMMARY_LIMIT = 2_000

/** Under which keys each member is read, the first that is there. @source A4 HandoffEnvelope */
export const HANDOFF_KEYS: Readonly<Record<keyof Handoff, readonly string[]>> = {
  verdict: ['verdict', 'status'],
  summary: ['summary'],
  artifacts: ['artifacts'],
  concerns: ['concerns'],
  assumptions: ['assumptions', 'assumptions_made', 'assumptionsMade'],
  decisions: ['decisions', 'decisions_made', 'decisionsMade'],
  facts: ['facts'],
  canFurtherIterationHelp: ['canFurtherIterationHelp', 'can_further_iteration_help'],
  fields: ['fields'],
}

/** Keys that are read into a member of the handoff and are no further field. */
const KNOWN_KEYS: ReadonlySet<string> = new Set(Object.values(HANDOFF_KEYS).flat())

/** The handoff of a call, or `undefined` when it said nothing of the kind. */
export function toHandoff(result: HandoffSource): Handoff | undefined {
  const frontMatter = parseFrontMatter(result.output) ?? {}
  const data = objectOf(result.data)
  const own = objectOf(toPlain(result.handoff))
  const stated: Handoff = { ...readHandoff(frontMatter), ...readHandoff(data), ...readHandoff(own) }
  const fields = toFields({ ...furtherFields(frontMatter, data), ...objectOf(own.fields) })
  const handoff = fields === undefined ? stated : { ...stated, fields }
  return Object.keys(handoff).length === 0 ? undefined : handoff
}

/** The engine's handoff as plain JSON; nothing when it cannot be written as such. */
function toPlain(handoff: Handoff | undefined): JsonValue | undefined {
  try {
    return handoff === undefined ? undefined : parseJson(JSON.stringify(handoff))
  } catch {
    return undefined
  }
}

/** The members of a handoff that an object states, under our names or those of the sources. */
export function readHandoff(source: JsonObject): Handoff {
  if (!Object.keys(source).some((key) => KNOWN_KEYS.has(key))) return {}
  const read = (member: keyof Handoff) => firstOf(source, HANDOFF_KEYS[member])
  return withoutUndefined<Handoff>({
    verdict: toVerdict(source),
    summary: toText(read('summary'), SUMMARY_LIMIT),
    artifacts: toArtifacts(read('artifacts')),
    concerns: toConcerns(read('concerns')),
    assumptions: toList(read('assumptions'), toAssumption),
    decisions: toList(read('decisions'), toDecision),
    facts: toFacts(read('facts')),
    canFurtherIterationHelp: toYesOrNo(read('canFurtherIterationHelp')),
  })
}

function toVerdict(source: JsonObject): string | undefined {
  const stated = firstOf(source, ['verdict']) ?? (isVerdictStatus(source) ? source.status : undefined)
  const word = toText(stated, VERDICT_LIMIT)
  if (word === undefined) return undefined
  const upper = word.toUpperCase()
  return VERDICTS.includes(upper) ? upper : word
}

/** Whether a `status` is the verdict: it stands alone and is no word about the call itself. */
function isVerdictStatus(source: JsonObject): boolean {
  const status = toText(firstOf(source, ['status']))?.toLowerCase()
  return status !== undefined && !CALL_STATUS.has(status) && !Object.hasOwn(source, 'verdict')
}

/** A boolean, or the sources' `yes` and `no`. @source A7.2 */
function toYesOrNo(value: JsonValue | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value
  const word = typeof value === 'string' ? value.trim().toLowerCase() : ''
  if (word === 'yes' || word === 'true') return true
  return word === 'no' || word === 'false' ? false : undefined
}

function toAssumption(value: JsonValue): Assumption | undefined {
  if (!isJsonObject(value)) return toAssumption({ statement: value })
  const statement = toText(firstOf(value, ['statement', 'assumption']))
  if (statement === undefined) return undefined
  const confidence = toText(value.confidence)?.toLowerCase()
  return withoutUndefined<Assumption>({
    statement,
    rationale: toText(value.rationale),
    impactIfWrong: toText(firstOf(value, ['impactIfWrong', 'impact_if_wrong'])),
    confidence:
      confidence === 'high' || confidence === 'medium' || confidence === 'low' ? confidence : undefined,
  })
}

function toDecision(value: JsonValue): DecisionNote | undefined {
  if (!isJsonObject(value)) return undefined
  const subject = toText(value.subject)
  const decision = toText(value.decision)
  if (subject === undefined || decision === undefined) return undefined
  return withoutUndefined<DecisionNote>({ subject, decision, rationale: toText(value.rationale) })
}

/** What front matter states beyond the handoff and the data, which are looked up first. */
function furtherFields(frontMatter: JsonObject, data: JsonObject): JsonObject {
  const isRead = (key: string) => (key === 'status' ? isVerdictStatus(frontMatter) : KNOWN_KEYS.has(key))
  const further = Object.entries(frontMatter).filter(([key]) => !isRead(key) && !Object.hasOwn(data, key))
  return { ...Object.fromEntries(further), ...objectOf(frontMatter.fields) }
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function firstOf(source: JsonObject, keys: readonly string[]): JsonValue | undefined {
  const key = keys.find((name) => Object.hasOwn(source, name))
  return key === undefined ? undefined : source[key]
}

/** The object without the members that have no value, as exact optional members ask for. */
function withoutUndefined<T extends object>(
  members: {
    [K in keyof T]: T[K] | undefined
  },
): T {
  const present = Object.entries(members).filter(([, value]) => value !== undefined)
  // What is left are members of T; that the required ones are there is the caller's to see to.
  return Object.fromEntries(present) as T
}
