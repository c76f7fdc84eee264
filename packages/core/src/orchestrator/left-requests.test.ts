import { allOf, checkJournal, createHandClock, type HandClock, typesOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { FunctionContext } from '../engine/context.ts'
import { SwarmError } from '../errors/swarm-error.ts'
import type { JsonValue } from '../flow/json.ts'
import type { RunStorage } from '../storage/storage.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import { createProcess, journalOf } from './process.fixture.ts'

const question = [{ id: 'q', text: 'Which?' }]

/** A storage on which a question takes two seconds to be written. */
function createSlowStorage(clock: HandClock): RunStorage {
  const storage = createMemoryStorage()
  return {
    ...storage,
    async createRun(events) {
      const writer = await storage.createRun(events)
      return {
        ...writer,
        async append(batch, options) {
          const isSlow = batch.some(({ type }) => type === 'clarification_needed')
          if (isSlow) await new Promise<void>((resolve) => clock.setTimer(clock.now() + 2_000, resolve))
          await writer.append(batch, options)
        },
      }
    },
  }
}

/** A run of one function, with what is in its journal when it is over. */
async function play(
  call: (context: FunctionContext) => Promise<JsonValue>,
  { isSlow = false, maxRetries = 0 } = {},
) {
  const clock = createHandClock()
  const storage = isSlow ? createSlowStorage(clock) : createMemoryStorage()
  const steps = [
    { id: 'asks', kind: 'function' as const, timeoutMs: 1_000, retry: { maxRetries }, run: call },
  ]
  const { orchestrator } = createProcess(steps, { clock, storage })
  const run = await orchestrator.start({ runId: 'run-1' })
  const { status } = await clock.drive(run.result)
  const journal = await journalOf(storage, 'run-1')
  return { status, journal, ends: allOf(journal, 'clarification_answered') }
}

describe('a request that its call does not wait for', () => {
  it('H1: is withdrawn when the call succeeds', async () => {
    const { status, journal, ends } = await play(async ({ ask }) => {
      ask(question)
      return 'done'
    })
    expect([status, ends[0]?.outcome, ends[0]?.by]).toEqual(['succeeded', 'withdrawn', 'run'])
    expect(checkJournal(journal)).toEqual([])
  })

  it('H1: is withdrawn when the call fails', async () => {
    const { status, journal, ends } = await play(async ({ ask }) => {
      ask(question)
      throw new Error('broken')
    })
    expect([status, ends[0]?.outcome]).toEqual(['failed', 'withdrawn'])
    expect(checkJournal(journal)).toEqual([])
  })

  it('H1: stays open for the next attempt, which joins it', async () => {
    const { journal, ends } = await play(
      async ({ ask, attempt }) => {
        ask(question)
        if (attempt === 1) throw new SwarmError('busy', { code: 'busy', retryable: true })
        return 'done'
      },
      { maxRetries: 1 },
    )
    expect(allOf(journal, 'clarification_needed')).toHaveLength(1)
    expect(ends.map(({ outcome, attempt }) => [outcome, attempt])).toEqual([['withdrawn', 1]])
    expect(typesOf(journal).slice(-5, -2)).toEqual(['step_start', 'clarification_answered', 'step_end'])
  })

  it('H3: is left at once when the call timed out while the question was written', async () => {
    const { status, journal, ends } = await play(({ ask }) => ask(question), { isSlow: true })
    expect([status, ends[0]?.outcome]).toEqual(['failed', 'withdrawn'])
    expect(allOf(journal, 'step_error')[0]?.error.code).toBe('timeout')
    expect(allOf(journal, 'diagnostic')).toEqual([])
  })
})
