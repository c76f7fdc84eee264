/** My job: what a turn used up, wherever the agent tells it. */
import type { JsonObject, JsonValue, Usage } from '@batonjs/core'
import { amountOf, fieldsOf } from './fields.ts'

/** The tokens of a turn, from the answer to its prompt; nothing when the agent does not tell. */
export function usageOf(response: JsonObject): Usage | undefined {
  const counts = fieldsOf(response.usage)
  const quota = fieldsOf(fieldsOf(fieldsOf(response._meta).quota).token_count)
  const input = sum(counts.inputTokens, counts.cachedReadTokens, counts.cachedWriteTokens)
  const usage = {
    inputTokens: input ?? amountOf(quota.input_tokens),
    outputTokens: sum(counts.outputTokens) ?? amountOf(quota.output_tokens),
    totalTokens: sum(counts.totalTokens),
  }
  const told = Object.fromEntries(Object.entries(usage).filter(([, count]) => count !== undefined))
  return Object.keys(told).length === 0 ? undefined : told
}

/** What was read from a cache is part of what was put in. */
function sum(first: JsonValue | undefined, ...more: readonly (JsonValue | undefined)[]): number | undefined {
  const start = amountOf(first)
  return start === undefined ? undefined : more.reduce<number>((all, it) => all + (amountOf(it) ?? 0), start)
}

/** What the cost that an agent tells sums up. */
export type CostSpan = 'session' | 'process'

/** Follows what an agent tells of the cost. */
export interface CostMeter {
  /** A `usage_update`. */
  note(update: JsonObject): void
  /** All of the session, as far as it was told. */
  readonly total: number | undefined
  /** What a later call of the session has to know of that; `undefined` when each call is counted by itself. */
  readonly kept: number | undefined
  /** What this call has cost in US dollars; `undefined` when that is not known. */
  cost(): number | undefined
}

/** Begins with what the session had cost before, if anything is known of that. */
export function createCostMeter(span: CostSpan, before: number | undefined): CostMeter {
  let total: number | undefined
  return {
    get total() {
      return total
    },
    get kept() {
      return span === 'session' ? total : undefined
    },
    note({ cost }) {
      const { amount, currency } = fieldsOf(cost)
      if (currency === 'USD') total = amountOf(amount) ?? total
    },
    cost() {
      if (total === undefined) return undefined
      // A sum that is smaller than before has begun anew.
      const base = span === 'session' && before !== undefined && before <= total ? before : 0
      const cost = Number((total - base).toFixed(10))
      // An agent that knows no price says 0.
      return cost > 0 ? cost : undefined
    },
  }
}
