import { createMemoryStorage, type RunStorage, type RunWriter } from '@batonjs/core'
import { describe, expect, it } from 'vitest'
import { collect } from '../collect.ts'
import { createSampleJournal } from '../storage/sample-journal.ts'
import { testStorage } from '../storage/test-storage.ts'
import { nextTurn } from '../suite/next-turn.ts'
import { crashStorage } from './crash-storage.ts'
import type { CrashPlan } from './fate.ts'

testStorage('a crash storage without a plan', () => crashStorage(createMemoryStorage()), {
  test: { describe, it },
  skip: { 'lock-lost': 'the memory storage below it has no lock to lose' },
})

/** A run of two writes, of which the second may crash: creation and one append. */
async function crashAtAppend(plan: CrashPlan) {
  const below = createMemoryStorage()
  const storage = crashStorage(below, { at: 2, ...plan })
  const journal = createSampleJournal('run-1')
  const writer = await storage.createRun(journal.begin())
  const appending = settle(writer.append(journal.notes(1)))
  const outcome = await Promise.race([appending, storage.died.then(() => 'died')])
  const kept = (await collect(below.readEvents('run-1'))).length
  return { below, storage, writer, journal, outcome, kept }
}

function settle(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'done',
    (thrown: { code: string }) => thrown.code,
  )
}

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  const done = () => {
    settled = true
  }
  promise.then(done, done)
  for (let turn = 0; turn < 5; turn++) await nextTurn()
  return !settled
}

/** Everything that a process may still try. */
function callsOf(storage: RunStorage, writer: RunWriter): Promise<unknown>[] {
  const { signal } = new AbortController()
  return [
    storage.createRun(createSampleJournal('run-2').begin()),
    storage.openRun('run-1'),
    storage.listRuns(),
    storage.submit('run-1', { kind: 'control', inputId: 'i', submittedAt: 0, control: 'stop', by: 'x' }),
    storage.artifacts('run-1').put('a.md', 'x'),
    storage.artifacts('run-1').append('a.md', 'x'),
    storage.artifacts('run-1').get('a.md'),
    storage.artifacts('run-1').list(),
    storage.remove('run-1'),
    collect(storage.readEvents('run-1')),
    collect(writer.inputs(signal)),
    writer.append([]),
    writer.backlog(),
    writer.owned(),
    writer.close(),
  ]
}

describe('crashStorage', () => {
  it.each([
    ['kill_before', 'died', 2],
    ['kill_after', 'died', 3],
    ['fail_before', 'storage_failed', 2],
    ['fail_after', 'storage_failed', 3],
  ] as const)('%s: the writer sees "%s" and %i events are kept', async (mode, outcome, kept) => {
    expect(await crashAtAppend({ mode })).toMatchObject({
      outcome,
      kept,
      storage: { writes: 2, struck: true },
    })
  })

  it('lets nothing come back to a killed process, whatever it tries', async () => {
    const { storage, writer } = await crashAtAppend({ mode: 'kill_after' })
    const pending = await Promise.all(callsOf(storage, writer).map(isPending))
    expect(pending.every(Boolean)).toBe(true)
    expect(storage.writes).toBe(2)
  })

  it('tells a killed process that it is dead, when it is to be told', async () => {
    const { storage, writer } = await crashAtAppend({ mode: 'kill_before', afterDeath: 'reject' })
    const told = await Promise.all(callsOf(storage, writer).map(settle))
    expect(new Set(told)).toEqual(new Set(['crashed']))
  })

  it('keeps what was read or awaited at the moment of death from ever coming back', async () => {
    const below = createMemoryStorage()
    const storage = crashStorage(below, { at: 2 })
    const journal = createSampleJournal('run-1')
    const writer = await storage.createRun(journal.begin())
    const following = collect(storage.readEvents('run-1', { follow: true }))
    const inputs = collect(writer.inputs(new AbortController().signal))
    writer.append(journal.notes(1))
    await storage.died
    expect(await Promise.all([following, inputs].map(isPending))).toEqual([true, true])
  })

  it('frees the locks of a killed process, as those of a dead owner are', async () => {
    const { below, journal } = await crashAtAppend({ mode: 'kill_after' })
    const writer = await below.openRun('run-1')
    await writer.append(journal.notes(1))
    expect(await collect(below.readEvents('run-1'))).toEqual(journal.events)
  })

  it('leaves the lock to a process that lives on after a failed append, whose writer is dead', async () => {
    const { below, writer, journal } = await crashAtAppend({ mode: 'fail_before' })
    expect(await settle(writer.append(journal.events.slice(2)))).toBe('storage_failed')
    expect(await settle(below.openRun('run-1'))).toBe('run_locked')
    await writer.close()
    expect(await settle(below.openRun('run-1'))).toBe('done')
  })

  it('leaves no lock behind a creation that failed after it took effect', async () => {
    const below = createMemoryStorage()
    const creating = crashStorage(below, { at: 1, mode: 'fail_after' }).createRun(
      createSampleJournal('run-1').begin(),
    )
    expect(await settle(creating)).toBe('storage_failed')
    expect(await settle(below.openRun('run-1'))).toBe('done')
  })

  it('waits with its death for what was under way', async () => {
    const below = createMemoryStorage()
    let finish = () => {}
    const slow: RunStorage = {
      ...below,
      artifacts: (runId) => ({
        ...below.artifacts(runId),
        put: () =>
          new Promise((resolve) => {
            finish = resolve
          }),
      }),
    }
    const storage = crashStorage(slow, { at: 3 })
    const journal = createSampleJournal('run-1')
    const writer = await storage.createRun(journal.begin())
    const putting = storage.artifacts('run-1').put('a.md', 'x')
    writer.append(journal.notes(1))
    expect(await isPending(storage.died)).toBe(true)
    finish()
    await storage.died
    expect(await isPending(putting)).toBe(true)
  })

  it('counts inputs and files as well, or the journal alone', async () => {
    for (const [writes, count] of [
      ['all', 4],
      ['journal', 2],
    ] as const) {
      const storage = crashStorage(createMemoryStorage(), { writes })
      const journal = createSampleJournal('run-1')
      const writer = await storage.createRun(journal.begin())
      await storage.artifacts('run-1').put('a.md', 'x')
      await storage.submit('run-1', {
        kind: 'control',
        inputId: 'i',
        submittedAt: 0,
        control: 'stop',
        by: 'x',
      })
      await writer.append(journal.notes(1))
      expect([storage.writes, storage.struck, storage.runIds]).toEqual([count, false, ['run-1']])
    }
  })
})
