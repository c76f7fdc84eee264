/** Every field of a step: which kinds have it, how it is read, and what to do instead on the others. */
import { isHolder } from '../input/value.ts'
import type { StepKind } from './definition.ts'
import { json, jsonObject, schema } from './json-reader.ts'
import {
  flag,
  id,
  keep,
  list,
  name,
  oneOf,
  pattern,
  positive,
  type Reader,
  report,
  text,
  whole,
} from './reader.ts'
import { record } from './record.ts'
import { routing } from './routing-fields.ts'
import { condition, referenceOrCel } from './text-readers.ts'

/** A field of steps. */
export interface StepField {
  /** How it is read on each kind that has it. */
  readonly kinds: Readonly<Partial<Record<StepKind, Reader>>>
  /** Kinds that cannot do without it. */
  readonly required: readonly StepKind[]
  /** What to do instead on a kind that has no use for it. */
  readonly instead: (kind: StepKind) => string
  /** Whether a map's item step may have it: what concerns the step as a whole belongs to the map. */
  readonly inMap: boolean
}

/** The kinds of steps, in the order in which they are documented. */
export const stepKinds: readonly StepKind[] = [
  'agent',
  'function',
  'approval',
  'question',
  'flow',
  'map',
  'wait',
]

const calls: readonly StepKind[] = ['agent', 'function']
const requests: readonly StepKind[] = ['approval', 'question', 'wait']
const outer: readonly StepKind[] = ['flow', 'map']

interface StepFieldOptions extends Partial<Omit<StepField, 'kinds' | 'required'>> {
  /** Kinds that cannot do without it; true for all that have it. */
  readonly required?: true | readonly StepKind[]
}

function on(kinds: readonly StepKind[], reader: Reader, options: StepFieldOptions = {}): StepField {
  return each(Object.fromEntries(kinds.map((kind) => [kind, reader])), options)
}

function each(kinds: StepField['kinds'], options: StepFieldOptions = {}): StepField {
  const { required = [], instead, inMap = true } = options
  const having = stepKinds.filter((kind) => kind in kinds)
  return {
    kinds,
    required: required === true ? having : required,
    instead: instead ?? (() => `Only ${having.join(' and ')} steps have it.`),
    inMap,
  }
}

const texts = list(text)
const teachingNotes = record({ inputs: texts, outputs: texts, emphasizes: texts, constraints: texts })

/** How much history a prompt carries; the bounds are those of the sources. @source A7.12 */
export const history = record({
  totalCharacters: whole(10_000, 600_000),
  recentCharacters: whole(0),
  olderCharacters: whole(0),
  maxEntries: whole(0),
})

/** When a failed attempt is tried again. */
export const retry = record({ maxRetries: whole(0), delayMs: whole(0), maxDelayMs: whole(0) })

const budgetFields = record({ costUsd: positive, tokens: whole(1), unpriced: oneOf('refuse', 'allow') })

/** What calls may take (rule B3). */
export const budget: Reader = (value, place) => {
  const read = budgetFields(value, place)
  if (
    isHolder(value) &&
    value.costUsd === undefined &&
    value.cost_usd === undefined &&
    value.tokens === undefined
  )
    report(place, { code: 'missing_field', text: 'bounds neither dollars nor tokens.' })
  return read
}

const verify = record({
  artifacts: texts,
  commands: list(
    record({ command: text, successPattern: pattern, timeoutMs: whole(1) }, { required: ['command'] }),
  ),
  gateStatusOnFail: oneOf('UNVERIFIED', 'BLOCKED'),
})

const question = record({ id, text, options: list(text, { least: 1 }), schema }, { required: ['id', 'text'] })

const callsOnly: StepFieldOptions = {
  instead: (kind) =>
    outer.includes(kind) ? 'Set it on the steps inside.' : 'Nothing runs while it waits: set "deadlineMs".',
}
const engineOnly: StepFieldOptions = {
  instead: (kind) => (kind === 'function' ? 'It has no engine.' : 'No engine is called.'),
}
/** An item has no edges, and is checked and forgiven with its map. */
const ofTheMap: StepFieldOptions = { inMap: false }

/** Every field; `kind`, `run` and a map's `step` are read by the step's own reader. */
export const stepFields: Readonly<Record<string, StepField>> = {
  kind: on(stepKinds, keep),
  id: on(stepKinds, id, { ...ofTheMap, required: true }),
  title: on(stepKinds, text),
  description: on(stepKinds, text),
  teaching: on(stepKinds, jsonObject),
  notes: on(stepKinds, jsonObject),
  needs: on(stepKinds, list(id), ofTheMap),
  triggerRule: on(stepKinds, oneOf('all_success', 'none_failed', 'one_success', 'all_done'), ofTheMap),
  losers: on(stepKinds, oneOf('run', 'cancel'), ofTheMap),
  when: on(stepKinds, condition),
  routing: on(stepKinds, routing, ofTheMap),
  allowFailure: on(stepKinds, flag, ofTheMap),
  verify: on(stepKinds, verify, ofTheMap),
  retry: on(calls, retry, callsOnly),
  timeoutMs: on(calls, whole(1), callsOnly),
  idleTimeoutMs: on(['agent'], whole(1), {
    instead: (kind) =>
      kind === 'function' ? 'A function is never silent: set "timeoutMs".' : 'No engine is called.',
  }),
  engine: on(['agent', ...outer], name, engineOnly),
  model: on(['agent', ...outer], text, engineOnly),
  budget: on(['agent', ...outer], budget, engineOnly),
  onReject: on(['approval'], oneOf('fail', 'skip', 'stop')),
  prompt: each({ agent: text, approval: text, question: text }, { required: ['approval'] }),
  role: on(['agent'], text),
  objective: on(['agent'], text),
  scope: on(['agent'], text),
  inputs: on(['agent'], texts),
  outputs: on(['agent'], texts),
  agents: on(['agent'], list(name, { least: 1 })),
  station: on(['agent'], name),
  teachingNotes: on(['agent'], teachingNotes),
  history: on(['agent'], history),
  maxRepairs: on(['agent'], whole(0)),
  output: on(calls, schema),
  version: on(['function'], text),
  run: on(['function'], keep),
  deadlineMs: on(requests, whole(1), { instead: () => 'Nobody is asked: set "timeoutMs".' }),
  answerers: on(requests, list(text, { least: 1 }), { instead: () => 'Nobody is asked.' }),
  onDeadline: each({ approval: oneOf('approve', 'reject'), question: jsonObject, wait: json }),
  questions: on(['question'], list(question, { least: 1 }), { required: true }),
  flow: on(['flow'], id, { required: true }),
  params: on(['flow'], jsonObject),
  items: on(['map'], referenceOrCel(['step', 'winner', 'params'], { types: ['list'], item: false }), {
    required: true,
  }),
  itemKey: on(['map'], referenceOrCel(['item', 'index', 'params'], { types: [], item: true })),
  step: on(['map'], keep, { required: true }),
  concurrency: on(['map'], whole(1)),
  maxItems: on(['map'], whole(1)),
  itemRule: on(['map'], oneOf('all_success', 'all_done', 'one_success')),
  correlation: on(['wait'], text, { required: true }),
  schema: on(['wait'], schema),
  warnAfterMs: on(['wait'], whole(1)),
}
