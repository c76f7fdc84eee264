import { createStubEngine } from '@batonjs/engine-stub'
import {
  allOf,
  type CrashMode,
  checkJournal,
  collect,
  crashStorage,
  createHandClock,
  testCrashes,
} from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { StorageError } from '../errors/swarm-error.ts'
import type { SwarmEvent } from '../events/swarm-event.ts'
import { defineFlow } from '../flow/define-flow.ts'
import type { Flow, StepInput } from '../flow/flow.ts'
import type { RunStorage } from '../storage/storage.ts'
import { createOrchestrator } from './create-orchestrator.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import { codeOf, createProcess, journalOf, readUntil, startOf } from './process.fixture.ts'

const chain: readonly StepInput[] = [
  { id: 'a', prompt: 'A' },
  { id: 'b', prompt: 'B of $a.output' },
  { id: 'c', prompt: 'C of $b.output' },
]

/** Reads a stream until it ends or throws; gives both. */
async function readAll(stream: AsyncIterable<SwarmEvent>) {
  const events: SwarmEvent[] = []
  try {
    for await (const event of stream) events.push(event)
  } catch (thrown) {
    return { events, thrown }
  }
  return { events, thrown: undefined }
}

describe('a journal that cannot be written (fault 6)', () => {
  it.each([2, 3, 4, 5])(
    'S8: at write %i nothing unrecorded is yielded or done, and the run resumes',
    async (at) => {
      const below = createMemoryStorage()
      const storage = crashStorage(below, { at, mode: 'fail_before', writes: 'journal' })
      const { orchestrator, called } = createProcess(chain, { storage })
      const { events, thrown } = await readAll(orchestrator.executeStream({ runId: 'run-1' }))
      expect(StorageError.is(thrown) && thrown.code).toBe('storage_failed')
      const recorded = await journalOf(below, 'run-1')
      expect(events).toEqual(recorded)
      const started = allOf(recorded, 'step_start').map(({ stepId }) => `${stepId}#1.1`)
      expect(called()).toEqual(started)
      const again = createProcess(chain, { storage: below })
      expect(await again.orchestrator.resume('run-1')).toMatchObject({ status: 'succeeded' })
      const whole = await journalOf(below, 'run-1')
      expect(checkJournal(whole)).toEqual([])
      expect(whole.slice(0, recorded.length)).toEqual(recorded)
    },
  )

  it('S8: the failure reaches whoever waits: result, respond, and the calls of the run', async () => {
    const below = createMemoryStorage()
    const storage = crashStorage(below, { at: 3, mode: 'fail_before', writes: 'journal' })
    const { orchestrator, engine } = createProcess(
      [
        { id: 'gate', kind: 'approval', prompt: 'Go?', needs: [] },
        { id: 'hang', prompt: 'Hang', needs: [] },
      ],
      { storage, replies: { hang: { ending: { kind: 'hang' } } } },
    )
    const run = await orchestrator.start({ runId: 'run-1' })
    await readUntil(run, startOf('hang'))
    const [result, paused, stopped] = await Promise.all([
      codeOf(run.result),
      codeOf(run.pause()),
      codeOf(run.stop()),
    ])
    expect([result, paused, stopped]).toEqual(['storage_failed', 'storage_failed', 'storage_failed'])
    expect(engine.calls.map(({ state }) => state)).toEqual(['aborted'])
    expect(await run.pause()).toMatchObject({ queued: true })
  })

  it('S8: an output that cannot be stored is not recorded', async () => {
    const memory = createMemoryStorage()
    const storage: RunStorage = {
      ...memory,
      artifacts: (runId) => ({
        ...memory.artifacts(runId),
        put: (path, ...rest) =>
          path.includes('outputs')
            ? Promise.reject(new StorageError('full', { code: 'storage_failed' }))
            : memory.artifacts(runId).put(path, ...rest),
      }),
    }
    const { orchestrator } = createProcess(chain, { storage, replies: { a: { text: 'x'.repeat(50_000) } } })
    expect(await codeOf(orchestrator.execute({ runId: 'run-1' }))).toBe('storage_failed')
    expect(allOf(await journalOf(memory, 'run-1'), 'step_end')).toEqual([])
    const again = createProcess(chain, { storage: memory, replies: { a: { text: 'y'.repeat(50_000) } } })
    expect(await again.orchestrator.resume('run-1')).toMatchObject({ outputs: { a: 'y'.repeat(50_000) } })
  })

  it('S8: a run that cannot be created throws, and no engine is called', async () => {
    const storage = crashStorage(createMemoryStorage(), { at: 1, mode: 'fail_before' })
    const { orchestrator, called } = createProcess(chain, { storage })
    expect(await codeOf(collect(orchestrator.executeStream()))).toBe('storage_failed')
    expect(called()).toEqual([])
  })

  it('S7: an owner that lost its lock stops before its next effect', async () => {
    const memory = createMemoryStorage()
    let isLost = false
    const storage: RunStorage = {
      ...memory,
      async createRun(events, options) {
        const writer = await memory.createRun(events, options)
        const lost = new StorageError('another owner has the run', { code: 'run_lock_lost' })
        const append: typeof writer.append = (...batch) =>
          isLost ? Promise.reject(lost) : writer.append(...batch)
        return { ...writer, append }
      },
    }
    const clock = createHandClock()
    const { orchestrator, called } = createProcess(chain, {
      clock,
      storage,
      replies: { a: { acts: [{ kind: 'wait', ms: 100 }] } },
    })
    const result = codeOf(orchestrator.execute())
    await clock.advance(50)
    isLost = true
    expect(await clock.drive(result)).toBe('run_lock_lost')
    expect(called()).toEqual(['a#1.1'])
  })
})

