import { allOf, firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { Budget } from '../flow/budget.ts'
import { defineFlow } from '../flow/define-flow.ts'
import type { Flow, StepInput } from '../flow/flow.ts'
import { begins, beside, cost, reservations, slow, spend, step, steps } from './budget.fixture.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import type { RunRequest } from './options.ts'
import { createProcess, journalOf } from './process.fixture.ts'

describe('a budget', () => {
  it.each<[string, Budget, object]>([
    ['dollars', { costUsd: 1 }, { limit: 'costUsd', value: 1, ofRun: true }],
    ['tokens', { tokens: 20 }, { limit: 'tokens', value: 20, ofRun: true }],
  ])('B3: of %s is exceeded before a call spends, never after', async (_, budget, told) => {
    const replies = { a: cost(0.5), b: cost(0.5), c: cost(0.5) }
    const { called, events, result } = await spend(steps('a', 'b', 'c'), { replies, request: { budget } })
    expect(called()).toEqual(['a#1.1', 'b#1.1'])
    expect(firstOf(events, 'budget_exceeded')).toMatchObject({ ...told, frame: 'main#1' })
    expect(firstOf(events, 'step_skipped')).toMatchObject({ stepId: 'c', reason: 'budget' })
    expect(result).toMatchObject({ status: 'failed', error: { code: 'budget_exceeded' }, costUsd: 1 })
  })

  it('B3: is reserved before the call, all that is left where the worst case is unknown, and told to the engine', async () => {
    const replies = { a: cost(0.25), b: cost(0.25) }
    const { events, engine } = await spend(steps('a', 'b'), {
      replies,
      request: { budget: { costUsd: 1, tokens: 50 } },
    })
    expect(reservations(events)).toEqual([
      ['a', { costUsd: 1, tokens: 50 }],
      ['b', { costUsd: 0.75, tokens: 40 }],
    ])
    expect(engine.calls[1]?.context.budget).toEqual({ costUsd: 0.75, tokens: 40 })
  })

  it('B3: too little only because of what others have reserved: the start waits', async () => {
    const replies = { a: slow(0.1), b: slow(0.1), c: slow(0.1) }
    const { events, result } = await spend(beside('a', 'b', 'c'), {
      replies,
      request: { budget: { costUsd: 1 } },
    })
    expect(result.status).toBe('succeeded')
    expect(begins(events)).toEqual({ a: 0, b: 100, c: 200 })
  })

  it('B3: of a step is its worst case: what fits begins, what does not waits', async () => {
    const budgets = { a: 0.4, b: 0.4, c: 0.5, d: 0.1 }
    const bounded = Object.entries(budgets).map(([id, costUsd]) => ({
      ...step(id),
      needs: [],
      budget: { costUsd },
    }))
    const replies = Object.fromEntries(bounded.map(({ id }) => [id, slow(0.05)]))
    const { events, result } = await spend(bounded, {
      replies,
      request: { budget: { costUsd: 1 } },
    })
    expect(result.status).toBe('succeeded')
    // `c` does not fit beside `a` and `b`; `d` does.
    expect(begins(events)).toEqual({ a: 0, b: 0, c: 100, d: 0 })
  })

  it('B3: of a step that is larger than what is left above is exceeded', async () => {
    const bounded = [
      { ...step('a'), budget: { costUsd: 0.5 } },
      { ...step('b'), budget: { costUsd: 0.6 } },
    ]
    const { called, result } = await spend(bounded, {
      replies: { a: cost(0.5) },
      request: { budget: { costUsd: 1 } },
    })
    expect(called()).toEqual(['a#1.1'])
    expect(result.error?.code).toBe('budget_exceeded')
  })

  it('B3: of a step is for all its attempts; used up, it fails the step and no other', async () => {
    const fail = { code: 'busy', retryable: true }
    const attempts = [{ ...cost(0.3), fail }, { ...cost(0.3), fail }, cost(0.1)]
    const { events, result, called } = await spend(
      [{ id: 'a', prompt: 'A', needs: [], budget: { costUsd: 0.6 } }, ...beside('b')],
      { replies: { a: { attempts } } },
    )
    expect(called()).toEqual(['a#1.1', 'b#1.1', 'a#1.2'])
    expect(reservations(events)[2]).toEqual(['a', { costUsd: expect.closeTo(0.3) }])
    expect(firstOf(events, 'budget_exceeded')).toMatchObject({ ofStep: 'a', limit: 'costUsd', value: 0.6 })
    expect(result.census).toMatchObject({ succeeded: 1, failed: 1, failures: [{ code: 'budget_exceeded' }] })
  })

  it('B3: of a step begins anew with each iteration of a loop', async () => {
    const routing = { kind: 'microloop', loopTarget: 'a' } as const
    const { events, result } = await spend(
      [
        { id: 'a', prompt: 'A', budget: { costUsd: 0.5 } },
        { id: 'b', prompt: 'B', routing },
      ],
      { replies: { a: cost(0.5), b: [{ verdict: 'UNVERIFIED' }, {}] } },
    )
    expect(result.status).toBe('succeeded')
    expect(reservations(events).filter(([id]) => id === 'a')).toEqual([
      ['a', { costUsd: 0.5 }],
      ['a', { costUsd: 0.5 }],
    ])
  })

  it('B3: of a map bounds its items together, of its step each of them', async () => {
    const map = (outer: number): StepInput => ({
      id: 'each',
      kind: 'map',
      items: '["x", "y", "z"]',
      itemKey: '$item',
      itemRule: 'all_done',
      budget: { costUsd: outer },
      step: { prompt: '$item', budget: { costUsd: 0.5 } },
    })
    const wide = await spend([map(1)], { replies: { each: slow(0.1) } })
    expect(begins(wide.events)).toMatchObject({ x: 0, y: 0, z: 100 })
    expect(wide.result.status).toBe('succeeded')
    const tight = await spend([map(1)], { replies: { each: cost(0.4) } })
    expect(tight.called()).toHaveLength(2)
    expect(allOf(tight.events, 'budget_exceeded')).toMatchObject([{ ofStep: 'each', value: 1 }])
    expect(tight.result.output).toMatchObject([
      {},
      {},
      { status: 'failed', error: { code: 'budget_exceeded' } },
    ])
  })

  const child = (budget?: { readonly costUsd: number }): Flow =>
    defineFlow({ key: 'child', steps: steps('x', 'y'), ...(budget === undefined ? {} : { budget }) })
  it.each<[string, object, { readonly costUsd: number } | undefined, RunRequest, readonly string[]]>([
    ['of a flow bounds a visit of it', {}, { costUsd: 1 }, {}, ['child#1']],
    ['of a flow step bounds what is below it', { budget: { costUsd: 1 } }, undefined, {}, ['child#1']],
    ['of the run ends every visit above', {}, undefined, { budget: { costUsd: 1 } }, ['main#1', 'child#1']],
  ])('B3: %s', async (_, policy, own, request, closed) => {
    // A policy of a flow step.
    const call = { id: 'call', kind: 'flow', flow: 'child', ...policy } as StepInput
    const main = defineFlow({ key: 'main', steps: [call, ...steps('after')] })
    const { events, called } = await spend([main, child(own)], {
      replies: { x: cost(1), y: cost(1) },
      request: { flow: 'main', ...request },
    })
    expect(called()).toEqual(['x#1.1'])
    expect(allOf(events, 'budget_exceeded').map(({ frame }) => frame)).toEqual(closed)
    expect(allOf(events, 'flow_end')).toMatchObject([{ status: 'failed' }, { status: 'failed' }])
  })

  it('B3: is resumed with what is left of it, and with what the resume gives', async () => {
    const storage = createMemoryStorage()
    const replies = { a: cost(0.9), b: cost(0.5) }
    const first = await spend(steps('a', 'b', 'c'), {
      storage,
      replies,
      request: { budget: { costUsd: 0.9 } },
    })
    expect(first.called()).toEqual(['a#1.1'])
    const second = createProcess(steps('a', 'b', 'c'), { storage, replies })
    const resumed = await second.orchestrator.resume('run-1', { budget: { costUsd: 1.4 } })
    expect(resumed).toMatchObject({ status: 'failed', error: { code: 'budget_exceeded' } })
    expect(second.called()).toEqual(['b#1.1'])
    const third = createProcess(steps('a', 'b', 'c'), { storage, replies })
    expect(await third.orchestrator.resume('run-1', { budget: { costUsd: 2 } })).toMatchObject({
      status: 'succeeded',
    })
    expect(reservations(await journalOf(storage, 'run-1')).at(-1)).toEqual([
      'c',
      { costUsd: expect.closeTo(0.6) },
    ])
  })

  it('B3: counts what the run has taken before a resume gives it one', async () => {
    const storage = createMemoryStorage()
    const fail = { code: 'broken' }
    await spend(steps('a', 'b'), { storage, replies: { a: cost(0.9), b: { ...cost(0), fail } } })
    const second = createProcess(steps('a', 'b'), { storage })
    await second.orchestrator.resume('run-1', { retryFailed: true, budget: { costUsd: 1 } })
    expect(reservations(await journalOf(storage, 'run-1')).at(-1)).toEqual([
      'b',
      { costUsd: expect.closeTo(0.1) },
    ])
  })
})
