/** My job: what calls used, as far as it is known and can be believed. */
import type { Usage } from '../../events/envelope.ts'
import type { RunStopped } from '../../events/run-events.ts'
import type { AttemptMeasures } from '../../events/step-events.ts'
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

/** What several calls used; nothing when none of them told. */
export function spentTogether(
  calls: readonly Spent[],
): Pick<RunStopped, 'usage' | 'costUsd' | 'unpricedCalls'> {
  const { unpriced: _, ...sum } = calls.reduce(addSpent, NOTHING)
  const unpricedCalls = calls.filter(({ unpriced }) => unpriced === true).length
  return unpricedCalls === 0 ? sum : { ...sum, unpricedCalls }
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
  return {
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(totalTokens === undefined ? {} : { totalTokens }),
  }
}

function believableCount(value: unknown): number | undefined {
  return isCount(value) ? value : undefined
}
