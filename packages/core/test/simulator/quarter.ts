/** The seeds that `npm test` plays, in four parts that run beside each other. */
import { createFigures, type Figures } from './figures.ts'
import { formatFailure, playSeed } from './play-seed.ts'

const USUAL = 2_000
/** More, or others: `BATON_SEEDS=20000 BATON_FIRST_SEED=5000 npx vitest run simulator`. */
const SEEDS = Number(process.env.BATON_SEEDS ?? USUAL)
const FIRST = Number(process.env.BATON_FIRST_SEED ?? 1)

/** Plays every fourth seed; the first that fails is thrown with all that it takes to play it again. */
export async function playQuarter(quarter: 1 | 2 | 3 | 4): Promise<Figures> {
  const figures = createFigures()
  for (let seed = FIRST + quarter - 1; seed < FIRST + SEEDS; seed += 4) {
    const failure = await playSeed(seed, figures)
    if (failure !== undefined) throw new Error(formatFailure(failure))
  }
  return figures
}

/** What every quarter of enough seeds meets: a rule that no run has met is not proven by any. */
const WANTED: Readonly<Record<string, readonly string[]>> = {
  budgets: ['charged', 'raised', 'reserved'],
  executions: ['agent', 'approval', 'flow', 'function', 'map', 'question', 'wait'],
  failures: [
    'approval_rejected',
    'budget_exceeded',
    'condition_error',
    'price_unknown',
    'reference_unresolved',
    'request_expired',
    'timeout',
  ],
  kills: ['kill', 'kill-after', 'kill-before', 'kill-torn'],
  // `durationMs` too, but in so few seeds that a quarter may have none.
  'limits reached': ['costUsd', 'stepExecutions', 'tokens'],
  'loop exits': ['blocked', 'loop_exhausted', 'max_iterations', 'no_further_help', 'stalled', 'verified'],
  'loops drawn': ['branch', 'branched out of', 'microloop', 'nested', 'with a shared target'],
  'other faults': ['cancel', 'clock-back', 'clock-forward', 'fail-before', 'pause', 'stop', 'takeover'],
  quotas: ['one', 'shared'],
  requests: ['answered', 'defaulted', 'withdrawn'],
  'resumed after': ['crash', 'pause', 'stop', 'wait'],
  retries: ['interrupted', 'overloaded', 'quota', 'rate_limit', 'timeout'],
  'skip reasons': [
    'budget',
    'condition',
    'lost',
    'needs_failed',
    'needs_skipped',
    'not_routed',
    'out_of_range',
    'rejected',
    'step_budget',
    'stopped',
    'terminal',
    'upstream_failed',
  ],
}

/** What seeds that are enough have not met, though they should. */
export function missingFrom({ met, draws }: Figures): readonly string[] {
  if (SEEDS < USUAL) return []
  const missing = Object.entries(WANTED).flatMap(([what, names]) =>
    names.filter((name) => !met.get(what)?.has(name)).map((name) => `${what}: ${name}`),
  )
  const isPoor = draws.passed < 4 * (draws.mended + draws.discarded)
  return isPoor ? [...missing, 'flows that pass the linter at once'] : missing
}
