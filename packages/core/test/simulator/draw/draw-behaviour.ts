/** Draws what a step does when it is called, and what people answer to it. */
import type { Random } from '../random.ts'
import type { Answer, Ask, Behaviour, PlannedItem, PlannedStep, Saying, Trouble } from '../scenario.ts'
import { AGAIN, WORDS } from './draw-routing.ts'
import { DEADLINE_MS } from './draw-step.ts'

const SAYINGS: readonly Saying[] = [
  'chunk',
  'message',
  'tool',
  'usage',
  'session',
  'files',
  'fact',
  'custom',
  'garbage',
]
const LISTS = [
  [],
  ['i'],
  ['i', 'j', 'k'],
  [{ name: 'm' }, { name: 'o' }],
  [1, 2],
  ['d', 'd'],
  'none',
] as const

/** Draws the behaviour of a step. */
export function drawBehaviour(random: Random, step: PlannedStep): Behaviour {
  const trouble = drawTrouble(random, step)
  return {
    pauses: random.int(3),
    gives: drawGift(random, step),
    list: toList(random.pick(LISTS)),
    changes: random.chance(0.7),
    verdicts: drawVerdicts(random, step),
    ...(random.chance(0.04) ? { helplessFrom: random.between(1, 2) } : {}),
    ...(trouble === undefined ? {} : { trouble }),
    sayings: random.some(SAYINGS, Math.max(0, random.int(5) - 2)),
    asks: random.chance(0.07) ? Array.from({ length: random.between(1, 2) }, () => drawAsk(random)) : [],
    answer: drawAnswer(random, callOf(step)),
    passes: random.chance(0.6),
  }
}

function toList(list: (typeof LISTS)[number]): Behaviour['list'] {
  return typeof list === 'string' ? [] : list
}

function drawGift(random: Random, step: PlannedStep): Behaviour['gives'] {
  const isCall = step.kind === 'agent' || step.kind === 'function'
  return isCall ? random.weighted({ words: 35, data: 40, list: 20, long: 2, nothing: 3 }) : 'data'
}

/** Verdicts that the step's routing looks for, mostly. */
function drawVerdicts(random: Random, { routing }: PlannedStep): Behaviour['verdicts'] {
  if (routing?.kind === 'microloop') {
    const success = routing.successValues?.[0] ?? 'VERIFIED'
    return random.pick([
      ['UNVERIFIED', success],
      [success],
      ['UNVERIFIED'],
      ['BLOCKED'],
      [null, success],
      ['PARTIAL', 'PARTIAL', success],
    ])
  }
  if (routing?.kind !== 'branch') return [random.pick([null, 'VERIFIED', 'UNVERIFIED'])]
  return random.pick([
    [random.pick(WORDS)],
    [AGAIN, random.pick(WORDS)],
    [AGAIN],
    [null],
    [AGAIN, AGAIN, 'A'],
  ])
}

/** What is called: the step, or what a map runs. */
function callOf(step: PlannedStep): PlannedStep | PlannedItem {
  return step.kind === 'map' ? step.step : step
}

function drawTrouble(random: Random, step: PlannedStep): Trouble | undefined {
  if (!random.chance(0.22)) return undefined
  const call = callOf(step)
  if (call.kind !== 'agent' && call.kind !== 'function') return undefined
  const { retry } = call
  const endsHanging = call.timeoutMs !== undefined || 'idleTimeoutMs' in call
  const how = random.weighted({
    throw: 20,
    'throw-odd': 8,
    fail: 20,
    retry: 30,
    garbage: 10,
    hang: endsHanging ? 30 : 0,
    'ignore-abort': endsHanging ? 20 : 0,
  })
  const items = random.chance(0.6) ? 'some' : 'all'
  const until = random.chance(0.3) ? { until: 1 } : {}
  return { how, times: drawTimes(random, { how, retries: retry?.maxRetries ?? 2 }), items, ...until }
}

/**
 * What is tried again either succeeds within its retries or never: an interruption uses attempts up
 * without using retries up, and must not change how it ends.
 */
function drawTimes(
  random: Random,
  { how, retries }: { readonly how: Trouble['how']; readonly retries: number },
): Trouble['times'] {
  const isRetried = how === 'retry' || how === 'hang' || how === 'ignore-abort'
  return isRetried && retries > 0 && random.chance(0.65) ? random.between(1, retries) : 'always'
}

function drawAsk(random: Random): Ask {
  const withDeadline = random.chance(0.35)
  return {
    kind: random.pick(['approve', 'ask']),
    ...(withDeadline ? { deadlineMs: DEADLINE_MS } : {}),
    onDeadline: random.chance(0.6),
    acts: random.chance(0.5),
    answer: drawAnswer(random, withDeadline ? { deadlineMs: DEADLINE_MS } : {}),
  }
}

/** Nobody says nothing where there is no deadline: the run would wait for ever. */
function drawAnswer(random: Random, terms: object): Answer {
  const hasDeadline = 'deadlineMs' in terms && terms.deadlineMs !== undefined
  return {
    says: random.weighted({ yes: 60, no: 22, nothing: hasDeadline ? 45 : 0 }),
    via: random.weighted({ respond: 50, submit: 30, host: 20 }),
    nuisances: random.some(
      ['invalid', 'stranger', 'unknown', 'twice', 'afterwards'] as const,
      Math.max(0, random.int(5) - 2),
    ),
  }
}
