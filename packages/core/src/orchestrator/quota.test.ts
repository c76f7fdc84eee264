import type { StubReply } from '@batonjs/engine-stub'
import { createStubEngine } from '@batonjs/engine-stub'
import { allOf, checkJournal, collect, createHandClock, firstOf, type HandClock } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StepEngine } from '../engine/engine.ts'
import type { StepInput } from '../flow/flow.ts'
import { fold, foldRun } from '../run/fold.ts'
import { statusOf } from '../run/summary.ts'
import type { RunStorage } from '../storage/storage.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import { createProcess, journalOf, type ProcessOptions, readUntil } from './process.fixture.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

function exhausted(retryAfterMs?: number): StubReply {
  const until = retryAfterMs === undefined ? {} : { retryAfterMs }
  return { fail: { code: 'quota', message: 'Used up', retryable: true, ...until } }
}

const one: readonly StepInput[] = [{ id: 'a', prompt: 'A' }]
const isQuota = (event: { readonly type: string }): boolean => event.type === 'quota_waiting'

/** Begins a run whose first attempt of `a` finds the quota used up. */
async function beginExhausted(
  steps: readonly StepInput[],
  { reply = exhausted(HOUR), ...options }: ProcessOptions & { readonly reply?: StubReply } = {},
) {
  const process = createProcess(steps, { replies: { a: { attempts: [reply, {}] } }, ...options })
  const run = await process.orchestrator.start({ runId: 'run-1' })
  await readUntil(run, isQuota)
  return { ...process, run, journal: () => journalOf(process.storage, 'run-1') }
}

/** A storage whose artifacts are read when the gate is opened. */
function createGate() {
  const inner = createMemoryStorage()
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const artifacts: RunStorage['artifacts'] = (runId) => ({
    ...inner.artifacts(runId),
    get: (path) => opened.then(() => inner.artifacts(runId).get(path)),
  })
  return { storage: { ...inner, artifacts }, open: () => open() }
}

