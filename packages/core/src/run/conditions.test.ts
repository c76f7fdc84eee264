import { describe, expect, it } from 'vitest'
import { FlowError } from '../errors/swarm-error.ts'
import { defineFlow } from '../flow/define-flow.ts'
import type { Routing } from '../flow/routing.ts'
import { type Deed, main, step } from './hand-call.fixture.ts'
import { begin, play } from './hand-run.fixture.ts'

const small = 'x'.repeat(1_000)
const large = 'x'.repeat(70_000)

describe('when', () => {
  it.each([
    ['steps.a.status == "succeeded"', true],
    ['steps.later.status == "pending"', true],
    ['steps.a.verdict == "GO"', true],
    ['steps.a.verdict == "go"', false],
    ['steps.a.handoff.summary == "done"', true],
    ['steps.a.data.score > 6', true],
    ['steps.a.data.score > 6 && !(steps.a.data.tags.exists(tag, tag == "slow"))', false],
    ['size(steps.a.data.tags) == 2', true],
    ['params.depth == 2', true],
    ['params.depth + steps.a.data.score == 9', true],
    ['facts.database == "postgres"', true],
    ['has(facts.cache)', false],
  ])('F7: %s is %s', async (when, holds) => {
    const flow = main(step('a'), step('b', { when }), step('later'))
    const run = await play(
      flow,
      {
        a: {
          value: { score: 7, tags: ['quick', 'slow'] },
          verdict: 'GO',
          handoff: {
            summary: 'done',
            facts: [
              { key: 'database', value: 'mysql', confidence: 0.4 },
              { key: 'database', value: 'postgres', confidence: 0.9 },
            ],
          },
        },
      },
      { request: { params: { depth: 2 } } },
    )
    expect(run.steps().b).toBe(holds ? 'succeeded' : 'skipped: condition')
    expect(run.status).toBe('succeeded')
  })

  it('F7: a false condition skips before anything is called', async () => {
    const run = await play(main(step('a', { when: 'false' }), step('b')))
    expect(run.starts).toEqual(['b#1'])
    expect(run.all('step_skipped')).toMatchObject([{ stepId: 'a', reason: 'condition', iteration: 1 }])
  })

  it('F7: it is looked at when the edges allow the step, not before', async () => {
    const flow = main(step('a', { needs: [] }), step('b', { needs: ['a'], when: 'steps.a.verdict == "GO"' }))
    const run = await begin(flow)
    expect(run.steps().b).toBe('pending')
    await run.end('a', { verdict: 'GO' })
    expect(run.steps().b).toBe('running')
  })

  it.each([
    ['a missing member', 'steps.a.data.nothing > 1'],
    ['a number', 'steps.a.data.score'],
    ['types that do not go together', 'steps.a.data.score > "six"'],
  ])('F7: %s fails the step with condition_error, without a call', async (_, when) => {
    const run = await play(main(step('a'), step('b', { when }), step('c')), { a: { value: { score: 7 } } })
    expect(run.steps()).toEqual({
      a: 'succeeded',
      b: 'failed: condition_error',
      c: 'skipped: upstream_failed',
    })
    expect(run.counts).toEqual({ a: 1, b: 1 })
    expect(run.completed.error?.code).toBe('condition_error')
  })

  it('F7: a condition that is no CEL is refused at load', () => {
    expect(() => defineFlow(main(step('a', { when: 'steps.a. == ' })))).toThrow(FlowError)
  })

  it.each([
    ['data', { text: small }, 'steps.a.data.text.size() == 1000'],
    ['a text', small, 'steps.a.output.endsWith("x")'],
    ['a large text, but not looked at', large, 'steps.a.status == "succeeded" || steps.a.output == ""'],
    ['large data, but not looked at', { text: large }, 'steps.a.data == null || steps.a.status != "failed"'],
    [
      'the verdict beside large data',
      { text: large },
      'steps.a.verdict == "GO" && size(steps.a.handoff) > 0',
    ],
  ])('F7: it sees %s', async (_, value, when) => {
    const run = await play(main(step('a'), step('b', { when })), { a: { value, verdict: 'GO' } })
    expect(run.steps().b).toBe('succeeded')
  })

  it.each([
    ['data', { text: large }, 'steps.a.data == null'],
    ['data', { text: large }, 'has(steps.a.data.text)'],
    ['output', `${large} DONE`, 'steps.a.output.contains("DONE")'],
    ['output', large, 'steps.exists(id, steps[id].output == "DONE")'],
  ])('F7: %s that is too large fails the step that looks at it', async (member, value, when) => {
    const run = await play(main(step('a'), step('b', { when })), { a: { value } })
    expect(run.steps().b).toBe('failed: condition_error')
    expect(run.completed.error?.message).toContain(`"steps.a.${member}" is too large`)
  })

  it.each<[string, Deed, string]>([
    ['data', { value: { risk: 'high', text: large } }, 'failed: condition_error'],
    ['a text', { value: `${large}\n{"risk": "high"}` }, 'failed: condition_error'],
    ['a handoff beside a large text', { value: large, handoff: { fields: { risk: 'high' } } }, 'succeeded'],
  ])('L6: routing reads no field of %s that lies in an artifact', async (_, deed, stand) => {
    const cases = [{ field: 'risk', value: 'high', next: 'b' }]
    const routings: readonly Routing[] = [
      { kind: 'branch', cases, default: 'c' },
      { kind: 'microloop', field: 'risk', successValues: ['high'], loopTarget: 'a', next: 'b' },
    ]
    for (const routing of routings) {
      const run = await play(main(step('a', { routing }), step('b'), step('c')), { a: deed })
      expect(run.steps().a).toBe(stand)
      expect(run.counts.a).toBe(1)
    }
  })

  it('F7: in a loop it is looked at in each iteration', async () => {
    const flow = main(
      step('a'),
      step('extra', { when: 'steps.a.verdict == "HARD"' }),
      step('judge', { routing: { kind: 'microloop', loopTarget: 'a' } }),
    )
    const run = await play(flow, {
      a: [{ verdict: 'EASY' }, { verdict: 'HARD' }, { verdict: 'EASY' }],
      judge: [{}, {}, { verdict: 'VERIFIED' }],
    })
    expect(run.starts).toEqual(['a#1', 'judge#1', 'a#2', 'extra#2', 'judge#2', 'a#3', 'judge#3'])
  })
})

