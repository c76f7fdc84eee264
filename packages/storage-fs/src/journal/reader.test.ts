import { readFileSync, statSync } from 'node:fs'
import type { DurableEvent } from '@batonjs/core'
import { describe, expect, it } from 'vitest'
import { completed, note, notes, RUN_ID } from '../fixtures/events.fixture.ts'
import { failureOf, readAll, useSandbox } from '../fixtures/sandbox.fixture.ts'
import { noStrace, orSkipped, useWorkers } from '../fixtures/worker-process.fixture.ts'

const sandbox = useSandbox()
const startWorker = useWorkers()

/** Follows the run until it is completed. */
async function follow(fromSeq = 1): Promise<DurableEvent[]> {
  const events: DurableEvent[] = []
  for await (const event of sandbox.another().readEvents(RUN_ID, { follow: true, fromSeq }))
    events.push(event)
  return events
}

describe('a reader', () => {
  it('S4: gives the events from any seq on, in a long journal', async () => {
    const writer = await sandbox.begin()
    await writer.append(notes(3, 2_000, 'x'.repeat(100)), { sync: 'os' })
    for (const storage of [sandbox.storage, sandbox.another()]) {
      for (const fromSeq of [1, 2, 256, 257, 258, 1_999, 2_002, 2_003, 9_999, 2_001, 3]) {
        const seqs = (await readAll(storage, fromSeq)).map(({ seq }) => seq)
        expect(seqs.length).toBe(Math.max(0, 2_003 - fromSeq))
        expect(seqs[0]).toBe(fromSeq <= 2_002 ? fromSeq : undefined)
      }
    }
  })

  it('takes a seq below 1 for the beginning', async () => {
    await sandbox.leave()
    expect((await readAll(sandbox.storage, -5)).length).toBe(2)
  })

  it('ends to follow a completed run from behind its end', async () => {
    await sandbox.leave(...notes(3, 300), completed(303))
    expect((await follow(303)).map(({ seq }) => seq)).toEqual([303])
    expect(await follow(304)).toEqual([])
    expect(await follow(9_999)).toEqual([])
  })

  it('goes on behind run_completed when the run was taken up again', async () => {
    await sandbox.leave(completed(3), note(4), completed(5))
    expect((await follow()).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5])
  })

  it('fails typed for a run that is not there', async () => {
    expect((await failureOf(readAll(sandbox.storage))).code).toBe('run_not_found')
  })

  it('lets other work have its turn while it reads a long journal', async () => {
    const writer = await sandbox.begin()
    await writer.append(notes(3, 5_000, 'x'.repeat(100)), { sync: 'os' })
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    await readAll(sandbox.storage)
    clearInterval(timer)
    expect(turns).toBeGreaterThan(2)
  })

  it('ends when its storage is disposed of', async () => {
    await sandbox.leave()
    const storage = sandbox.another()
    const reader = storage.readEvents(RUN_ID, { follow: true })[Symbol.asyncIterator]()
    await reader.next()
    await reader.next()
    const waiting = reader.next()
    await storage.dispose?.()
    expect((await waiting).done).toBe(true)
  })
})

describe('a reader of another process', () => {
  it('follows large batches without a gap and never sees a part of a line', async () => {
    const worker = await startWorker({ root: sandbox.root })
    await worker.get({ do: 'create' })
    const reading = (async () => {
      const seqs: number[] = []
      for await (const event of sandbox.storage.readEvents(RUN_ID, { follow: true })) {
        seqs.push(event.seq)
        if (event.seq === 602) return seqs
      }
      return seqs
    })()
    for (let batch = 0; batch < 20; batch++) {
      await worker.get({ do: 'batch', count: 30, text: 'ü'.repeat(3_000) })
    }
    expect(await reading).toEqual(Array.from({ length: 602 }, (_, index) => index + 1))
  })

  it('sees events of this process when it asks for them', async () => {
    const writer = await sandbox.begin()
    const worker = await startWorker({ root: sandbox.root })
    await writer.append(notes(3, 3), { sync: 'os' })
    expect(await worker.get({ do: 'read' })).toEqual([1, 2, 3, 4, 5])
  })

  it.skipIf(noStrace)(
    orSkipped('S4: reads nothing of what lies far before the seq it is asked for', noStrace),
    async () => {
      const writer = await sandbox.begin()
      await writer.append(notes(3, 3_000, 'x'.repeat(300)), { sync: 'os' })
      await writer.close()
      const trace = `${sandbox.root}/trace`
      const before = ['strace', '-f', '-o', trace, '-P', sandbox.at('events.jsonl'), '-e', 'trace=pread64']
      const worker = await startWorker({ root: sandbox.root, before })
      await worker.get({ do: 'read' })
      const whole = readFileSync(trace, 'utf8').length
      expect(await worker.get({ do: 'read from', seq: 3_000 })).toEqual([3_000, 3_001, 3_002])
      const reads = readFileSync(trace, 'utf8')
        .slice(whole)
        .matchAll(/pread64\(.*, (\d+)\) = (\d+)/g)
      const bytes = [...reads].reduce((sum, [, , size]) => sum + Number(size), 0)
      expect(bytes).toBeGreaterThan(0)
      expect(bytes).toBeLessThan(statSync(sandbox.at('events.jsonl')).size / 8)
    },
  )

  it('reads a journal that is larger than its memory', async () => {
    const writer = await sandbox.begin()
    for (let batch = 0; batch < 40; batch++) {
      await writer.append(notes(writer.lastSeq + 1, 500, 'x'.repeat(4_000)), { sync: 'os' })
    }
    expect(statSync(sandbox.at('events.jsonl')).size).toBeGreaterThan(80_000_000)
    const worker = await startWorker({ root: sandbox.root, nodeOptions: ['--max-old-space-size=24'] })
    expect(await worker.get({ do: 'count' })).toBe(20_002)
  })
})
