/** Draws what one step is and does, apart from its edges. */
import type { StepKind, StepPolicy } from '../../../src/flow/definition.ts'
import type { Random } from '../random.ts'
import { factKeyOf, HOUR_MS, type PlannedItem, type PlannedMap, type PlannedStep } from '../scenario.ts'

/** Where a step stands. */
export interface StepPlace {
  readonly id: string
  readonly flowKey: string
  /** Steps that it can read. */
  readonly reads: readonly string[]
  /** Flows that it can run as children. */
  readonly children: readonly string[]
  /** Engines that it can name. */
  readonly engines: readonly string[]
}

const KINDS: Readonly<Record<StepKind, number>> = {
  agent: 34,
  function: 30,
  map: 12,
  flow: 9,
  approval: 7,
  question: 4,
  wait: 4,
}

/** A deadline that is far beyond every other timer: it fires when nothing else can happen. */
export const DEADLINE_MS = 6 * HOUR_MS

/** Draws a step without edges. */
export function drawStep(random: Random, place: StepPlace): PlannedStep {
  const kind = random.weighted(KINDS)
  const step: PlannedStep =
    kind === 'map' ? drawMap(random, place) : { ...drawPlain(random, kind, place), id: place.id }
  return { ...step, ...drawPolicy(random, step, place) }
}

function drawPlain(random: Random, kind: Exclude<StepKind, 'map'>, place: StepPlace): PlannedItem {
  switch (kind) {
    case 'agent':
      return {
        kind,
        prompt: drawText(random, place),
        ...drawEngine(random, place),
        ...drawCallPolicy(random),
        ...(random.chance(0.1) ? { idleTimeoutMs: 2_000 } : {}),
      }
    case 'function':
      return { kind, ...drawCallPolicy(random) }
    case 'approval':
      return {
        kind,
        prompt: drawText(random, place),
        ...drawTerms(random, random.pick(['approve', 'reject'] as const)),
      }
    case 'question':
      return {
        kind,
        questions: [{ id: 'q', text: 'Which?', ...(random.chance(0.5) ? { options: ['yes', 'no'] } : {}) }],
        ...drawTerms(random, { q: 'no' }),
      }
    case 'wait':
      return {
        kind,
        correlation: `call-${place.id}`,
        ...(random.chance(0.5) ? { schema: { type: 'object', required: ['ok'] } } : {}),
        ...(random.chance(0.3) ? { warnAfterMs: 500 } : {}),
        ...drawTerms(random, { ok: false }),
      }
    case 'flow':
      return drawFlowStep(random, place)
  }
}

function drawFlowStep(random: Random, place: StepPlace): PlannedItem {
  if (place.children.length === 0) return { kind: 'function' }
  const tag = random.chance(0.3) ? drawText(random, place) : random.pick(['t1', 't2'])
  return {
    kind: 'flow',
    flow: random.pick(place.children),
    params: { tag, n: random.int(4), list: ['p', 'q'] },
  }
}

function drawMap(random: Random, place: StepPlace): PlannedMap {
  const kind = random.weighted({ agent: 30, function: 40, flow: 15, approval: 6, question: 3, wait: 3 })
  const item = drawPlain(random, kind, { ...place, reads: [] })
  const retry = item.kind === 'function' || item.kind === 'agent' ? drawRetry(random) : {}
  return {
    kind: 'map',
    id: place.id,
    items: drawItems(random, place),
    step: { ...item, ...retry },
    ...(random.chance(0.3) ? { itemKey: random.pick(['$index', '$item', 'item']) } : {}),
    ...(random.chance(0.4) ? { concurrency: random.between(1, 3) } : {}),
    ...(random.chance(0.06) ? { maxItems: 2 } : {}),
    ...(random.chance(0.5)
      ? { itemRule: random.pick(['all_done', 'one_success', 'all_success'] as const) }
      : {}),
  }
}

function drawItems(random: Random, { reads }: StepPlace): string {
  const [producer] = reads
  if (producer !== undefined && random.chance(0.4)) return `$${producer}.output${random.pick(['', '?'])}`
  return random.weighted({
    'params.list': 60,
    '["a", "b", "c", "d"]': 20,
    '[]': 8,
    '["a", "a"]': 4,
    'params.n': 4,
  })
}

function drawText(random: Random, { id, reads }: StepPlace): string {
  const read = random
    .some(reads, random.int(3))
    .map((step) => ` with $${step}.output${random.chance(0.85) ? '?' : ''}`)
  return `Do ${id}${read.join('')}`
}

function drawEngine(random: Random, { engines }: StepPlace): { engine?: string } {
  return random.chance(0.3) ? { engine: random.pick(engines) } : {}
}

function drawTerms<const T>(random: Random, onDeadline: T) {
  if (random.chance(0.6)) return random.chance(0.15) ? { answerers: ['ann', 'host'] } : {}
  return { deadlineMs: DEADLINE_MS, ...(random.chance(0.7) ? { onDeadline } : {}) }
}

function drawCallPolicy(random: Random): Pick<StepPolicy, 'retry' | 'timeoutMs'> {
  return { ...drawRetry(random), ...(random.chance(0.2) ? { timeoutMs: 5_000 } : {}) }
}

function drawRetry(random: Random): Pick<StepPolicy, 'retry'> {
  return random.chance(0.4)
    ? { retry: { maxRetries: random.int(3), delayMs: random.pick([0, 100, 1_000]) } }
    : {}
}

function drawPolicy(random: Random, step: PlannedStep, place: StepPlace): StepPolicyPart {
  const decides = step.kind === 'approval' && random.chance(0.5)
  return {
    ...(random.chance(0.08) ? { when: drawCondition(random, place) } : {}),
    ...(random.chance(0.15) ? { allowFailure: true } : {}),
    ...(random.chance(0.07) ? { verify: drawVerification(random) } : {}),
    ...(decides ? { onReject: random.weighted({ fail: 3, skip: 4, stop: 1 }) } : {}),
  }
}

type StepPolicyPart = Pick<StepPolicy, 'when' | 'allowFailure' | 'verify' | 'onReject'>

function drawVerification(random: Random): NonNullable<StepPolicy['verify']> {
  return {
    commands: [{ command: 'check', ...(random.chance(0.3) ? { successPattern: 'fine' } : {}) }],
    ...(random.chance(0.4) ? { gateStatusOnFail: random.pick(['BLOCKED', 'UNVERIFIED'] as const) } : {}),
  }
}

/** Conditions look at what the step reads: mostly at steps with an edge into it. */
function drawCondition(random: Random, { flowKey, reads }: StepPlace): string {
  const fixed = ['params.n > 1', 'params.n > 5', 'params.flag', 'params.missing == 1', 'params.word == "b"']
  const [producer] = reads
  if (producer === undefined || random.chance(0.4)) return random.pick(fixed)
  return random.pick([
    `steps.${producer}.status == "succeeded"`,
    `steps.${producer}.status != "failed"`,
    `steps.${producer}.verdict == "VERIFIED"`,
    `steps.${producer}.data.n > 1`,
    `has(facts.${factKeyOf({ flowKey, stepId: producer })})`,
  ])
}