describe('a crash at any write (faults 1, 34 and 35)', () => {
  const loop: readonly StepInput[] = [
    { id: 'draft', prompt: 'Draft', needs: [] },
    {
      id: 'judge',
      prompt: 'Judge $draft.output',
      needs: ['draft'],
      routing: { kind: 'microloop', loopTarget: 'draft' },
    },
    { id: 'each', kind: 'map', items: '$params.items', needs: [], step: { prompt: 'Do $item' } },
    { id: 'code', kind: 'function', run: ({ output }) => output('each'), needs: ['each'] },
    { id: 'gate', kind: 'approval', prompt: 'Ship?', needs: ['judge', 'code'] },
    { id: 'ship', kind: 'flow', flow: 'ship', needs: ['gate'] },
  ]
  const flows = (): readonly Flow[] => [
    defineFlow({ key: 'main', steps: loop, output: '$ship.output' }),
    defineFlow({ key: 'ship', steps: [{ id: 'go', prompt: 'Go' }] }),
  ]
  const open = (storage: RunStorage) =>
    createOrchestrator({
      flows: flows(),
      engines: [
        createStubEngine({
          steps: {
            judge: [{ verdict: 'UNVERIFIED' }, { verdict: 'VERIFIED' }],
            draft: { acts: [{ kind: 'tool', tool: 'look' }] },
            go: { text: 'x'.repeat(20_000) },
          },
        }),
      ],
      storage,
    })
  const onRequest = () => ({ answer: { approved: true } })

  it.each(['kill_before', 'kill_after', 'fail_before', 'fail_after'] as const)(
    'S5: %s at each write of the journal leaves a run that ends the same, with no finished step repeated',
    async (mode: CrashMode) => {
      const report = await testCrashes({
        storage: createMemoryStorage,
        modes: [mode],
        writes: 'journal',
        again: [1, 2],
        run: (storage) => open(storage).execute({ flow: 'main', params: { items: ['x', 'y'] }, onRequest }),
        resume: (storage, runId) => open(storage).resume(runId, { onRequest }),
      })
      expect(report.writes).toBeGreaterThan(10)
      expect(report.resumed).toBeGreaterThan(10)
    },
    60_000,
  )

  it('S5: an engine success that was not recorded is repeated with the same idempotency key', async () => {
    const below = createMemoryStorage()
    const storage = crashStorage(below, { at: 3, mode: 'kill_before', writes: 'journal' })
    const first = createProcess(chain, { storage })
    first.orchestrator.execute({ runId: 'run-1' })
    await storage.died
    expect(first.called()).toEqual(['a#1.1'])
    const second = createProcess(chain, { storage: below })
    await second.orchestrator.resume('run-1')
    expect(second.called()).toEqual(['a#1.2', 'b#1.1', 'c#1.1'])
    const keyOf = ({ engine }: typeof first) => engine.calls[0]?.context.idempotencyKey
    expect(keyOf(second)).toBe(keyOf(first))
  })

  it('law 2: a decision that was recorded and not done is done on resume', async () => {
    const below = createMemoryStorage()
    const storage = crashStorage(below, { at: 2, mode: 'kill_after', writes: 'journal' })
    const first = createProcess(chain, { storage })
    first.orchestrator.execute({ runId: 'run-1' })
    await storage.died
    expect(allOf(await journalOf(below, 'run-1'), 'step_start').map(({ stepId }) => stepId)).toEqual(['a'])
    expect(first.called()).toEqual([])
    const second = createProcess(chain, { storage: below })
    await second.orchestrator.resume('run-1')
    expect(second.called()).toEqual(['a#1.2', 'b#1.1', 'c#1.1'])
  })
})
