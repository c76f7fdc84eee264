import { collect, testStorage } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { DurableEvent } from '../../events/swarm-event.ts'
import { createMemoryStorage } from './memory-storage.ts'

testStorage('memory storage', createMemoryStorage, {
  test: { describe, it },
  skip: { 'lock-lost': 'no other host can take a lock in the memory of this process' },
})

function journal(count: number): DurableEvent[] {
  const manifest = { flows: [], follow: 'list', params: {}, initiator: 'host', limits: {} } as const
  const at = { runId: 'run-1', ts: '2026-01-01T00:00:00.000Z' }
  return Array.from({ length: count }, (_, index) =>
    index === 0
      ? { ...at, seq: 1, type: 'run_created', formatVersion: 1, manifest, flows: [] }
      : { ...at, seq: index + 1, type: 'diagnostic', code: 'note', message: '' },
  )
}

describe('memory storage', () => {
  it.each<[unknown, string]>([
    [{ folder: './runs' }, 'options.folder is unknown. Known are none.'],
    ['./runs', 'options is "./runs", but must be left out.'],
  ])('law 6: has no options, and says so to %j', (options, message) => {
    // The types would refuse them.
    expect(() => createMemoryStorage(options as object as Record<string, never>)).toThrow(
      expect.objectContaining({ code: 'options_invalid', message: `createMemoryStorage: ${message}` }),
    )
  })

  it('keeps events by reference and copies nothing', async () => {
    const storage = createMemoryStorage()
    const events = journal(3)
    await storage.createRun(events)
    const read = await collect(storage.readEvents('run-1'))
    for (const [index, event] of read.entries()) expect(event).toBe(events[index])
  })

  it('takes an append in before it returns, and makes no promise of its own for it', async () => {
    const storage = createMemoryStorage()
    const [first, second, third] = journal(3)
    if (first === undefined || second === undefined || third === undefined) throw new Error('a short journal')
    const writer = await storage.createRun([first])
    const appended = writer.append([second])
    expect(writer.lastSeq).toBe(2)
    expect(writer.append([third])).toBe(appended)
  })

  it('J1: refuses a gap inside a batch as well, and takes in nothing of it', async () => {
    const storage = createMemoryStorage()
    const [first, second, , fourth] = journal(4)
    if (first === undefined || second === undefined || fourth === undefined)
      throw new Error('a short journal')
    const writer = await storage.createRun([first])
    await expect(writer.append([second, fourth])).rejects.toMatchObject({ code: 'journal_conflict' })
    expect(await collect(storage.readEvents('run-1'))).toEqual([first])
  })

  it('ends to follow a run that is removed', async () => {
    const storage = createMemoryStorage()
    const writer = await storage.createRun(journal(2))
    const following = collect(storage.readEvents('run-1', { follow: true }))
    await writer.close()
    await storage.remove('run-1')
    expect(await following).toHaveLength(2)
  })

  it('ends the inputs of a writer that is closed', async () => {
    const writer = await createMemoryStorage().createRun(journal(2))
    const reading = collect(writer.inputs(new AbortController().signal))
    await writer.close()
    expect(await reading).toEqual([])
  })

  it('lists a run that cannot be read apart from those that can', async () => {
    const storage = createMemoryStorage()
    await storage.createRun(journal(2))
    const [, note] = journal(2)
    if (note !== undefined) await storage.createRun([{ ...note, runId: 'run-odd', seq: 1 }])
    const { runs, unreadable } = await storage.listRuns()
    expect(runs.map(({ runId }) => runId)).toEqual(['run-1'])
    expect(unreadable).toMatchObject([{ runId: 'run-odd', error: { code: 'journal_corrupt' } }])
  })
})
