import type { StubReplies } from '@batonjs/engine-stub'
import { allOf, type CrashMode, checkJournal, crashStorage, createHandClock, firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { digestText } from '../flow/digest.ts'
import type { StepInput } from '../flow/flow.ts'
import type { RunStorage } from '../storage/storage.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import { createProcess, journalOf, readUntil, startOf } from './process.fixture.ts'

const chain: readonly StepInput[] = [
  { id: 'a', prompt: 'A' },
  { id: 'b', prompt: 'B of $a.output' },
]

type Replies = Readonly<Record<string, StubReplies>>

interface Death {
  readonly at: number
  readonly mode?: CrashMode
  readonly replies?: Replies
}

/** Begins or resumes a run in a process that dies at its n-th write of the journal. */
async function die(
  below: RunStorage,
  steps: readonly StepInput[],
  { at, mode = 'kill_after', replies = {} }: Death,
) {
  const storage = crashStorage(below, { at, mode, writes: 'journal' })
  const process = createProcess(steps, { storage, replies })
  const exists = (await below.listRuns({ runId: 'run-1' })).runs.length > 0
  const running = exists
    ? process.orchestrator.resume('run-1')
    : process.orchestrator.execute({ runId: 'run-1' })
  running.catch(() => {})
  await storage.died
  return process
}

describe('a run whose process has died', () => {
  it('S5: what was open is closed as interrupted, and starts again with attempt + 1 and the same key', async () => {
    const storage = createMemoryStorage()
    await die(storage, chain, { at: 3 })
    const { orchestrator, called } = createProcess(chain, { storage })
    const { status } = await orchestrator.resume('run-1')
    const events = await journalOf(storage, 'run-1')
    expect([status, called()]).toEqual(['succeeded', ['b#1.2']])
    expect(firstOf(events, 'run_resumed')).toMatchObject({
      resumedFrom: 'crash',
      interrupted: ['main#1/b#1.1'],
    })
    expect(firstOf(events, 'step_error')).toMatchObject({ error: { code: 'interrupted' }, willRetry: true })
    const keys = allOf(events, 'step_start').filter(({ stepId }) => stepId === 'b')
    expect(new Set(keys.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
    expect(checkJournal(events)).toEqual([])
  })

  it('S5: the engine’s session is given to the attempt that goes on', async () => {
    const storage = createMemoryStorage()
    const session = { kind: 'run' as const, run: () => {} }
    const replies: Replies = {
      a: { acts: [{ type: 'session', session: 'conversation-7' }, session], ending: { kind: 'hang' } },
    }
    await die(storage, chain, { at: 3, replies })
    const { orchestrator, engine } = createProcess(chain, { storage })
    await orchestrator.resume('run-1')
    expect(engine.calls[0]?.context.session).toBe('conversation-7')
    expect(engine.calls[1]?.context.session).toBeUndefined()
    const [, again] = allOf(await journalOf(storage, 'run-1'), 'step_start')
    expect(again?.sessionDigest).toBe(digestText('"conversation-7"'))
  })

  it('S5: an interruption costs no retry', async () => {
    const storage = createMemoryStorage()
    const clock = createHandClock()
    const steps: readonly StepInput[] = [{ id: 'a', prompt: 'A', retry: { maxRetries: 1, delayMs: 10 } }]
    await die(storage, steps, { at: 2 })
    for (let deaths = 0; deaths < 3; deaths++) await die(storage, steps, { at: 1 })
    const busy = { fail: { code: 'busy', retryable: true } }
    const { orchestrator, called } = createProcess(steps, { storage, clock, replies: { 'a#1.5': busy } })
    expect(await clock.drive(orchestrator.resume('run-1'))).toMatchObject({ status: 'succeeded' })
    expect(called()).toEqual(['a#1.5', 'a#1.6'])
  })

  it('S5: a step at which six processes died is poisoned, until it is retried on purpose (fault 32)', async () => {
    const storage = createMemoryStorage()
    await die(storage, chain, { at: 2 })
    for (let deaths = 1; deaths < 6; deaths++) await die(storage, chain, { at: 1 })
    const { orchestrator, called } = createProcess(chain, { storage })
    expect(await orchestrator.resume('run-1')).toMatchObject({ status: 'failed' })
    expect(called()).toEqual([])
    const errors = allOf(await journalOf(storage, 'run-1'), 'step_error').map(({ error }) => error.code)
    expect(errors).toEqual([...Array(5).fill('interrupted'), 'poisoned'])
    const again = createProcess(chain, { storage })
    expect(await again.orchestrator.resume('run-1', { retryFailed: true })).toMatchObject({
      status: 'succeeded',
    })
  })

  it('S5: stops are no interruptions, however many', async () => {
    const storage = createMemoryStorage()
    for (let stops = 0; stops < 8; stops++) {
      const { orchestrator } = createProcess(chain, { storage, replies: { a: { ending: { kind: 'hang' } } } })
      const stream =
        stops === 0 ? orchestrator.executeStream({ runId: 'run-1' }) : orchestrator.resumeStream('run-1')
      for await (const event of stream) if (startOf('a')(event)) break
    }
    const { orchestrator, called } = createProcess(chain, { storage })
    expect(await orchestrator.resume('run-1')).toMatchObject({ status: 'succeeded' })
    expect(called()).toEqual(['a#1.9', 'b#1.1'])
  })

  it('S5: a retry that was due is made, no sooner than it was due (fault 11)', async () => {
    const storage = createMemoryStorage()
    const clock = createHandClock()
    const steps: readonly StepInput[] = [
      { id: 'a', prompt: 'A', retry: { delayMs: 10_000, maxDelayMs: 10_000 } },
    ]
    const first = createProcess(steps, {
      storage,
      clock,
      random: () => 0,
      replies: { a: { fail: { code: 'busy', retryable: true } } },
    })
    const run = await first.orchestrator.start({ runId: 'run-1' })
    await readUntil(run, ({ type }) => type === 'step_error')
    await run.stop()
    await run.result
    const { retryAt = 0 } = firstOf(await journalOf(storage, 'run-1'), 'step_error')
    await clock.advance(2_000)
    const second = createProcess(steps, { storage, clock })
    await clock.drive(second.orchestrator.resume('run-1'))
    expect(clock.now()).toBe(retryAt)
    expect(second.called()).toEqual(['a#1.2'])
  })
})

describe('a wall clock that jumps (fault 11)', () => {
  const HOUR = 3_600_000

  it.each([-HOUR, 24 * HOUR])('E3: by %i ms leaves durations as they were measured', async (jump) => {
    const clock = createHandClock()
    const { orchestrator, storage } = createProcess(chain, {
      clock,
      replies: {
        a: {
          acts: [
            { kind: 'wait', ms: 100 },
            { kind: 'run', run: () => clock.jump(jump) },
          ],
        },
      },
    })
    await clock.drive(orchestrator.execute({ runId: 'run-1' }))
    const events = await journalOf(storage, 'run-1')
    const [end] = allOf(events, 'step_end')
    expect([end?.durationMs, end?.queuedMs]).toEqual([100, 0])
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    const [first, last] = [events[0], events.at(-1)].map((event) => Date.parse(event?.ts ?? ''))
    expect(Number(last) - Number(first)).toBe(100 + Math.max(0, jump))
  })

  it('E3: leaves out the duration of what another process began, which none has measured', async () => {
    const steps: readonly StepInput[] = [{ id: 'gate', kind: 'approval', prompt: 'Go?' }]
    const { orchestrator, storage } = createProcess(steps)
    await orchestrator.execute({ runId: 'run-1' })
    const onRequest = () => ({ answer: { approved: true } })
    await createProcess(steps, { storage }).orchestrator.resume('run-1', { onRequest })
    const end = firstOf(await journalOf(storage, 'run-1'), 'step_end')
    expect(end).toMatchObject({ stepId: 'gate', status: 'succeeded' })
    expect(Object.keys(end).filter((member) => member.endsWith('Ms'))).toEqual([])
  })

  it('B1: a day forward times nobody out before the time', async () => {
    const clock = createHandClock()
    const { orchestrator } = createProcess([{ id: 'a', prompt: 'A', timeoutMs: 1_000, idleTimeoutMs: 900 }], {
      clock,
      replies: {
        a: {
          acts: [
            { kind: 'run', run: () => clock.jump(24 * HOUR) },
            { kind: 'wait', ms: 800 },
          ],
        },
      },
    })
    expect(await clock.drive(orchestrator.execute())).toMatchObject({ status: 'succeeded' })
  })
})
