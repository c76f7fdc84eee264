import { allOf, checkJournal, createHandClock, firstOf, typesOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StepInput } from '../flow/flow.ts'
import type { RunStorage } from '../storage/storage.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import {
  codeOf,
  createProcess,
  journalOf,
  type ProcessOptions,
  readUntil,
  startOf,
} from './process.fixture.ts'

const chain: readonly StepInput[] = [
  { id: 'a', prompt: 'A' },
  { id: 'b', prompt: 'B' },
]
const slow = (ms: number) => ({ acts: [{ kind: 'wait' as const, ms }] })

/** A run whose first step takes a second. */
async function begin(options: ProcessOptions = {}, steps: readonly StepInput[] = chain) {
  const process = createProcess(steps, { replies: { a: slow(1_000) }, ...options })
  const run = await process.orchestrator.start({ runId: 'run-1' })
  await readUntil(run, startOf('a'))
  const types = async () => typesOf(await journalOf(process.storage, 'run-1'))
  return { ...process, run, types }
}

/** A storage that reads artifacts only when it is told to go on. */
function createSlowReads() {
  const inner = createMemoryStorage()
  const reading = createGate()
  const allowed = createGate()
  const storage: RunStorage = {
    ...inner,
    artifacts(runId) {
      const store = inner.artifacts(runId)
      const get: typeof store.get = async (path) => {
        reading.open()
        await allowed.passed
        return store.get(path)
      }
      return { ...store, get }
    },
  }
  return { storage, read: reading.passed, goOn: allowed.open }
}

function createGate() {
  let open = (): void => {}
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { passed, open: () => open() }
}

describe('pause', () => {
  it('S2: takes effect at the step boundary, and continue goes on', async () => {
    const { run, clock, called, types, orchestrator } = await begin()
    expect(await run.pause({ by: 'ada' })).toMatchObject({ accepted: true })
    expect(await types()).not.toContain('run_paused')
    await clock.advance(1_000)
    expect((await types()).slice(-2)).toEqual(['step_end', 'run_paused'])
    expect(called()).toEqual(['a#1.1'])
    expect((await orchestrator.runs()).runs[0]?.status).toBe('paused')
    await run.continue()
    expect(await clock.drive(run.result)).toMatchObject({ status: 'succeeded' })
    expect(called()).toEqual(['a#1.1', 'b#1.1'])
  })

  it('S2: holds back a step whose inputs are read while it comes', async () => {
    const steps = [
      { id: 'a', prompt: 'A' },
      { id: 'b', prompt: 'About $a.output' },
    ]
    const { storage, read, goOn } = createSlowReads()
    const { orchestrator, called } = createProcess(steps, {
      storage,
      replies: { a: { text: 'long '.repeat(10_000) } },
    })
    const run = await orchestrator.start({ runId: 'run-1' })
    await read
    await run.pause()
    goOn()
    await readUntil(run, ({ type }) => type === 'run_paused')
    expect(typesOf(await journalOf(storage, 'run-1')).slice(-2)).toEqual(['run_pausing', 'run_paused'])
    expect(called()).toEqual(['a#1.1'])
    await run.cancel()
  })

  it('S2: does not wait for a retry that is due later, which is made when the run goes on', async () => {
    const { run, clock, types, called } = await begin({
      replies: { 'a#1.1': { fail: { code: 'busy', retryable: true, retryAfterMs: 30_000 } } },
    })
    await readUntil(run, ({ type }) => type === 'step_error')
    await run.pause()
    await clock.advance(0)
    expect((await types()).at(-1)).toBe('run_paused')
    await clock.advance(60_000)
    expect(called()).toEqual(['a#1.1'])
    await run.continue()
    await clock.drive(run.result)
    expect(called()).toEqual(['a#1.1', 'a#1.2', 'b#1.1'])
  })

  it('S2: does nothing to a run that pauses already, nor continue to one that runs; both are told', async () => {
    const { run, storage } = await begin()
    expect(await run.continue()).toMatchObject({ accepted: false })
    await run.pause()
    expect(await run.pause()).toMatchObject({ accepted: false })
    const ignored = allOf(await journalOf(storage, 'run-1'), 'diagnostic')
    expect(ignored.map(({ code }) => code)).toEqual(['control_ignored', 'control_ignored'])
    await run.cancel()
  })

  it('S2: a paused run that is stopped stays resumable', async () => {
    const { run, clock, storage } = await begin()
    await run.pause()
    await clock.advance(1_000)
    await run.stop()
    expect(await run.result).toMatchObject({ status: 'stopped' })
    const again = createProcess(chain, { storage })
    expect(await again.orchestrator.resume('run-1')).toMatchObject({ status: 'succeeded' })
    expect(again.called()).toEqual(['b#1.1'])
  })
})

