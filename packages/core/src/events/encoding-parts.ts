/**
 * The parts that the encodings of events have in common. Each is a function: what zod builds costs time, so it
 * is built when the first event that needs it is parsed, and never in a process that parses none.
 */
import * as z from 'zod/mini'
import { isJsonObject, type JsonObject, type JsonValue } from '../flow/json.ts'

/** A member that may be left out; an explicit `undefined` is no JSON. */
export const maybe = z.exactOptional

/** Counts from 1. */
export const ordinal = () => z.int().check(z.minimum(1))

/** A list of texts. */
export const texts = () => z.array(z.string())

const DEEPEST = 1_000

/** Any JSON value. */
export const json = () => z.custom<JsonValue>((value) => isJson(value, 0))

/** A JSON object, such as params or a JSON Schema. */
export const jsonObject = () => z.custom<JsonObject>((value) => isJsonObject(value) && isJson(value, 0))

function isJson(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) {
    return value === null || typeof value === 'string' || typeof value === 'boolean'
  }
  if (depth >= DEEPEST || !isPlain(value)) return false
  return Object.values(value).every((member) => isJson(member, depth + 1))
}

/** An array or a literal, also of another realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Where a durable event stands (rule E1). */
export const envelope = () => ({ runId: z.string(), seq: ordinal(), ts: z.string() })

/** Where a transient event stands (rule E2). */
export const transientEnvelope = () => ({
  runId: z.string(),
  ts: z.string(),
  after: z.int().check(z.minimum(0)),
})

/** The visit that an event belongs to. */
export const flowScope = () => ({ flowKey: z.string(), visit: ordinal(), frame: z.string() })

/** The execution that an event belongs to. */
export const stepScope = () => ({
  ...flowScope(),
  stepId: z.string(),
  item: maybe(z.string()),
  iteration: ordinal(),
  attempt: ordinal(),
  agentKey: maybe(z.string()),
})

/** An error as data. */
export const plainError = () =>
  z.object({
    name: z.string(),
    code: z.string(),
    message: z.string(),
    retryable: z.boolean(),
    retryAfterMs: maybe(z.number()),
  })

/** What a step, a flow or a run gave, as members of its event. */
export const stepOutputMembers = () => ({
  output: z.object({
    digest: z.string(),
    characters: z.int(),
    text: maybe(z.string()),
    ref: maybe(z.string()),
  }),
  data: maybe(json()),
  dataRef: maybe(z.string()),
})

/** What a step, a flow or a run gave. */
export const stepOutput = () => z.object(stepOutputMembers())

/** Tokens that a call used. */
export const usage = () =>
  z.object({
    inputTokens: maybe(z.number()),
    outputTokens: maybe(z.number()),
    totalTokens: maybe(z.number()),
  })

/** What a call has used, as far as it told. */
export const spending = () => ({
  usage: maybe(usage()),
  costUsd: maybe(z.number()),
  unpriced: maybe(z.boolean()),
})

/** What is reserved for a call, or taken by it. */
export const amounts = () => ({ costUsd: maybe(z.number()), tokens: maybe(z.number()) })

/** Something taken for granted. */
export const assumption = () =>
  z.object({
    statement: z.string(),
    rationale: maybe(z.string()),
    impactIfWrong: maybe(z.string()),
    confidence: maybe(z.enum(['high', 'medium', 'low'])),
  })

/** A choice with its reason. */
export const decisionNote = () =>
  z.object({ subject: z.string(), decision: z.string(), rationale: maybe(z.string()) })

const factInput = () =>
  z.object({
    key: z.string(),
    value: json(),
    confidence: maybe(z.number()),
    evidence: maybe(texts()),
  })

/** An entry of the blackboard. */
export const factEntry = () =>
  z.object({
    key: z.string(),
    value: json(),
    author: z.string(),
    confidence: z.number(),
    evidence: texts(),
    version: ordinal(),
  })

/** What a step hands to the next. */
export const handoff = () =>
  z.object({
    verdict: maybe(z.string()),
    summary: maybe(z.string()),
    artifacts: maybe(z.record(z.string(), z.string())),
    concerns: maybe(texts()),
    assumptions: maybe(z.array(assumption())),
    decisions: maybe(z.array(decisionNote())),
    facts: maybe(z.array(factInput())),
    canFurtherIterationHelp: maybe(z.boolean()),
    fields: maybe(jsonObject()),
  })
