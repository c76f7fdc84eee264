/** My job: what calls used, as far as it is known and can be believed. */
import type { CallBudget, StepScope, Usage } from '../../events/envelope.ts'
import type { CutOffCall, RunStopped } from '../../events/run-events.ts'
import type { AttemptMeasures } from '../../events/step-events.ts'
import { DIMENSIONS, type Dimension, toldAmounts } from '../../run/budget.ts'
import { isAmount, isCount } from './engine-shapes.ts'

/** What a call used. */
export type Spent = Pick<AttemptMeasures, 'usage' | 'costUsd' | 'unpriced'>

/** What a call used of which nothing was told. */
export const NOTHING: Spent = {}

/** What two passes of a call used together; a part that is unknown stays unknown. */
export function addSpent(a: Spent, b: Spent): Spent {
  if (a === NOTHING) return b
  return toSpent({
    usage: addUsage(a.usage, b.usage),
    costUsd: add(a.costUsd, b.costUsd),
    unpriced: a.unpriced === true || b.unpriced === true,
  })
}

/** What is more of each part of two that one pass has told. */
export function mostOf(before: Spent, now: Spent): Spent {
  if (before === NOTHING) return now
  const costUsd = most(before.costUsd, now.costUsd)
  const usage = mostUsage(before.usage, now.usage)
  return toSpent({ usage, costUsd, unpriced: usage !== undefined && costUsd === undefined })
}

function mostUsage(a: Usage | undefined, b: Usage | undefined): Usage | undefined {
  if (a === undefined || b === undefined) return a ?? b
  const inputTokens = most(a.inputTokens, b.inputTokens)
  const outputTokens = most(a.outputTokens, b.outputTokens)
  const totalTokens = most(a.totalTokens, b.totalTokens)
  return toUsage({ inputTokens, outputTokens, totalTokens })
}

function most(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)
}

/** What of a pass nobody has told. */
export function untoldIn(spent: Spent): readonly Dimension[] {
  const told = toldAmounts(spent)
  return DIMENSIONS.filter((dimension) => told[dimension] === undefined)
}

/** A call that a stop cut off. */
export interface CutOff {
  readonly scope: StepScope
  readonly spent: Spent
  /** What it told that it took. */
  readonly taken: CallBudget
  /** Something was reserved for it, which is given back. */
  readonly hasReserved: boolean
}

/** What several calls used, together and each; nothing of one that told nothing and had reserved nothing. */
export function spentTogether(
  calls: readonly CutOff[],
): Pick<RunStopped, 'usage' | 'costUsd' | 'unpricedCalls' | 'cutOff'> {
  const { unpriced: _, ...sum } = calls.map(({ spent }) => spent).reduce(addSpent, NOTHING)
  const unpricedCalls = calls.filter(({ spent }) => spent.unpriced === true).length
  const cutOff = calls.flatMap(takenBy)
  return {
    ...sum,
    ...(unpricedCalls === 0 ? {} : { unpricedCalls }),
    ...(cutOff.length === 0 ? {} : { cutOff }),
  }
}

function takenBy({ scope, taken, hasReserved }: CutOff): readonly CutOffCall[] {
  if (Object.keys(taken).length === 0 && !hasReserved) return []
  const { frame, stepId, item } = scope
  return [{ frame, stepId, ...(item === undefined ? {} : { item }), ...taken }]
}

interface Parts {
  readonly usage: Usage | undefined
  readonly costUsd: number | undefined
  readonly unpriced: boolean
}

function toSpent({ usage, costUsd, unpriced }: Parts): Spent {
  return {
    ...(usage === undefined ? {} : { usage }),
    ...(costUsd === undefined ? {} : { costUsd }),
    ...(unpriced ? { unpriced } : {}),
  }
}

function addUsage(a: Usage | undefined, b: Usage | undefined): Usage | undefined {
  if (a === undefined || b === undefined) return a ?? b
  const inputTokens = add(a.inputTokens, b.inputTokens)
  const outputTokens = add(a.outputTokens, b.outputTokens)
  const totalTokens = add(a.totalTokens, b.totalTokens)
  return toUsage({ inputTokens, outputTokens, totalTokens })
}

function toUsage({ inputTokens, outputTokens, totalTokens }: Record<keyof Usage, number | undefined>): Usage {
  return {
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(totalTokens === undefined ? {} : { totalTokens }),
  }
}

function add(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0)
}

/** What an engine tells of its usage, as far as it can be believed; without a believable cost it is unpriced. */
export function believableSpent(told: unknown, cost: unknown): Spent {
  const usage = believableUsage(told)
  const costUsd = isAmount(cost) ? cost : undefined
  return toSpent({ usage, costUsd, unpriced: usage !== undefined && costUsd === undefined })
}

/** Whole numbers that are not negative. */
function believableUsage(usage: unknown): Usage | undefined {
  if (typeof usage !== 'object' || usage === null) return undefined
  const inputTokens = believableCount(Reflect.get(usage, 'inputTokens'))
  const outputTokens = believableCount(Reflect.get(usage, 'outputTokens'))
  const told = believableCount(Reflect.get(usage, 'totalTokens'))
  const isSummable = inputTokens !== undefined && outputTokens !== undefined
  const totalTokens = told ?? (isSummable ? inputTokens + outputTokens : undefined)
  return toUsage({ inputTokens, outputTokens, totalTokens })
}

function believableCount(value: unknown): number | undefined {
  return isCount(value) ? value : undefined
}
