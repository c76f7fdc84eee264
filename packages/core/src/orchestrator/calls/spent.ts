/** My job: what calls used, as far as it is known and can be believed. */
import type { Usage } from '../../events/envelope.ts'
import type { Spent } from './call.ts'
import { isAmount, isCount } from './engine-shapes.ts'

/** What two passes of a call used together; a part that is unknown stays unknown. */
export function addSpent(a: Spent, b: Spent): Spent {
  return {
    usage: addUsage(a.usage, b.usage),
    costUsd: add(a.costUsd, b.costUsd),
    unpriced: a.unpriced === true || b.unpriced === true,
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

/** Usage as far as it can be believed: whole numbers that are not negative. */
export function believableUsage(usage: unknown): Usage | undefined {
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

/** A cost that can be believed. */
export function believableCost(value: unknown): number | undefined {
  return isAmount(value) ? value : undefined
}