describe('stop', () => {
  it('S2: lets running steps finish, and leaves a run that can be resumed', async () => {
    const { run, clock, storage, called } = await begin()
    await run.stop({ by: 'ada', reason: 'enough' })
    expect(await clock.drive(run.result)).toMatchObject({
      status: 'stopped',
      outputs: { a: expect.any(String) },
    })
    expect(called()).toEqual(['a#1.1'])
    const events = await journalOf(storage, 'run-1')
    expect(firstOf(events, 'run_stopped')).toMatchObject({ by: 'ada', reason: 'enough', aborted: [] })
    expect(firstOf(events, 'run_stopping').drainMs).toBe(30_000)
  })

  it('S2: aborts what has not finished when the drain is over', async () => {
    const { run, clock, storage, engine } = await begin({ drainMs: 400 })
    const before = clock.monotonic()
    await run.stop()
    await clock.drive(run.result)
    expect(clock.monotonic() - before).toBe(400)
    expect(engine.calls.map(({ state }) => state)).toEqual(['aborted'])
    expect((await journalOf(storage, 'run-1')).at(-1)).toMatchObject({ aborted: ['main#1/a#1.1'] })
  })

  it('S2: a call that waits for people holds nobody up; its request stays open', async () => {
    const clock = createHandClock()
    const question = { kind: 'ask' as const, questions: [{ id: 'why', text: 'Why?' }] }
    const { run } = await begin({ clock, replies: { a: { acts: [question] } } })
    await readUntil(run, ({ type }) => type === 'clarification_needed')
    const before = clock.monotonic()
    await run.stop()
    expect(await run.result).toMatchObject({ status: 'stopped', openRequests: [{ kind: 'clarification' }] })
    expect(clock.monotonic()).toBe(before)
  })

  it('S2: a host that still thinks about a request holds nobody up', async () => {
    const { orchestrator } = createProcess([{ id: 'gate', kind: 'approval', prompt: 'Go?' }])
    const stop = new AbortController()
    const result = orchestrator.execute({
      signal: stop.signal,
      onRequest: () => {
        stop.abort()
        return new Promise(() => {})
      },
    })
    expect(await result).toMatchObject({ status: 'stopped', openRequests: [{ kind: 'approval' }] })
  })

  it('S2: does not wait for a retry', async () => {
    const { run } = await begin({ replies: { a: { fail: { code: 'busy', retryable: true } } } })
    await readUntil(run, ({ type }) => type === 'step_error')
    await run.stop()
    expect(await run.result).toMatchObject({ status: 'stopped' })
  })

  it('S2: a second stop is ignored and told', async () => {
    const { run } = await begin()
    await run.stop()
    expect(await run.stop()).toMatchObject({ accepted: false })
    await run.cancel()
  })
})

