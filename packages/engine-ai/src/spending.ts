import type { CallBudget, EngineEvent, Usage } from '@batonjs/core'
import type { LanguageModelUsage } from 'ai'
import type { AiPrice } from './ai-options.ts'

/** What a call has used up so far. What is unknown of one turn is unknown of them all. */
export interface Spending {
  readonly usage: Usage
  readonly costUsd?: number
}

/** Of a call that has not asked its model. */
export const NOTHING_SPENT: Spending = {
  usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
  costUsd: 0,
}

const MILLION = 1_000_000

/** Adds a turn. */
export function spend(before: Spending, turn: LanguageModelUsage, price: AiPrice | undefined): Spending {
  const inputTokens = sum(before.usage.inputTokens, turn.inputTokens)
  const outputTokens = sum(before.usage.outputTokens, turn.outputTokens)
  const totalTokens = sum(before.usage.totalTokens, turn.totalTokens)
  const costUsd = sum(before.costUsd, costOf(turn, price))
  return {
    usage: {
      ...(inputTokens === undefined ? {} : { inputTokens }),
      ...(outputTokens === undefined ? {} : { outputTokens }),
      ...(totalTokens === undefined ? {} : { totalTokens }),
    },
    ...(costUsd === undefined ? {} : { costUsd }),
  }
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one + other
}

function costOf(
  { inputTokens, outputTokens, inputTokenDetails }: LanguageModelUsage,
  price: AiPrice | undefined,
): number | undefined {
  if (price === undefined || inputTokens === undefined || outputTokens === undefined) return undefined
  const cached = Math.min(inputTokenDetails?.cacheReadTokens ?? 0, inputTokens)
  const input = (inputTokens - cached) * price.input + cached * (price.cachedInput ?? price.input)
  return (input + outputTokens * price.output) / MILLION
}

/** Tells it. */
export function toUsageEvent({ usage, costUsd }: Spending): EngineEvent {
  return { type: 'usage', usage, ...(costUsd === undefined ? {} : { costUsd }) }
}

/** The least that the turn after one takes: it reads what that one read, at best from the vendor's cache. */
export function leastAfter({ inputTokens }: LanguageModelUsage, price: AiPrice | undefined): Spending {
  if (inputTokens === undefined) return NOTHING_SPENT
  const costUsd = (inputTokens * (price?.cachedInput ?? price?.input ?? 0)) / MILLION
  return { usage: { totalTokens: inputTokens }, costUsd }
}

/** Whether too little is left of what a call may spend for a turn that takes at least so much. */
export function isSpent(spent: Spending, least: Spending, budget: CallBudget = {}): boolean {
  const { tokens = Infinity, costUsd = Infinity } = budget
  return (
    isUsedUp(spent.usage.totalTokens, least.usage.totalTokens, tokens) ||
    isUsedUp(spent.costUsd, least.costUsd, costUsd)
  )
}

function isUsedUp(spent = 0, least = 0, limit: number): boolean {
  return spent >= limit || spent + least > limit
}