describe('skips', () => {
  it('F8: each reason is told by what skipped the step', async () => {
    const flow = main(
      step('a', { needs: [] }),
      step('bad', { needs: [] }),
      step('by_condition', { needs: ['a'], when: 'false' }),
      step('by_failed_need', { needs: ['bad'] }),
      step('by_skipped_need', { needs: ['by_condition'] }),
      step('chooser', {
        needs: ['a'],
        routing: { kind: 'branch', cases: [{ value: 'X', next: 'by_route' }], default: 'taken' },
      }),
      step('by_route'),
      step('taken'),
      step('leads_on', { needs: ['bad'], routing: { kind: 'linear', next: 'by_upstream' } }),
      step('dead_end', { needs: [], routing: { kind: 'linear', next: 'by_upstream' } }),
      step('by_upstream'),
      step('slow', { needs: [] }),
      step('race', { needs: ['a', 'slow'], triggerRule: 'one_success', losers: 'cancel' }),
      { id: 'by_human', kind: 'approval', needs: ['a'], prompt: 'Go?', onReject: 'skip' },
    )
    const run = await begin(flow)
    await run.end('a')
    await run.end('bad', { fail: 'broken' })
    await run.end('dead_end', { fail: 'broken' })
    await run.answer('by_human', { approved: false })
    await run.finish()
    expect(run.steps()).toMatchObject({
      by_condition: 'skipped: condition',
      by_failed_need: 'skipped: needs_failed',
      by_skipped_need: 'skipped: needs_skipped',
      by_route: 'skipped: not_routed',
      by_upstream: 'skipped: upstream_failed',
      slow: 'skipped: lost',
      by_human: 'skipped: rejected',
    })
    expect(run.completed.census.skippedBecause).toEqual({
      condition: 1,
      needs_failed: 2,
      needs_skipped: 1,
      not_routed: 1,
      upstream_failed: 1,
      lost: 1,
      rejected: 1,
    })
  })

  it('F8: what a terminal step, a human or a limit stops is skipped for that', async () => {
    const terminal = await play(
      main(step('a', { routing: { kind: 'terminal' }, allowFailure: true }), step('b')),
    )
    expect(terminal.steps().b).toBe('skipped: terminal')

    const budget = await play({ ...main(step('a'), step('b')), limits: { stepExecutions: 1 } })
    expect(budget.steps().b).toBe('skipped: step_budget')

    const time = await begin({ ...main(step('a'), step('b')), limits: { durationMs: 1_000 } })
    await time.advance(1_000)
    expect(time.steps()).toEqual({ a: 'failed: duration_exceeded', b: 'skipped: budget' })

    const stopped = await begin(
      main({ id: 'a', kind: 'approval', prompt: 'Go?', onReject: 'stop' }, step('b')),
    )
    await stopped.answer('a', { approved: false })
    expect(stopped.steps().b).toBe('skipped: stopped')

    const range = await play(
      main(step('a'), step('b'), step('c')),
      {},
      { request: { startStep: 'b', endStep: 'b' } },
    )
    expect(range.steps()).toEqual({ a: 'skipped: out_of_range', b: 'succeeded', c: 'skipped: out_of_range' })
  })
})
