/** Fields of a step that are right each by itself, but not together. */
import { didYouMean } from '../errors/closest.ts'
import { type Holder, isHolder } from '../input/value.ts'
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from './json.ts'
import { type Place, report } from './reader.ts'
import { validateJson } from './schema.ts'

/** Reports what does not go together on a step. */
export function checkCombinations(step: Holder, place: Place): void {
  for (const [field, goesAlone, text] of combinations) {
    if (step[field] === undefined || !goesAlone(step)) continue
    report(member(place, field), {
      code: 'field_not_applicable',
      text: `has "${spelled(place, field)}", ${text}`,
    })
  }
  checkReminder(step, place)
  if (step.kind === 'wait') checkDefault(step.schema, step.onDeadline, member(place, 'onDeadline'))
  if (step.kind === 'question') checkQuestions(step, place)
}

type Combination = readonly [field: string, goesAlone: (step: Holder) => boolean, text: string]

const combinations: readonly Combination[] = [
  [
    'triggerRule',
    ({ needs }) => !Array.isArray(needs) || needs.length === 0,
    'which has no use without needs.',
  ],
  [
    'losers',
    ({ triggerRule }) => triggerRule !== 'one_success',
    'which has no use unless the trigger rule is "one_success".',
  ],
  ['onDeadline', ({ deadlineMs }) => deadlineMs === undefined, 'which has no use without a deadline.'],
  ['engine', runsNoAgent, 'which has no use because the step that it runs calls no engine.'],
  ['model', runsNoAgent, 'which has no use because the step that it runs calls no engine.'],
  ['maxRepairs', ({ output }) => output === undefined, 'which has no use without an output schema.'],
  [
    'onReject',
    ({ routing }) => isJsonObject(routing) && (routing.kind === 'branch' || routing.kind === 'microloop'),
    'which has no use because its routing decides what a rejection does: it reads the verdict "REJECTED".',
  ],
]

/** A map passes its engine on to the step that it runs, or to what runs below. */
function runsNoAgent({ kind, step }: Holder): boolean {
  return kind === 'map' && isHolder(step) && step.kind !== 'agent' && step.kind !== 'flow'
}

function checkReminder({ warnAfterMs, deadlineMs }: Holder, place: Place): void {
  if (typeof warnAfterMs !== 'number' || typeof deadlineMs !== 'number' || warnAfterMs < deadlineMs) return
  const text = `has "${spelled(place, 'warnAfterMs')}" ${warnAfterMs}, which is not before its deadline.`
  report(member(place, 'warnAfterMs'), { code: 'value_not_allowed', text })
}

/** A default that the deadline gives is an answer like any other: it must be a valid one. */
function checkDefault(schema: unknown, value: unknown, place: Place): void {
  if (!isJsonObject(schema) || value === undefined) return
  // The readers have made it JSON.
  const [problem] = validateJson(schema, value as JsonValue)
  if (problem === undefined) return
  const text = `has "${place.issues.fieldAt(place.path)}", which is no valid answer: ${problem}.`
  report(place, { code: 'value_not_allowed', text })
}

interface AskedQuestion {
  readonly id: string
  readonly options?: readonly string[]
  readonly schema?: JsonSchema
}

function checkQuestions({ questions, onDeadline }: Holder, place: Place): void {
  // The readers have made them questions; one without an id is reported already.
  const asked = ((questions ?? []) as readonly AskedQuestion[]).filter(({ id }) => id !== undefined)
  const ids = asked.map(({ id }) => id)
  const twice = ids.find((id, index) => ids.indexOf(id) < index)
  if (twice !== undefined) {
    report(member(place, 'questions'), {
      code: 'duplicate_id',
      text: `has two questions with the id "${twice}".`,
    })
  }
  if (!isJsonObject(onDeadline)) return
  const inner = member(place, 'onDeadline')
  for (const key of Object.keys(onDeadline).filter((name) => !ids.includes(name))) {
    const text = `answers unknown question "${key}" at the deadline.${didYouMean(key, ids)}`
    report(inner, { code: 'value_not_allowed', text })
  }
  checkDefault(answerSchema(asked), onDeadline, inner)
}

function answerSchema(questions: readonly AskedQuestion[]): JsonObject {
  const properties = questions.map(({ id, options, schema }) => {
    return [id, schema ?? (options === undefined ? { type: 'string' } : { enum: options })] as const
  })
  return { properties: Object.fromEntries(properties), required: properties.map(([id]) => id) }
}

function member(place: Place, field: string): Place {
  return { ...place, path: place.path === '' ? field : `${place.path}.${field}` }
}

function spelled(place: Place, field: string): string {
  return place.issues.fieldAt(member(place, field).path)
}
