import { createHandClock } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StepInput } from '../flow/flow.ts'
import type { Run } from './options.ts'
import { createProcess } from './process.fixture.ts'

const times = { timeoutMs: 20_000, idleTimeoutMs: 10_000, retry: { maxRetries: 0 } }
const steps: readonly StepInput[] = [
  { id: 'slow', prompt: 'S', needs: [], ...times },
  { id: 'asks', prompt: 'A', needs: [], ...times },
  { id: 'fast', prompt: 'F', needs: [] },
  { id: 'race', prompt: 'R', needs: ['slow', 'fast', 'asks'], triggerRule: 'one_success', losers: 'cancel' },
]
const replies = {
  slow: { acts: [{ kind: 'wait', ms: 300 }] },
  asks: { acts: [{ kind: 'ask', questions: [{ id: 'who', text: 'Who?' }] }] },
  fast: { acts: [{ kind: 'wait', ms: 200 }] },
} as const

type End = readonly [string, { readonly durationMs?: number }, (run: Run) => unknown]
const ends: readonly End[] = [
  ['its duration is over', { durationMs: 100 }, () => {}],
  ['it is canceled', {}, (run) => run.cancel()],
  ['it is stopped', {}, (run) => run.stop()],
  ['a race is won', {}, () => {}],
]

describe('a run that has ended', () => {
  it.each(ends)('law 5: leaves no timer that keeps its process alive when %s', async (_, limits, end) => {
    const clock = createHandClock()
    const { orchestrator } = createProcess(steps, { clock, replies })
    const run = await orchestrator.start({ limits })
    await clock.advance(10)
    void end(run)
    await clock.drive(run.result)
    await clock.advance(0)
    expect(clock.pending).toEqual([])
  })
})
