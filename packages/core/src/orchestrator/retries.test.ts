import { allOf, createHandClock } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { FunctionContext } from '../engine/context.ts'
import { EngineError } from '../errors/swarm-error.ts'
import { defineFlow } from '../flow/define-flow.ts'
import type { RetryPolicy } from '../flow/definition.ts'
import { createProcess, journalOf, type ProcessOptions } from './process.fixture.ts'

interface Case extends ProcessOptions {
  readonly policy?: RetryPolicy
  readonly inFlow?: RetryPolicy
  readonly fail?: { readonly retryable?: boolean; readonly retryAfterMs?: number }
}

/** Runs a step that always fails, and tells how long each retry was waited for. */
async function delaysOf({ policy, inFlow, fail = {}, ...options }: Case): Promise<readonly number[]> {
  const clock = createHandClock()
  const flow = defineFlow({
    key: 'main',
    steps: [{ id: 'a', prompt: 'A', ...(policy === undefined ? {} : { retry: policy }) }],
    ...(inFlow === undefined ? {} : { defaults: { retry: inFlow } }),
  })
  const { orchestrator, storage } = createProcess([flow], {
    clock,
    replies: { a: { fail: { code: 'busy', retryable: true, ...fail } } },
    ...options,
  })
  const result = await clock.drive(orchestrator.execute({ runId: 'run-1' }))
  expect(result.status).toBe('failed')
  const errors = allOf(await journalOf(storage, 'run-1'), 'step_error')
  expect(errors.at(-1)).toMatchObject({ willRetry: false })
  return errors.flatMap(({ retryAt, ts }) => (retryAt === undefined ? [] : [retryAt - Date.parse(ts)]))
}

describe('retries', () => {
  it('are a number of milliseconds however many there were', async () => {
    const delays = await delaysOf({ policy: { maxRetries: 1_100, delayMs: 0 } })
    expect(new Set(delays)).toEqual(new Set([0]))
  })

  it.each<[string, Case, readonly number[]]>([
    ['what is not retryable is not tried again', { fail: { retryable: false } }, []],
    ['two retries by default, each after twice the time', { random: () => 1 }, [1_000, 2_000]],
    ['jitter takes at most half of the delay', { random: () => 0 }, [500, 1_000]],
    ['maxRetries 0 tries once', { policy: { maxRetries: 0 } }, []],
    ['maxRetries bounds them', { policy: { maxRetries: 3, delayMs: 10 }, random: () => 1 }, [10, 20, 40]],
    [
      'maxDelayMs bounds the delay',
      { policy: { maxRetries: 3, delayMs: 10, maxDelayMs: 15 }, random: () => 1 },
      [10, 15, 15],
    ],
    [
      'jitter takes at most half of the bound',
      { policy: { maxRetries: 3, delayMs: 10, maxDelayMs: 16 }, random: () => 0 },
      [5, 8, 8],
    ],
    ['retryAfterMs is followed', { fail: { retryAfterMs: 7_000 }, random: () => 0 }, [7_000, 7_000]],
    ['jitter comes on top of it', { fail: { retryAfterMs: 7_000 }, random: () => 1 }, [7_500, 8_000]],
    ['retryAfterMs of ten years is clamped (fault 42)', { fail: { retryAfterMs: 3e11 } }, [60_000, 60_000]],
    ['a negative retryAfterMs is none', { fail: { retryAfterMs: -5 }, random: () => 1 }, [1_000, 2_000]],
    ['the flow says it for its steps', { inFlow: { maxRetries: 1, delayMs: 8 }, random: () => 1 }, [8]],
    ['the orchestrator says it for the rest', { retry: { maxRetries: 1, delayMs: 4 }, random: () => 1 }, [4]],
    [
      'the step goes before the flow',
      { policy: { maxRetries: 1, delayMs: 2 }, inFlow: { maxRetries: 5, delayMs: 8 }, random: () => 1 },
      [2],
    ],
  ])('B1: %s', async (_, options, delays) => {
    expect(await delaysOf(options)).toEqual(delays)
  })

  it('B1: a timeout is retried, and each attempt has its whole time', async () => {
    const clock = createHandClock()
    const { orchestrator, called, storage } = createProcess(
      [{ id: 'a', prompt: 'A', timeoutMs: 400, retry: { maxRetries: 1, delayMs: 100 } }],
      {
        clock,
        random: () => 1,
        replies: { 'a#1.1': { ending: { kind: 'hang' } }, 'a#1.2': { acts: [{ kind: 'wait', ms: 399 }] } },
      },
    )
    expect(await clock.drive(orchestrator.execute({ runId: 'run-1' }))).toMatchObject({ status: 'succeeded' })
    expect(called()).toEqual(['a#1.1', 'a#1.2'])
    const [error] = allOf(await journalOf(storage, 'run-1'), 'step_error')
    expect(error).toMatchObject({ error: { code: 'timeout' }, willRetry: true, durationMs: 400 })
  })

  it('section 6: the reason of a timeout is an error, which whoever heeds the signal can throw', async () => {
    let thrown: unknown
    const run = async ({ signal }: FunctionContext): Promise<void> => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      thrown = signal.reason
      signal.throwIfAborted()
    }
    const { orchestrator, clock } = createProcess([
      { id: 'a', kind: 'function', timeoutMs: 50, retry: { maxRetries: 0 }, run },
    ])
    const result = await clock.drive(orchestrator.execute())
    expect(result).toMatchObject({ error: { code: 'timeout' } })
    expect(thrown).toBeInstanceOf(EngineError)
    expect(thrown).toMatchObject({ code: 'timeout', retryable: true })
  })

  it('B1: silence is timed by idleTimeoutMs, which every sign of life starts anew', async () => {
    const clock = createHandClock()
    const alive = { type: 'token_chunk' as const, text: '.' }
    const wait = (ms: number) => ({ kind: 'wait' as const, ms })
    const { orchestrator } = createProcess(
      [{ id: 'a', prompt: 'A', idleTimeoutMs: 100, retry: { maxRetries: 0 } }],
      {
        clock,
        replies: { a: { acts: [wait(90), alive, wait(90), alive, wait(101)] } },
      },
    )
    const before = clock.monotonic()
    expect(await clock.drive(orchestrator.execute())).toMatchObject({ status: 'failed' })
    expect(clock.monotonic() - before).toBe(280)
  })

  it('B1: an engine that never says anything is silent from its start', async () => {
    const { orchestrator, clock } = createProcess(
      [{ id: 'a', prompt: 'A', idleTimeoutMs: 100, retry: { maxRetries: 0 } }],
      { replies: { a: { acts: [{ kind: 'wait', ms: 10_000 }] } } },
    )
    expect(await clock.drive(orchestrator.execute())).toMatchObject({ error: { code: 'timeout' } })
  })
})
