import { describe, expect, it } from 'vitest'
import type { RoutingDecision } from '../../events/routing-events.ts'
import { failed, paths, skipped, start, succeeded } from './projections.fixture.ts'
import { receiptOf } from './receipt.ts'

const routing: RoutingDecision = {
  type: 'routing_decision',
  flowKey: 'build',
  visit: 1,
  frame: 'build#1',
  stepId: 'critique_code',
  iteration: 2,
  attempt: 1,
  decision: 'loop',
  target: 'implement',
  reason: 'loop_iteration:1',
  notTaken: ['run_tests'],
  loopState: { 'critique_code:implement': 1 },
  source: 'spec',
}

describe('receiptOf', () => {
  it('A4: tells of an attempt what the sources tell', () => {
    const receipt = receiptOf({
      start,
      end: { ...succeeded, model: 'sonnet-4' },
      paths,
      engine: { id: 'claude-step', version: '2.1', mode: 'sdk', provider: 'anthropic' },
      routing,
      maxIterations: 4,
      sessionDigest: 'd1',
      toolCalls: 3,
      truncation: {
        stepsIncluded: 2,
        stepsTotal: 5,
        charactersUsed: 900,
        budgetCharacters: 10_000,
        truncated: true,
        stepsClipped: 1,
        priorities: { CRITICAL: 1, HIGH: 1, MEDIUM: 0, LOW: 0 },
      },
    })
    expect(receipt).toEqual({
      engine: 'claude-step',
      engine_version: '2.1',
      mode: 'sdk',
      provider: 'anthropic',
      model: 'sonnet-4',
      run_id: 'run-20260101-000000-abcdef',
      flow_key: 'build',
      visit: 1,
      step_id: 'critique_code',
      item: null,
      iteration: 2,
      attempt: 1,
      agent_key: 'code-critic',
      status: 'succeeded',
      started_at: '2026-01-01T00:00:00.000Z',
      completed_at: '2026-01-01T00:00:03.000Z',
      duration_ms: 2_900,
      queued_ms: 4,
      tokens: { prompt: 100, completion: 20, total: 120 },
      cost_usd: 0.5,
      tool_calls: 3,
      transcript_path: 'build/llm/critique_code-code-critic-claude-step.2.1.jsonl',
      handoff_envelope_path: 'build/handoff/critique_code.2.1.json',
      routing: {
        loop_iteration: 1,
        max_iterations: 4,
        decision: 'loop',
        next_step_id: 'implement',
        reason: 'loop_iteration:1',
      },
      error: null,
      context_truncation: {
        steps_included: 2,
        steps_total: 5,
        chars_used: 900,
        budget_chars: 10_000,
        truncated: true,
        steps_clipped: 1,
        priority_aware: true,
        priority_distribution: { CRITICAL: 1, HIGH: 1, MEDIUM: 0, LOW: 0 },
      },
      content_key: 'c0',
      idempotency_key: 'build#1/critique_code#2',
      session_digest: 'd1',
    })
  })

  it.each([
    ['succeeded', succeeded],
    ['failed', failed],
    ['skipped', skipped],
  ])(
    'A11: has the eight fields of the sources when the attempt %s, however little is known',
    (status, end) => {
      const receipt = receiptOf({ start, end, paths })
      const { engine, mode, provider, step_id, flow_key, run_id, duration_ms } = receipt
      expect(receipt.status).toBe(status)
      expect([engine, mode, provider]).toEqual(['claude-step', 'unknown', 'unknown'])
      expect([step_id, flow_key, run_id]).toEqual(['critique_code', 'build', start.runId])
      expect(duration_ms).toBe(status === 'skipped' ? 700 : 2_900)
      expect(JSON.parse(JSON.stringify(receipt))).toEqual(receipt)
    },
  )

  it('A4: what is unknown is null, never zero', () => {
    const { usage: _, costUsd: __, durationMs: ___, queuedMs: ____, ...unmeasured } = succeeded
    expect(receiptOf({ start, end: unmeasured, paths })).toMatchObject({
      duration_ms: null,
      queued_ms: null,
      tokens: { prompt: null, completion: null, total: null },
      cost_usd: null,
      tool_calls: null,
    })
    const half = receiptOf({ start, end: { ...succeeded, usage: { inputTokens: 5 } }, paths })
    expect(half.tokens).toEqual({ prompt: 5, completion: null, total: null })
    const told = receiptOf({ start, end: { ...succeeded, usage: { totalTokens: 9 } }, paths })
    expect(told.tokens).toEqual({ prompt: null, completion: null, total: 9 })
  })

  it('A4: a failed attempt tells its error', () => {
    expect(receiptOf({ start, end: failed, paths }).error).toEqual(failed.error)
  })

  it('A4: a step that calls no engine is its own', () => {
    const { engine: _, ...inProcess } = start
    expect(receiptOf({ start: { ...inProcess, kind: 'function' }, end: succeeded, paths }).engine).toBe(
      'function',
    )
  })

  it('E3: a lost attempt tells what it took', () => {
    const usage = { totalTokens: 9 }
    const receipt = receiptOf({ start, end: { ...skipped, usage, costUsd: 0.2 }, paths })
    expect(receipt).toMatchObject({ duration_ms: 700, queued_ms: 0, tokens: { total: 9 }, cost_usd: 0.2 })
  })
})
