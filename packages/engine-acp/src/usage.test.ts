import { describe, expect, it } from 'vitest'
import { type CostSpan, createCostMeter, usageOf } from './usage.ts'

describe('the tokens of a turn', () => {
  it.each([
    [
      'in its answer',
      { usage: { inputTokens: 5, outputTokens: 3, totalTokens: 8 } },
      { inputTokens: 5, outputTokens: 3, totalTokens: 8 },
    ],
    [
      'with cached ones beside',
      { usage: { inputTokens: 5, cachedReadTokens: 10, cachedWriteTokens: 1 } },
      { inputTokens: 16 },
    ],
    [
      "in Gemini's own place",
      { _meta: { quota: { token_count: { input_tokens: 120, output_tokens: 9 } } } },
      { inputTokens: 120, outputTokens: 9 },
    ],
    [
      'as 0, which is a number',
      { usage: { inputTokens: 0, outputTokens: 0 } },
      { inputTokens: 0, outputTokens: 0 },
    ],
    ['nowhere, which is unknown', { usage: null }, undefined],
    ['as nonsense', { usage: { inputTokens: -1, outputTokens: '3' } }, undefined],
  ])('are told %s', (_, response, usage) => {
    expect(usageOf(response)).toEqual(usage)
  })
})

describe('the cost of a call', () => {
  const meter = (span: CostSpan, before: number | undefined, ...amounts: readonly number[]) => {
    const it = createCostMeter(span, before)
    for (const amount of amounts) it.note({ cost: { amount, currency: 'USD' } })
    return it
  }

  it('engines.md §6: is what the session costs more than before', () => {
    expect(meter('session', 0.3, 0.35, 0.4).cost()).toBe(0.1)
    expect(meter('session', undefined, 0.4).cost()).toBe(0.4)
  })

  it('is all of it when the sum has begun anew, or is one of the process', () => {
    expect(meter('session', 0.3, 0.2).cost()).toBe(0.2)
    expect(meter('process', 0.3, 0.4).cost()).toBe(0.4)
  })

  it('B3: is unknown, never 0, without a price and in another currency', () => {
    expect(meter('session', undefined).cost()).toBeUndefined()
    expect(meter('session', undefined, 0).cost()).toBeUndefined()
    const euros = createCostMeter('session', undefined)
    euros.note({ cost: { amount: 1, currency: 'EUR' } })
    euros.note({})
    expect(euros.cost()).toBeUndefined()
  })
})
