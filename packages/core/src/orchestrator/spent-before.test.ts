/** What calls have told in the middle, and what becomes of it when they ask people, mend an answer or are left. */
import type { StubAct, StubReply } from '@batonjs/engine-stub'
import { allOf, firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { cost, reservations, spend, step } from './budget.fixture.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import { approve } from './people.fixture.ts'
import { createProcess, journalOf } from './process.fixture.ts'

const told = (costUsd: number | undefined, totalTokens = 5): StubAct => ({
  type: 'usage',
  usage: { totalTokens },
  ...(costUsd === undefined ? {} : { costUsd }),
})
const propose: StubAct = { kind: 'propose', action: { name: 'deploy' } }
const output = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] } as const
const budget = { costUsd: 5 }

describe('a call that asks people under a budget', () => {
  it('B3: has spent what it told by then when its process left, and the run goes on', async () => {
    const storage = createMemoryStorage()
    const replies = { a: { acts: [told(0.1), propose], ...cost(0.2) } }
    const first = createProcess([step('a'), step('b')], { storage, replies })
    const waiting = await first.orchestrator.execute({ runId: 'run-1', budget })
    expect(waiting.status).toBe('waiting')
    expect(firstOf(await journalOf(storage, 'run-1'), 'proposed_action').spent).toEqual({
      usage: { totalTokens: 5 },
      costUsd: 0.1,
    })
    await first.orchestrator.open('run-1').respond(waiting.openRequests[0]?.requestId ?? '', approve)
    const second = createProcess([step('a'), step('b')], { storage, replies })
    const result = await second.orchestrator.resume('run-1')
    expect(result.status).toBe('succeeded')
    expect(result.costUsd).toBeCloseTo(0.3)
    const events = await journalOf(storage, 'run-1')
    const interrupted = firstOf(events, 'step_error')
    expect(interrupted).toMatchObject({ error: { code: 'interrupted' }, costUsd: 0.1 })
    expect(interrupted.charged).toBeUndefined()
    expect(reservations(events)[1]).toEqual(['a', { costUsd: expect.closeTo(4.9) }])
  })

  it('B3: is charged in full when its process had died in the middle of something else', async () => {
    const storage = createMemoryStorage()
    const replies = { a: { acts: [told(0.1), propose], ending: { kind: 'hang' } } } as const
    const first = createProcess([step('a')], { storage, replies })
    const run = await first.orchestrator.start({
      runId: 'run-1',
      budget,
      onRequest: () => ({ answer: approve }),
    })
    for await (const { type } of run.events()) if (type === 'tool_end') break
    const events = await journalOf(storage, 'run-1')
    const left = createMemoryStorage()
    await (await left.createRun(events, { sync: 'os' })).close()
    await createProcess([step('a')], { storage: left }).orchestrator.resume('run-1')
    const error = firstOf(await journalOf(left, 'run-1'), 'step_error')
    expect(error).toMatchObject({ costUsd: 0.1, charged: { costUsd: 5 } })
    await run.cancel()
  })
})

describe('a call that an orderly stop cuts off', () => {
  it('B3: and that told nothing has taken nothing that is known, and counts as unpriced', async () => {
    const storage = createMemoryStorage()
    const first = createProcess([step('a')], {
      storage,
      replies: { a: { ending: { kind: 'hang' } } },
      drainMs: 0,
    })
    const run = await first.orchestrator.start({ runId: 'run-1', budget })
    for await (const { type } of run.events()) if (type === 'step_start') break
    await run.stop()
    await first.clock.drive(run.result)
    const second = createProcess([step('a')], { storage, replies: { a: cost(1) } })
    expect(await second.orchestrator.resume('run-1')).toMatchObject({
      status: 'succeeded',
      costUsd: 1,
      unpricedCalls: 1,
    })
  })
})

describe('a call that mends its answer under a budget', () => {
  const bad = (reply: StubReply): StubReply => ({ text: 'none', data: undefined, ...reply })
  const mending = { ...step('a'), output, retry: { maxRetries: 0 } }

  it('B3: asks for no further pass when nothing is left', async () => {
    const { engine, events } = await spend([{ ...mending, budget: { costUsd: 1 } }], {
      replies: { a: bad(cost(1)) },
    })
    expect(engine.calls).toHaveLength(1)
    expect(firstOf(events, 'step_error').error.code).toBe('budget_exceeded')
  })

  it('B3: is charged for a pass that told nothing, whatever the next one tells', async () => {
    const silent = bad({ usage: undefined, costUsd: undefined })
    const mended = { ...cost(0.01), data: { ok: true } }
    const { events } = await spend([mending], {
      replies: { a: { ...silent, repairs: [mended] } },
      request: { budget: { costUsd: 5, tokens: 100 } },
    })
    expect(firstOf(events, 'step_end')).toMatchObject({ costUsd: 0.01, charged: { costUsd: 5, tokens: 100 } })
  })
})

describe('a call that tells that it took more than it may', () => {
  it('B3: has its answer when that is on its way: it is paid for', async () => {
    const reply = { acts: [told(0.6)], text: 'Done', usage: { totalTokens: 5 }, costUsd: 0.6 }
    const { result, called } = await spend([step('a'), step('b')], {
      replies: { a: reply },
      request: { budget: { costUsd: 0.5 } },
    })
    expect(called()).toEqual(['a#1.1'])
    expect(result).toMatchObject({
      status: 'failed',
      outputs: { a: 'Done' },
      census: { succeeded: 1, skipped: 1 },
    })
  })
})

describe('what an engine tells', () => {
  it.each<[string, readonly StubAct[]]>([
    ['less than before', [told(3, 30), told(0.01, 1)]],
    ['its price only once', [told(3, 30), told(undefined, 1)]],
  ])('B3: counts at its most: %s', async (_, acts) => {
    const reply = { acts, usage: undefined, costUsd: undefined }
    const { result } = await spend([step('a')], { replies: { a: reply }, request: { budget } })
    expect(result).toMatchObject({ costUsd: 3, usage: { totalTokens: 30 } })
  })

  it.each([1e308, Number.POSITIVE_INFINITY, 1e13])(
    'fault 41: is not believed when it is absurd: %s',
    async (most) => {
      const reply = { usage: { totalTokens: most }, costUsd: most }
      const { result, events } = await spend([step('a')], { replies: { a: reply } })
      expect(result.costUsd).toBeUndefined()
      expect(JSON.stringify(events)).not.toContain('null')
    },
  )

  it('B3: half of a count is none', async () => {
    const reply = { usage: { outputTokens: 5 }, costUsd: 0.1 }
    const { events } = await spend([step('a')], {
      replies: { a: reply },
      request: { budget: { tokens: 100 } },
    })
    expect(allOf(events, 'step_end')).toMatchObject([{ charged: { tokens: 100 } }])
  })
})
