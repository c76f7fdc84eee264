/** My job: what a run has used, as far as its calls told: a sum over the events that end them. */
import type { LoopExit, RunCompleted, RunStopped } from '../events/run-events.ts'
import type { AttemptMeasures } from '../events/step-events.ts'
import type { RunState } from './state.ts'

/** Sums for the census. */
export interface Tally {
  inputTokens: number | undefined
  outputTokens: number | undefined
  totalTokens: number | undefined
  costUsd: number | undefined
  unpricedCalls: number
  earlierFailures: number
  interruptions: number
  readonly loopExits: LoopExit[]
}

/** What the end of an attempt tells. */
export function countAttempt({ tally }: RunState, measures: AttemptMeasures): void {
  count(tally, measures)
  if (measures.unpriced === true) tally.unpricedCalls += 1
}

/** What the attempts told that a stop cut off: they end when the run is resumed, in a process that knows nothing of it. */
export function countCutOff({ tally }: RunState, event: RunStopped): void {
  count(tally, event)
  tally.unpricedCalls += event.unpricedCalls ?? 0
}

/** What the run has used so far. */
export function spentOf({ tally }: RunState): Pick<RunCompleted, 'usage' | 'costUsd' | 'unpricedCalls'> {
  const { inputTokens, outputTokens, totalTokens, costUsd, unpricedCalls } = tally
  return {
    usage: {
      ...(inputTokens === undefined ? {} : { inputTokens }),
      ...(outputTokens === undefined ? {} : { outputTokens }),
      ...(totalTokens === undefined ? {} : { totalTokens }),
    },
    ...(costUsd === undefined ? {} : { costUsd }),
    unpricedCalls,
  }
}

function count(tally: Tally, { usage, costUsd }: Pick<AttemptMeasures, 'usage' | 'costUsd'>): void {
  if (usage !== undefined) {
    tally.inputTokens = add(tally.inputTokens, usage.inputTokens)
    tally.outputTokens = add(tally.outputTokens, usage.outputTokens)
    tally.totalTokens = add(tally.totalTokens, usage.totalTokens)
  }
  tally.costUsd = add(tally.costUsd, costUsd)
}

function add(sum: number | undefined, more: number | undefined): number | undefined {
  return more === undefined ? sum : (sum ?? 0) + more
}
