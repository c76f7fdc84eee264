import { createStubEngine, type StubReplies, type StubReply } from '@batonjs/engine-stub'
import { firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StepEngine } from '../engine/engine.ts'
import type { DurableEvent } from '../events/swarm-event.ts'
import { defineFlow } from '../flow/define-flow.ts'
import { beside, cost, reservations, spend, step, steps } from './budget.fixture.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import { createProcess, journalOf, readUntil, startOf } from './process.fixture.ts'

/** The stub, as an engine that says more or less of itself. */
function withEngine(more: Partial<StepEngine>, reply: StubReply = {}) {
  const stub = createStubEngine({ steps: {}, otherwise: reply })
  return { options: { engines: [{ ...stub, ...more }] }, stub }
}

describe('what nobody can tell', () => {
  const budget = { costUsd: 1 }

  it('B3: an engine that tells no price is not called under a budget of dollars', async () => {
    const { options, stub } = withEngine({ tellsCost: false })
    const { events, result } = await spend(steps('a'), { ...options, request: { budget } })
    expect(stub.calls).toEqual([])
    expect(firstOf(events, 'step_error').error.code).toBe('price_unknown')
    expect(result.status).toBe('failed')
  })

  it('B3: it is called when the budget allows it, and its calls are told as unpriced', async () => {
    const { options, stub } = withEngine(
      { tellsCost: false },
      { costUsd: undefined, usage: { totalTokens: 5 } },
    )
    const allowed = { ...budget, unpriced: 'allow' } as const
    const { result } = await spend(steps('a', 'b'), { ...options, request: { budget: allowed } })
    expect(stub.calls).toHaveLength(2)
    expect(result).toMatchObject({ status: 'succeeded', unpricedCalls: 2 })
  })

  it.each<[string, StubReply]>([
    ['tells no price', { costUsd: undefined, usage: { totalTokens: 5 } }],
    ['tells nothing at all', { costUsd: undefined, usage: undefined }],
    // What a broken engine may tell (fault 41).
    ['tells a price that is none', { costUsd: Number.NaN, usage: { totalTokens: -5 } }],
    ['fails in the middle', { costUsd: undefined, usage: undefined, fail: { code: 'timeout' } }],
  ])('B3: a call that %s is charged as it was reserved, which its end says', async (_, reply) => {
    const { events, called } = await spend([{ ...step('a'), allowFailure: true }, step('b')], {
      replies: { a: reply, b: cost(0.1) },
      request: { budget },
    })
    const end = events.find(({ type }) => type === 'step_end' || type === 'step_error')
    expect(end).toMatchObject({ stepId: 'a', charged: { costUsd: 1 } })
    expect(called()).toEqual(['a#1.1'])
  })

  it('B3: a call that the service did not take up is charged nothing', async () => {
    const refused: StubReply = {
      costUsd: undefined,
      usage: undefined,
      fail: { code: 'rate_limit', retryable: true },
    }
    const { result, events } = await spend(steps('a'), {
      replies: { a: { attempts: [refused, refused, cost(0.5)] } },
      request: { budget },
    })
    expect(result).toMatchObject({ status: 'succeeded', costUsd: 0.5 })
    expect(reservations(events)).toEqual(Array(3).fill(['a', { costUsd: 1 }]))
  })

  it('B3: a call that tells that it took more than it may is ended', async () => {
    const over: StubReply = {
      acts: [{ type: 'usage', usage: { totalTokens: 30 } }],
      ending: { kind: 'hang' },
    }
    const { events } = await spend(steps('a'), { replies: { a: over }, request: { budget: { tokens: 20 } } })
    expect(firstOf(events, 'step_error')).toMatchObject({
      error: { code: 'budget_exceeded' },
      usage: { totalTokens: 30 },
    })
  })

  it('B3: a reservation that a crash left open is charged in full and marked', async () => {
    const storage = createMemoryStorage()
    const first = createProcess(steps('a', 'b'), { storage, replies: { a: { ending: { kind: 'hang' } } } })
    const run = await first.orchestrator.start({ runId: 'run-1', budget })
    const begun = await readUntil(run, startOf('a'))
    const left = createMemoryStorage()
    // The journal as it stood when the process died; none of its events is transient.
    const writer = await left.createRun(begun as readonly DurableEvent[], { sync: 'os' })
    await writer.close()
    const second = createProcess(steps('a', 'b'), { storage: left, replies: { a: cost(0.1) } })
    expect(await second.orchestrator.resume('run-1')).toMatchObject({ error: { code: 'budget_exceeded' } })
    expect(second.called()).toEqual([])
    const error = firstOf(await journalOf(left, 'run-1'), 'step_error')
    expect(error).toMatchObject({ error: { code: 'interrupted' }, charged: { costUsd: 1 } })
    await run.cancel()
  })

  it('B3: a call that a stop cut off is charged with what it told', async () => {
    const storage = createMemoryStorage()
    const told: StubReply = {
      acts: [{ type: 'usage', usage: { totalTokens: 5 }, costUsd: 0.25 }],
      ending: { kind: 'hang' },
    }
    const first = createProcess(steps('a', 'b'), { storage, replies: { a: told }, drainMs: 0 })
    const run = await first.orchestrator.start({ runId: 'run-1', budget })
    await readUntil(run, startOf('a'))
    await run.stop()
    await first.clock.drive(run.result)
    const stopped = firstOf(await journalOf(storage, 'run-1'), 'run_stopped')
    expect(stopped.cutOff).toEqual([{ frame: 'main#1', stepId: 'a', costUsd: 0.25, tokens: 5 }])
    const second = createProcess(steps('a', 'b'), { storage, replies: { a: cost(0.1) } })
    expect(await second.orchestrator.resume('run-1')).toMatchObject({ status: 'succeeded', costUsd: 0.35 })
    expect(reservations(await journalOf(storage, 'run-1'))[1]).toEqual(['a', { costUsd: 0.75 }])
  })

  it('B3: a price that a budget does without is not charged to a call that a stop cut off either', async () => {
    const told: StubReply = {
      acts: [{ type: 'usage', usage: { totalTokens: 5 } }],
      ending: { kind: 'hang' },
    }
    const { orchestrator, clock, storage } = createProcess(steps('a'), { replies: { a: told }, drainMs: 0 })
    const run = await orchestrator.start({ runId: 'run-1', budget: { ...budget, unpriced: 'allow' } })
    await readUntil(run, startOf('a'))
    await run.stop()
    await clock.drive(run.result)
    const stopped = firstOf(await journalOf(storage, 'run-1'), 'run_stopped')
    expect(stopped.cutOff).toEqual([{ frame: 'main#1', stepId: 'a', tokens: 5 }])
  })

  it('B3: a connection that was never made has taken nothing', async () => {
    const refused: StubReply = {
      costUsd: undefined,
      usage: undefined,
      fail: { code: 'network', retryable: true },
    }
    const spoken: StubReply = { ...refused, acts: [{ type: 'token_chunk', text: 'Hm' }] }
    const steps = [step('a')]
    const silent = await spend(steps, {
      replies: { a: { attempts: [refused, cost(0.5)] } },
      request: { budget },
    })
    expect(silent.result).toMatchObject({ status: 'succeeded', costUsd: 0.5 })
    const broken = await spend(steps, {
      replies: { a: { attempts: [spoken, cost(0.5)] } },
      request: { budget },
    })
    expect(firstOf(broken.events, 'step_error').charged).toEqual({ costUsd: 1 })
  })

  it('B3: a run whose starts wait for a budget can be canceled', async () => {
    const replies: Record<string, StubReplies> = { a: { ending: { kind: 'hang' } } }
    const { orchestrator, clock } = createProcess(beside('a', 'b'), { replies })
    const run = await orchestrator.start({ budget })
    await readUntil(run, startOf('a'))
    await run.cancel()
    expect(await clock.drive(run.result)).toMatchObject({ status: 'canceled', census: { skipped: 1 } })
  })

  it('law 6: a budget that bounds nothing is refused', () => {
    const define = (): unknown => defineFlow({ key: 'f', steps: steps('a'), budget: { unpriced: 'allow' } })
    expect(define).toThrow('bounds neither dollars nor tokens')
  })

  it('law 6: a budget that is none is refused before anything is written', async () => {
    const { orchestrator } = createProcess(steps('a'))
    // Whatever a host may write in JavaScript.
    const bad = { costUsd: -1, tokens: 0.5, unpriced: 'perhaps' } as never
    await expect(orchestrator.execute({ budget: bad })).rejects.toMatchObject({
      code: 'request_invalid',
      details: { length: 3 },
    })
    expect((await orchestrator.runs()).runs).toEqual([])
  })
})
