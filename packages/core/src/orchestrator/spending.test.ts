/** What calls say that they have spent, and what the run's end says of it. */
import type { StubAct, StubReplies } from '@batonjs/engine-stub'
import { allOf, firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StepInput } from '../flow/flow.ts'
import { createProcess, journalOf, readUntil } from './process.fixture.ts'

const usage = { inputTokens: 10, outputTokens: 2, totalTokens: 12 }
const tell: StubAct = { type: 'usage', usage, costUsd: 0.5 }

describe('what a run has spent', () => {
  it('law 6: a call that used tokens and names no price is counted as unpriced, never as free', async () => {
    const { orchestrator, storage } = createProcess(
      [
        { id: 'priced', prompt: 'a' },
        { id: 'unpriced', prompt: 'b' },
      ],
      { replies: { priced: { usage, costUsd: 0.5 }, unpriced: { usage, costUsd: undefined } } },
    )
    const result = await orchestrator.execute({ runId: 'run-1' })
    const completed = (await journalOf(storage, 'run-1')).at(-1)
    for (const told of [completed, result])
      expect(told).toMatchObject({ costUsd: 0.5, unpricedCalls: 1, usage: { totalTokens: 24 } })
  })

  it('B3: what an attempt spent before it failed counts', async () => {
    const { orchestrator, clock } = createProcess([{ id: 'flaky', prompt: 'a' }], {
      replies: {
        flaky: {
          attempts: [
            { usage, costUsd: 1, fail: { code: 'busy', retryable: true } },
            { usage, costUsd: 2 },
          ],
        },
      },
    })
    const run = await orchestrator.start()
    await clock.advance(60_000)
    expect(await run.result).toMatchObject({ status: 'succeeded', costUsd: 3, usage: { totalTokens: 24 } })
  })

  const stubborn = { acts: [tell], ending: { kind: 'hang' }, stubborn: true } as const
  it.each<[string, string, { readonly timeoutMs?: number }, StubReplies]>([
    ['throws', 'engine_error', {}, { acts: [tell], ending: { kind: 'throw', value: new Error('boom') } }],
    ['is out of time', 'timeout', { timeoutMs: 100 }, { acts: [tell], ending: { kind: 'hang' } }],
    ['is given up', 'timeout', { timeoutMs: 100 }, stubborn],
  ])('B3: what a call told before it %s counts', async (_, code, how, reply) => {
    const steps = [{ id: 'a', prompt: 'A', retry: { maxRetries: 0 }, ...how }]
    const { orchestrator, clock, storage } = createProcess(steps, { replies: { a: reply } })
    const result = await clock.drive(orchestrator.execute({ runId: 'run-1' }))
    const error = firstOf(await journalOf(storage, 'run-1'), 'step_error')
    expect(error).toMatchObject({ error: { code }, usage, costUsd: 0.5 })
    expect(result).toMatchObject({ status: 'failed', usage, costUsd: 0.5 })
  })

  it('B3: what was spent before a repair that throws counts, and so does what the repair told', async () => {
    const output = { type: 'object', required: ['k'] } as const
    const { orchestrator } = createProcess([{ id: 'a', prompt: 'A', output, retry: { maxRetries: 0 } }], {
      replies: {
        a: {
          text: 'no json',
          data: undefined,
          usage,
          costUsd: 2,
          repairs: [{ acts: [tell], ending: { kind: 'throw', value: new Error('boom') } }],
        },
      },
    })
    expect(await orchestrator.execute()).toMatchObject({ costUsd: 2.5, usage: { totalTokens: 24 } })
  })

  it('B3: a failed call that names no price is unpriced too', async () => {
    const { orchestrator } = createProcess([{ id: 'a', prompt: 'A', retry: { maxRetries: 0 } }], {
      replies: { a: { usage, costUsd: undefined, fail: { code: 'broken' } } },
    })
    expect(await orchestrator.execute()).toMatchObject({ status: 'failed', unpricedCalls: 1 })
  })

  it('B3: what a call told before it lost its race counts, and stands in its step_skipped', async () => {
    const steps: readonly StepInput[] = [
      { id: 'fast', prompt: 'F', needs: [] },
      { id: 'slow', prompt: 'S', needs: [] },
      { id: 'race', prompt: 'R', needs: ['fast', 'slow'], triggerRule: 'one_success', losers: 'cancel' },
    ]
    const wait: StubAct = { kind: 'wait', ms: 50 }
    const { orchestrator, clock, storage } = createProcess(steps, {
      replies: { fast: { acts: [wait] }, slow: { acts: [tell], ending: { kind: 'hang' } } },
    })
    const result = await clock.drive(orchestrator.execute({ runId: 'run-1' }))
    const skipped = firstOf(await journalOf(storage, 'run-1'), 'step_skipped')
    expect(skipped).toMatchObject({ reason: 'lost', usage, costUsd: 0.5, durationMs: 50, queuedMs: 0 })
    expect(result).toMatchObject({ status: 'succeeded', costUsd: 0.5 })
  })

  it('B3: what a call told before a stop cut it off counts once the run is resumed', async () => {
    const told: StubAct = { kind: 'record', event: { type: 'custom', name: 'told', data: null } }
    const steps = [{ id: 'a', prompt: 'A' }]
    const { orchestrator, clock, storage } = createProcess(steps, {
      drainMs: 100,
      replies: { a: { acts: [{ type: 'usage', usage }, told], ending: { kind: 'hang' } } },
    })
    const run = await orchestrator.start({ runId: 'run-1' })
    await readUntil(run, ({ type }) => type === 'custom')
    await run.stop()
    await clock.drive(run.result)
    const stopped = firstOf(await journalOf(storage, 'run-1'), 'run_stopped')
    expect(stopped).toMatchObject({ aborted: ['main#1/a#1.1'], usage, unpricedCalls: 1 })
    const again = createProcess(steps, { storage, replies: { a: { usage, costUsd: 0.5 } } })
    expect(await again.orchestrator.resume('run-1')).toMatchObject({
      status: 'succeeded',
      usage: { totalTokens: 24 },
      costUsd: 0.5,
      unpricedCalls: 1,
    })
  })

  it('B3: what a call told before the run was canceled counts', async () => {
    const started: StubAct = { kind: 'record', event: { type: 'custom', name: 'told', data: null } }
    const { orchestrator, storage } = createProcess([{ id: 'a', prompt: 'A' }], {
      replies: { a: { acts: [tell, started], ending: { kind: 'hang' } } },
    })
    const run = await orchestrator.start({ runId: 'run-1' })
    await readUntil(run, ({ type }) => type === 'custom')
    await run.cancel()
    expect(await run.result).toMatchObject({ status: 'canceled', usage, costUsd: 0.5 })
    expect(allOf(await journalOf(storage, 'run-1'), 'step_error')).toHaveLength(1)
  })
})
