import { appendFileSync, statSync, truncateSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { begin, completed, note, RUN_ID } from '../fixtures/events.fixture.ts'
import { failureOf, readAll, useSandbox } from '../fixtures/sandbox.fixture.ts'
import { useWorkers } from '../fixtures/worker-process.fixture.ts'

const sandbox = useSandbox()
const startWorker = useWorkers()
const HUGE = 200 * 1024 * 1024
/** Less than the line; what holds pieces of it lies outside this heap. */
const nodeOptions = ['--max-old-space-size=64']

/** Leaves a journal whose last line, of 200 MB that take no room on the disk, never ends. */
async function leaveHuge(): Promise<{ readonly offset: number }> {
  await sandbox.leave(note(3))
  const offset = sandbox.journal().length
  truncateSync(sandbox.at('events.jsonl'), offset + HUGE)
  return { offset }
}

describe('a journal with a line of 200 MB (fault 22)', () => {
  it('J3: is refused with line and offset by reader and owner, in a process with little memory', async () => {
    const { offset } = await leaveHuge()
    appendFileSync(sandbox.at('events.jsonl'), '\n')
    const worker = await startWorker({ root: sandbox.root, nodeOptions })
    for (const call of ['count', 'open'] as const) {
      const { error } = await worker.ask({ do: call })
      expect(error?.code).toBe('journal_corrupt')
      expect(error?.message).toContain(`line 4, byte ${offset}`)
    }
  })

  it('is told beside the runs that can be listed, and takes nothing from what lies before it', async () => {
    await leaveHuge()
    const other = await sandbox.storage.createRun([...begin('run-other'), completed(3, 'run-other')])
    await other.close()
    const page = await sandbox.another().listRuns()
    expect(page.runs.map(({ runId }) => runId)).toContain('run-other')
    const events: number[] = []
    const reading = (async () => {
      for await (const { seq } of sandbox.another().readEvents(RUN_ID)) events.push(seq)
    })()
    expect((await failureOf(reading)).code).toBe('journal_corrupt')
    expect(events).toEqual([1, 2, 3])
  })

  it('is never written: an event of that size is refused, and the journal stays as it was', async () => {
    const writer = await sandbox.begin()
    const { size } = statSync(sandbox.at('events.jsonl'))
    const huge = 'x'.repeat(70 * 1024 * 1024)
    expect((await failureOf(writer.append([note(3), note(4, huge)]))).code).toBe('event_invalid')
    await writer.close()
    expect(statSync(sandbox.at('events.jsonl')).size).toBe(size)
    expect((await readAll(sandbox.another())).length).toBe(2)
  })
})
