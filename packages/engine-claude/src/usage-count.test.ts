import { describe, expect, it } from 'vitest'
import { lastUsage, play, recordingOf, replay } from './recordings.fixture.ts'

const OLD = '2.1.197'

describe('what a call has used', () => {
  it('is told while it runs, and by the result in the end, with the dollars', () => {
    const usages = replay('write').events.flatMap((event) => (event.type === 'usage' ? [event] : []))
    const inputs = usages.map(({ usage }) => usage.inputTokens ?? 0)
    expect(inputs).toEqual([...inputs].sort((a, b) => a - b))
    expect(usages.slice(0, -1).every(({ costUsd }) => costUsd === undefined)).toBe(true)
    expect(usages.at(-1)?.costUsd).toBeGreaterThan(0)
  })

  it('of a conversation that goes on is what this call has used, not the total of the session', () => {
    const first = lastUsage(replay('before-resume').events)
    const { events } = replay('resume', { order: { session: 's' } })
    const total = Number(recordingOf('resume').at(-1)?.total_cost_usd)
    expect(lastUsage(events).costUsd).toBeCloseTo(total - (first.costUsd ?? 0), 9)
  })

  it('is unknown in dollars where an older version may or may not have added what was before', () => {
    expect(lastUsage(replay('before-resume', { version: OLD }).events).costUsd).toBeGreaterThan(0)
    const { costUsd, usage } = lastUsage(replay('resume', { version: OLD, order: { session: 's' } }).events)
    expect(costUsd).toBeUndefined()
    expect(usage).toEqual({ inputTokens: 31211, outputTokens: 3 })
  })

  it('is not told where nothing was told: that is not nothing', () => {
    const result = { type: 'result', subtype: 'success', is_error: false, result: 'Done.' }
    expect(play([result]).events).toEqual([])
    const started = { type: 'stream_event', event: { type: 'message_start', message: {} } }
    expect(play([started, result]).events).toEqual([])
  })

  it('counts subagents', () => {
    const { usage } = lastUsage(replay('subagent').events)
    const main = recordingOf('subagent').at(-1)?.usage
    expect(usage.inputTokens).toBeGreaterThan(Number(Object(main).input_tokens))
  })

  it('is unknown in dollars for another service: the prices are those of Anthropic', () => {
    const { events } = replay('text', { options: { provider: 'anthropic_compat' } })
    expect(events.every((event) => event.type !== 'usage' || event.costUsd === undefined)).toBe(true)
    expect(lastUsage(events).usage.outputTokens).toBeGreaterThan(0)
  })
})
