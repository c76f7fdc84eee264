/** What calls say that they have spent, and what the run's end says of it. */
import { describe, expect, it } from 'vitest'
import { createProcess, journalOf } from './process.fixture.ts'

const usage = { inputTokens: 10, outputTokens: 2, totalTokens: 12 }

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
})
