/** My job: what a call has used so far. While it runs by what each answer of the model says; in the end by the results. */
import type { EngineEvent, JsonObject, Usage } from '@batonjs/core'
import { isObject, memberOf, numberIn, objectIn } from './fields.ts'

/** Tokens, and dollars where they are known. */
export interface Spent {
  readonly usage: Usage
  readonly costUsd?: number
}

/** Tells it. Of a call that has told nothing nothing is known, which is not nothing used. */
export function toUsageEvents(spent: Spent): readonly EngineEvent[] {
  const isKnown = Object.keys(spent.usage).length > 0 || spent.costUsd !== undefined
  return isKnown ? [{ type: 'usage', ...spent }] : []
}

/** Counts for one call. */
export interface UsageCount {
  /** The model begins an answer. */
  begin(usage: JsonObject): Spent
  /** What the answer that it writes has used so far. */
  count(usage: JsonObject): Spent
  /** A turn is over. Its numbers replace what was counted. */
  result(result: JsonObject): Spent
}

/** How the costs that Claude tells are to be taken. */
export interface CountOptions {
  /** Whether its prices hold for the service that is asked. */
  readonly isPriced: boolean
  /** Whether the conversation goes on: then its totals may contain what was before. */
  readonly isContinued: boolean
}

/** Makes the count of one call. */
export function createUsageCount({ isPriced, isContinued }: CountOptions): UsageCount {
  let before: Usage = {}
  let current: Usage = {}
  let turns: Spent | undefined
  const streamed = (): Usage => sum([before, current])
  return {
    begin(usage) {
      before = streamed()
      current = tokensOf(usage)
      return { usage: streamed() }
    },
    count(usage) {
      current = tokensOf(usage)
      return { usage: streamed() }
    },
    result(result) {
      const since = memberOf(result, 'model_usage_since_last_result')
      const spent = isObject(since) ? ofModels(since) : { usage: streamed(), ...totalOf(result, isContinued) }
      turns = isObject(since) && turns !== undefined ? add(turns, spent) : spent
      return isPriced ? turns : { usage: turns.usage }
    },
  }
}

/** What is read from a cache, and what is written to one, is input too. */
function tokensOf(usage: JsonObject): Usage {
  const names = ['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens']
  const input = totalOfKnown(names.map((name) => numberIn(usage, name)))
  return toUsage(input, numberIn(usage, 'output_tokens'))
}

/** By model, since the result before: subagents and what Claude does for itself are in it. */
function ofModels(models: JsonObject): Spent {
  const each = Object.keys(models).map((name) => objectIn(models, name))
  const total = (...names: readonly string[]): number =>
    each.reduce((sum, model) => names.reduce((part, name) => part + (numberIn(model, name) ?? 0), sum), 0)
  return {
    usage: {
      inputTokens: total('inputTokens', 'cacheReadInputTokens', 'cacheCreationInputTokens'),
      outputTokens: total('outputTokens'),
    },
    costUsd: total('costUSD'),
  }
}

/**
 * Older versions tell a total only. Some count a conversation that goes on from its beginning, some from this call:
 * then what this call has cost is unknown.
 */
function totalOf(result: JsonObject, isContinued: boolean): Pick<Spent, 'costUsd'> {
  const costUsd = numberIn(result, 'total_cost_usd')
  return isContinued || costUsd === undefined ? {} : { costUsd }
}

function add(a: Spent, b: Spent): Spent {
  return { usage: sum([a.usage, b.usage]), costUsd: (a.costUsd ?? 0) + (b.costUsd ?? 0) }
}

function sum(usages: readonly Usage[]): Usage {
  return toUsage(
    totalOfKnown(usages.map(({ inputTokens }) => inputTokens)),
    totalOfKnown(usages.map(({ outputTokens }) => outputTokens)),
  )
}

function totalOfKnown(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined)
  return known.length === 0 ? undefined : known.reduce((total, number) => total + number, 0)
}

function toUsage(inputTokens: number | undefined, outputTokens: number | undefined): Usage {
  return {
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
  }
}