describe('cancel', () => {
  it('S2: aborts at once, ends open requests, and the run is over', async () => {
    const steps: readonly StepInput[] = [
      { id: 'a', prompt: 'A', needs: [] },
      { id: 'gate', kind: 'approval', prompt: 'Go?', needs: [] },
    ]
    const { run, clock, engine, storage } = await begin({}, steps)
    const before = clock.monotonic()
    expect(await run.cancel({ by: 'ada' })).toMatchObject({ accepted: true })
    expect(await run.result).toMatchObject({
      status: 'canceled',
      openRequests: [],
      error: { code: 'canceled' },
    })
    expect(clock.monotonic()).toBe(before)
    expect(engine.calls.map(({ state }) => state)).toEqual(['aborted'])
    const events = await journalOf(storage, 'run-1')
    expect(firstOf(events, 'approval_resolved')).toMatchObject({ outcome: 'canceled', by: 'ada' })
    expect(checkJournal(events)).toEqual([])
    expect(await codeOf(createProcess(steps, { storage }).orchestrator.resume('run-1'))).toBe('run_over')
  })

  it('S2: nothing is recorded after it, whatever came at the same moment', async () => {
    const { orchestrator, storage } = createProcess([{ id: 'gate', kind: 'approval', prompt: 'Go?' }])
    const run = await orchestrator.start({ runId: 'run-1' })
    const [request] = allOf(
      await readUntil(run, ({ type }) => type === 'approval_requested'),
      'approval_requested',
    )
    const answer = { approved: true }
    const [, answered, paused] = await Promise.all([
      run.cancel(),
      run.respond(request?.requestId ?? '', answer),
      run.pause(),
    ])
    expect([answered, paused]).toEqual([
      { accepted: false, reason: 'run_over', message: 'Run "run-1" is over (canceled).' },
      { accepted: false, reason: 'run_over', message: 'Run "run-1" is over (canceled).' },
    ])
    expect((await journalOf(storage, 'run-1')).at(-1)?.type).toBe('run_completed')
  })
})

describe('control from another process', () => {
  it.each([
    ['stop', 'stopped'],
    ['cancel', 'canceled'],
  ] as const)('S2: %s reaches the owner through storage', async (control, status) => {
    const { run, storage, clock } = await begin({ drainMs: 10 })
    const other = createProcess(chain, { storage, clock })
    const handle = other.orchestrator.open('run-1')
    const receipt = await clock.drive(handle[control]({ by: 'ada' }))
    expect(receipt).toMatchObject({ accepted: true, seq: expect.any(Number) })
    expect(await clock.drive(run.result)).toMatchObject({ status })
    expect(await clock.drive(handle.result)).toMatchObject({ status })
  })

  it('S2: pause and continue reach the owner through storage, and a refusal comes back', async () => {
    const { run, storage, clock, called } = await begin()
    const other = createProcess(chain, { storage, clock }).orchestrator.open('run-1')
    expect(await other.continue()).toMatchObject({ accepted: false })
    expect(await other.pause()).toMatchObject({ accepted: true })
    await clock.advance(1_000)
    expect(called()).toEqual(['a#1.1'])
    await other.continue()
    expect(await clock.drive(run.result)).toMatchObject({ status: 'succeeded' })
  })

  it('S2: what is told to a run that nobody owns counts as soon as somebody resumes it', async () => {
    const { run, storage, clock } = await begin()
    await run.stop()
    await clock.drive(run.result)
    const other = createProcess(chain, { storage })
    expect(await other.orchestrator.open('run-1').cancel()).toEqual({
      queued: true,
      inputId: expect.any(String),
    })
    const again = createProcess(chain, { storage })
    expect(await again.orchestrator.resume('run-1')).toMatchObject({ status: 'canceled' })
    expect(again.called()).toEqual([])
  })

  it('S7: the second owner is refused while the first lives', async () => {
    const { run, storage } = await begin()
    const other = createProcess(chain, { storage })
    expect(await codeOf(other.orchestrator.resume('run-1'))).toBe('run_locked')
    expect(await codeOf(other.orchestrator.remove('run-1'))).toBe('run_locked')
    await run.cancel()
  })
})
