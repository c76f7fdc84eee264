/** What a handle says of a run that rests, goes on, or cannot be read. */
import { collect, crashStorage, typesOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { StorageError } from '../errors/swarm-error.ts'
import type { StepInput } from '../flow/flow.ts'
import type { RunStorage } from '../storage/storage.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import { approve, gate, requestOf } from './people.fixture.ts'
import { codeOf, createProcess, readUntil, startOf } from './process.fixture.ts'

const slow: readonly StepInput[] = [{ id: 'a', prompt: 'A' }]
const replies = { a: { acts: [{ kind: 'wait' as const, ms: 1_000 }] } }

/** A run that was stopped in its first step, and what read it meanwhile. */
async function beginAndStop() {
  const process = createProcess(slow, { replies, drainMs: 1 })
  const run = await process.orchestrator.start({ runId: 'run-1' })
  const before = collect(run.events())
  await readUntil(run, startOf('a'))
  await run.stop()
  await process.clock.drive(run.result)
  return { ...process, run, before }
}

describe('the events of a run that rests', () => {
  it('S2: end there, whether they were asked for before, after, or in another process', async () => {
    const { run, before, storage } = await beginAndStop()
    const types = typesOf(await before)
    expect(types.at(-1)).toBe('run_stopped')
    const elsewhere = createProcess(slow, { storage }).orchestrator.open('run-1')
    for (const handle of [run, elsewhere]) expect(typesOf(await collect(handle.events()))).toEqual(types)
  })

  it('S3: end where a process has parked it that waited for people', async () => {
    const { orchestrator, storage } = createProcess(gate())
    const { runId } = await orchestrator.execute()
    const elsewhere = createProcess(gate(), { storage }).orchestrator.open(runId)
    expect(typesOf(await collect(elsewhere.events())).at(-1)).toBe('approval_requested')
  })

  it('S2: go on with those of another process that owns the run, until it rests', async () => {
    const { orchestrator, storage, clock } = createProcess(gate())
    const run = await orchestrator.start({ runId: 'run-1' })
    const { requestId } = await requestOf(run)
    const reading = collect(createProcess(gate(), { storage, clock }).orchestrator.open('run-1').events())
    await run.respond(requestId, approve)
    await run.result
    expect(typesOf(await reading).at(-1)).toBe('run_completed')
  })
})

describe('the events of a run of another process', () => {
  /** Another process looks at a run that waits for people. */
  async function lookAt(listRuns?: (inner: RunStorage) => RunStorage['listRuns']) {
    const { orchestrator, storage, clock } = createProcess(gate())
    const run = await orchestrator.start({ runId: 'run-1' })
    await requestOf(run)
    const seen = listRuns === undefined ? storage : { ...storage, listRuns: listRuns(storage) }
    const elsewhere = createProcess(gate(), { storage: seen, clock }).orchestrator.open('run-1')
    return { run, clock, elsewhere }
  }

  it.each([
    ['before', 0],
    ['at once', 1],
  ])('S4: end by a signal that fires %s', async (_, turns) => {
    const { run, elsewhere } = await lookAt()
    const controller = new AbortController()
    const reading = collect(elsewhere.events({ signal: controller.signal }))
    if (turns > 0) await Promise.resolve()
    controller.abort()
    expect((await reading).length).toBeLessThanOrEqual(5)
    await run.cancel()
  })

  it('S1: are left while nothing has come yet', async () => {
    const { run, elsewhere } = await lookAt()
    const events = elsewhere.events({ fromSeq: 100 })
    const pending = events.next()
    expect(await events.return()).toMatchObject({ done: true })
    expect(await pending).toMatchObject({ done: true })
    await run.cancel()
  })

  it('S3: go on when the owner cannot be seen for a moment', async () => {
    let failures = 0
    const { run, clock, elsewhere } = await lookAt((inner) => async (query) => {
      if (failures === 1) failures += 1
      else return await inner.listRuns(query)
      throw new Error('too many open files')
    })
    const reading = collect(elsewhere.events())
    await clock.advance(0)
    failures = 1
    await clock.advance(1_500)
    expect(failures).toBe(2)
    await run.cancel()
    expect(typesOf(await reading).at(-1)).toBe('run_completed')
  })
})

describe('the result of a handle', () => {
  it('S8: that could not be told is looked for again', async () => {
    const { orchestrator } = createProcess(gate())
    const handle = orchestrator.open('later')
    expect(await codeOf(handle.result)).toBe('run_not_found')
    const onRequest = () => ({ answer: approve })
    await orchestrator.execute({ runId: 'later', onRequest })
    expect(await handle.result).toMatchObject({ status: 'succeeded' })
  })

  it('S8: tells what the storage failed with when the run was waiting for people, too', async () => {
    const storage = crashStorage(createMemoryStorage(), { at: 3, mode: 'fail_before', writes: 'journal' })
    const { orchestrator } = createProcess(gate(), { storage })
    const run = await orchestrator.start({ runId: 'run-1' })
    const { requestId } = await requestOf(run)
    expect(await codeOf(run.respond(requestId, approve))).toBe('storage_failed')
    expect((await orchestrator.runs()).runs[0]?.status).toBe('waiting')
    expect(await codeOf(run.result)).toBe('storage_failed')
  })

  it('S8: tells how the run went on after its storage had failed', async () => {
    const below = createMemoryStorage()
    const storage = crashStorage(below, { at: 3, mode: 'fail_before', writes: 'journal' })
    const { orchestrator, clock } = createProcess(slow, { storage, replies })
    const run = await orchestrator.start({ runId: 'run-1' })
    await clock.advance(1_000)
    expect(await codeOf(run.result)).toBe('storage_failed')
    await clock.drive(createProcess(slow, { storage: below, clock, replies }).orchestrator.resume('run-1'))
    expect(await run.result).toMatchObject({ status: 'succeeded' })
  })

  it('S2: is what was known when the storage answers no more', async () => {
    const inner = createMemoryStorage()
    let isClosed = false
    const listRuns: RunStorage['listRuns'] = async (query) => {
      if (isClosed) throw new Error('the pool is closed')
      return await inner.listRuns(query)
    }
    const dispose = async (): Promise<void> => {
      isClosed = true
    }
    const { orchestrator, clock } = createProcess(slow, {
      storage: { ...inner, listRuns, dispose },
      replies,
      drainMs: 1,
    })
    const run = await orchestrator.start()
    await clock.drive(orchestrator.dispose())
    expect(await run.result).toMatchObject({ status: 'stopped' })
  })

  it('S2: says where the run rests, and how it ended when it went on', async () => {
    const { run, orchestrator, clock } = await beginAndStop()
    expect(await run.result).toMatchObject({ status: 'stopped' })
    await clock.drive(orchestrator.resume('run-1'))
    expect(await run.result).toMatchObject({ status: 'succeeded' })
    expect(run.result).toBe(run.result)
  })

  it('S8: tells what the storage failed with, also when it is asked for afterwards', async () => {
    const storage = crashStorage(createMemoryStorage(), { at: 3, mode: 'fail_before', writes: 'journal' })
    const { orchestrator, clock } = createProcess(slow, { storage, replies })
    const run = await orchestrator.start({ runId: 'run-1' })
    const reading = codeOf(collect(run.events()))
    await clock.advance(1_000)
    expect(await reading).toBe('storage_failed')
    expect(await codeOf(run.result)).toBe('storage_failed')
  })

  it('S8: says why the run cannot be read, not that there is none', async () => {
    const error = {
      name: 'StorageError',
      code: 'journal_corrupt',
      message: 'Line 3 is torn',
      retryable: false,
    }
    const inner = createMemoryStorage()
    const storage = {
      ...inner,
      listRuns: async () => ({ runs: [], unreadable: [{ runId: 'run-1', error }] }),
    }
    const run = createProcess(slow, { storage }).orchestrator.open('run-1')
    const thrown = await run.result.catch((failure: unknown) => failure)
    expect(StorageError.is(thrown) && [thrown.code, thrown.message]).toEqual([
      'journal_corrupt',
      'Line 3 is torn',
    ])
    expect(await codeOf(run.stop())).toBe('journal_corrupt')
  })
})