describe('a quota that is used up', () => {
  it('B1: is a wait with a journaled wake-up, and no failure', async () => {
    const { run, clock, journal, called } = await beginExhausted(one)
    const begun = clock.now()
    const result = await clock.drive(run.result)
    expect(result).toMatchObject({ status: 'succeeded', census: { earlierFailures: 0, failed: 0 } })
    expect(clock.now() - begun).toBe(HOUR)
    expect(called()).toEqual(['a#1.1', 'a#1.2'])
    const events = await journal()
    const waiting = firstOf(events, 'quota_waiting')
    expect(waiting).toMatchObject({ account: 'stub', until: begun + HOUR, stepId: 'a', attempt: 1 })
    expect(firstOf(events, 'step_error')).toMatchObject({ willRetry: true, retryAt: waiting.until })
    expect(checkJournal(events)).toEqual([])
  })

  it('B1: costs no retry, however often it comes', async () => {
    const replies = { a: { attempts: [...Array(9).fill(exhausted(HOUR)), {}] } }
    const { orchestrator, clock } = createProcess(one, { replies, retry: { maxRetries: 0 } })
    expect(await clock.drive(orchestrator.execute())).toMatchObject({ status: 'succeeded' })
  })

  it.each<[string, StubReply, ProcessOptions, number]>([
    ['five minutes when nobody says for how long', exhausted(), {}, 5 * MINUTE],
    ['as long as the host says then', exhausted(), { quota: { waitMs: 7 } }, 1_000],
    ['a day at most (fault 42)', exhausted(3e11), {}, 24 * HOUR],
    ['no longer than the host allows', exhausted(9 * HOUR), { quota: { maxWaitMs: HOUR } }, HOUR],
    ['a second at least', exhausted(0), {}, 1_000],
  ])('B1: is waited for: %s', async (_, reply, options, waited) => {
    const { run, clock } = await beginExhausted(one, { reply, ...options })
    const begun = clock.now()
    await clock.drive(run.result)
    expect(clock.now() - begun).toBe(waited)
  })

  it('B1: is shared by the steps on the same account, over all runs, and by no other', async () => {
    const clock = createHandClock()
    const steps: readonly StepInput[] = [
      { id: 'a', prompt: 'A', needs: [] },
      { id: 'b', prompt: 'B', needs: ['first'], engine: 'twin' },
      { id: 'first', prompt: 'First', needs: [], engine: 'other' },
      { id: 'c', prompt: 'C', needs: ['first'], engine: 'other' },
    ]
    const named = (id: string, account: string) => ({
      ...createStubEngine({ steps: {} }, { clock }),
      id,
      account,
    })
    const stub = createStubEngine({ steps: { a: { attempts: [exhausted(HOUR), {}] } } }, { clock })
    const engines = [{ ...stub, account: 'shared' }, named('twin', 'shared'), named('other', 'own')]
    const { orchestrator, storage } = createProcess(steps, { clock, engines })
    const run = await orchestrator.start({ runId: 'run-1' })
    await readUntil(run, isQuota)
    const second = await orchestrator.start({ runId: 'run-2' })
    const begun = clock.now()
    await clock.drive(Promise.all([run.result, second.result]))
    // In the second run `a` finds its own first attempt refused after the wait for the other run's.
    for (const [runId, a] of [
      ['run-1', HOUR],
      ['run-2', 2 * HOUR],
    ] as const) {
      const starts = allOf(await journalOf(storage, runId), 'step_start')
      const waited = Object.fromEntries(starts.map(({ stepId, ts }) => [stepId, Date.parse(ts) - begun]))
      expect(waited).toEqual({ a, b: HOUR, first: 0, c: 0 })
    }
  })

  it('fault 39: is that of the engine alone when the name of its account holds a secret, also for a resume', async () => {
    const storage = createMemoryStorage()
    const keyed = (clock: HandClock, id: string, key: string): StepEngine => {
      const stub = createStubEngine({ steps: { a: { attempts: [exhausted(HOUR), {}] } } }, { clock })
      return { ...stub, id, account: `of ${key}`, secrets: [key] }
    }
    const steps = [...one, { id: 'b', prompt: 'B', needs: [], engine: 'two' }]
    const begin = (clock: HandClock) => {
      const engines = [keyed(clock, 'one', 'sk-live-11111111'), keyed(clock, 'two', 'sk-live-22222222')]
      return createProcess(steps, { storage, clock, engines })
    }
    const first = begin(createHandClock())
    const run = await first.orchestrator.start({ runId: 'run-1' })
    await readUntil(run, isQuota)
    await first.clock.drive(run.stop())
    const events = await journalOf(storage, 'run-1')
    const { account, until } = firstOf(events, 'quota_waiting')
    expect(account).toBe('one')
    expect(JSON.stringify(events)).not.toMatch(/sk-live/)
    const second = begin(createHandClock(first.clock.now() + MINUTE))
    const begun = second.clock.now()
    const resumed = second.orchestrator.resumeStream('run-1')
    await resumed.next()
    const other = await second.orchestrator.start({ runId: 'run-2' })
    await second.clock.drive(Promise.all([collect(resumed), other.result]))
    const starts = allOf(await journalOf(storage, 'run-2'), 'step_start')
    const startOfFirst = (id: string) => starts.find(({ stepId }) => stepId === id)?.ts ?? ''
    expect(['a', 'b'].map(startOfFirst).map(Date.parse)).toEqual([until, begun])
  })

  it('B1: holds back what stood in line for a slot when it was found out', async () => {
    const steps = ['a', 'b', 'c'].map((id) => ({ id, prompt: id, needs: [] }))
    const { run, clock, called } = await beginExhausted(steps, { slots: { perEngine: { stub: 1 } } })
    expect(called()).toEqual(['a#1.1'])
    await clock.drive(run.result)
    expect(called()).toHaveLength(4)
  })

  it('B1: holds back what was let in before and had not begun', async () => {
    const gate = createGate()
    const steps = [
      { id: 'first', prompt: 'First', needs: [] },
      { id: 'a', prompt: 'A', needs: [] },
      { id: 'b', prompt: 'After $first.output', needs: ['first'] },
    ]
    const a = { attempts: [{ ...exhausted(HOUR), acts: [{ kind: 'wait' as const, ms: 100 }] }, {}] }
    const replies = { first: { text: 'x'.repeat(20_000) }, a }
    const { orchestrator, clock } = createProcess(steps, { storage: gate.storage, replies })
    const run = await orchestrator.start({ runId: 'run-1' })
    // `b` reads what `first` gave, meanwhile `a` finds the quota used up.
    await clock.advance(100)
    gate.open()
    await clock.drive(run.result)
    const events = await journalOf(gate.storage, 'run-1')
    const begun = allOf(events, 'step_start').find(({ stepId }) => stepId === 'b')
    expect(Date.parse(begun?.ts ?? '')).toBe(firstOf(events, 'quota_waiting').until)
  })

  it('B1: is waited for as long as any call was told', async () => {
    const { run, clock, journal } = await beginExhausted(one)
    const state = foldRun(await journal())
    const told = firstOf(await journal(), 'quota_waiting')
    fold(state, { ...told, seq: state.lastSeq + 1, until: told.until - MINUTE })
    expect([...state.quotas]).toEqual([['stub', told.until]])
    await clock.drive(run.result)
  })

  it('S3: the run is waiting_quota while nothing else goes on', async () => {
    const { run, clock, journal, orchestrator } = await beginExhausted(one)
    expect(statusOf(foldRun(await journal()))).toBe('waiting_quota')
    expect((await orchestrator.runs()).runs).toMatchObject([{ status: 'waiting_quota' }])
    await clock.drive(run.result)
  })

  it('S3: it is running while another call runs', async () => {
    const steps = [...one.map((step) => ({ ...step, needs: [] })), { id: 'b', prompt: 'B', needs: [] }]
    const replies = { a: { attempts: [exhausted(HOUR), {}] }, b: { ending: { kind: 'hang' as const } } }
    const { run, journal } = await beginExhausted(steps, { replies })
    expect(statusOf(foldRun(await journal()))).toBe('running')
    await run.cancel()
  })

  it('S3: it is running while another step is about to be tried again', async () => {
    const steps = [...one.map((step) => ({ ...step, needs: [] })), { id: 'b', prompt: 'B', needs: [] }]
    const busy = { fail: { code: 'busy', retryable: true } }
    const replies = { a: { attempts: [exhausted(HOUR), {}] }, b: { attempts: [busy, {}] } }
    const { run, journal } = await beginExhausted(steps, { replies })
    await readUntil(run, (event) => event.type === 'step_error' && event.stepId === 'b')
    expect(statusOf(foldRun(await journal()))).toBe('running')
    await run.cancel()
  })

  it('B1: is waited for by whoever takes the run up, and by what else he runs on the account', async () => {
    const storage = createMemoryStorage()
    const first = await beginExhausted(one, { storage })
    await first.clock.drive(first.run.stop())
    const { until } = firstOf(await first.journal(), 'quota_waiting')
    const clock = createHandClock(first.clock.now() + MINUTE)
    const second = createProcess(one, { storage, clock })
    const resumed = second.orchestrator.resumeStream('run-1')
    await resumed.next()
    const other = await second.orchestrator.start({ runId: 'run-2' })
    await clock.drive(Promise.all([collect(resumed), other.result]))
    for (const runId of ['run-1', 'run-2']) {
      const last = allOf(await journalOf(storage, runId), 'step_start').at(-1)
      expect(Date.parse(last?.ts ?? '')).toBe(until)
    }
  })

  it('B1: a cancel does not wait for it', async () => {
    const { run, clock } = await beginExhausted(one)
    const begun = clock.now()
    await run.cancel()
    expect(await run.result).toMatchObject({ status: 'canceled' })
    expect(clock.now()).toBe(begun)
  })

  it('is a failure when the engine says that it will not pass', async () => {
    const reply = { fail: { code: 'quota', message: 'Pay first', retryable: false } }
    const { orchestrator } = createProcess(one, { replies: { a: reply } })
    expect(await orchestrator.execute()).toMatchObject({ status: 'failed', error: { code: 'quota' } })
  })
})
