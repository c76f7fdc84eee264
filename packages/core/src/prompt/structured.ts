/** Structured answers: how they are asked for, found in what a model wrote, checked, and asked again. */
import type { StepResult } from '../engine/result.ts'
import type { JsonSchema, JsonValue } from '../flow/json.ts'
import { validateJson } from '../flow/schema.ts'
import { jsonCandidates } from './json-text.ts'
import { clip, guard, section } from './tags.ts'

/** What a check of an answer found. */
export type StructuredCheck =
  | { readonly ok: true; readonly data: JsonValue }
  | { readonly ok: false; readonly problems: readonly string[] }

/** A longer answer is not searched for a value. */
const ANSWER_LIMIT = 4_000_000
const PROBLEM_LIMIT = 20
const PROBLEM_SIZE = 300
const PREVIOUS_SIZE = 10_000

/**
 * Whether a call gave what the schema asks for: the data that the engine set, else the first value in
 * the answer that matches. The problems are those of the likeliest value.
 */
export function checkStructured(
  schema: JsonSchema,
  result: Pick<StepResult, 'output' | 'data'>,
): StructuredCheck {
  if (result.data !== undefined) return check(schema, result.data)
  let first: StructuredCheck | undefined
  for (const value of candidates(schema, result.output)) {
    const outcome = check(schema, value)
    if (outcome.ok) return outcome
    first ??= outcome
  }
  return first ?? { ok: false, problems: [absence(result.output)] }
}

function* candidates(schema: JsonSchema, answer: string): Generator<JsonValue> {
  if (answer.length > ANSWER_LIMIT) return
  yield* jsonCandidates(answer)
  if (schema.type === 'string') yield answer.trim()
}

function check(schema: JsonSchema, value: JsonValue): StructuredCheck {
  const problems = validateJson(schema, value)
  return problems.length === 0 ? { ok: true, data: value } : { ok: false, problems }
}

function absence(answer: string): string {
  if (answer.trim() === '') return 'The answer is empty.'
  if (answer.length > ANSWER_LIMIT) {
    return `The answer has ${answer.length} characters; at most ${ANSWER_LIMIT} are searched for JSON.`
  }
  return 'The answer holds no JSON value.'
}

/** Asks for an answer that matches the schema: the format section of a prompt. */
export function formatInstructions(schema: JsonSchema): string {
  return section(
    'format',
    `Answer with one JSON value that matches this JSON Schema, and with nothing else.\n${shown(schema)}`,
  )
}

/** Asks again after a wrong answer: the repair section of a prompt; complete for an engine that remembers. */
export function repairPrompt(
  problems: readonly string[],
  schema: JsonSchema,
  previousAnswer: string,
): string {
  const lines = problems.slice(0, PROBLEM_LIMIT).map((problem) => `- ${clip(problem, PROBLEM_SIZE)}`)
  const more = problems.length - lines.length
  const content = [
    'Your previous answer does not match what was asked for:',
    // Guarded as one, so that no line makes a tag with the next.
    guard([...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n')),
    section('previous-answer', guard(clip(previousAnswer, PREVIOUS_SIZE))),
    'Answer again with one JSON value that matches this JSON Schema, and with nothing else.',
    shown(schema),
  ]
  return section('repair', content.join('\n'))
}

function shown(schema: JsonSchema): string {
  return guard(JSON.stringify(schema))
}
