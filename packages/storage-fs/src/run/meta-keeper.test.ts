import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { note, notes } from '../fixtures/events.fixture.ts'
import { useSandbox } from '../fixtures/sandbox.fixture.ts'

const sandbox = useSandbox()

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

function keptSeq(): number | undefined {
  if (!existsSync(sandbox.at('meta.json'))) return undefined
  return JSON.parse(readFileSync(sandbox.at('meta.json'), 'utf8')).last_seq
}

describe('meta.json of a run that is owned', () => {
  it('J4: is not written while the run is busy, and once when it falls quiet', async () => {
    const writer = await sandbox.begin()
    for (let seq = 3; seq < 10; seq++) {
      await writer.append([note(seq)], { sync: 'os' })
      vi.advanceTimersByTime(900)
      expect(keptSeq()).toBeUndefined()
    }
    vi.advanceTimersByTime(2_000)
    expect(keptSeq()).toBe(9)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('J4: is written at the end, and never afterwards', async () => {
    const writer = await sandbox.begin()
    await writer.append([note(3)], { sync: 'os' })
    await writer.close()
    expect(keptSeq()).toBe(3)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('J4: costs what was added: no event is read for it twice', async () => {
    const writer = await sandbox.begin(...notes(3, 5))
    await writer.append([note(8)], { sync: 'os' })
    vi.advanceTimersByTime(2_000)
    expect(keptSeq()).toBe(8)
    const file = openSync(sandbox.at('events.jsonl'), 'r+')
    writeSync(file, '#', 0)
    closeSync(file)
    await writer.append([note(9)], { sync: 'os' })
    vi.advanceTimersByTime(2_000)
    expect(keptSeq()).toBe(9)
    await writer.close()
  })

  it('J4: is not written by an owner that lost the run', async () => {
    const writer = await sandbox.begin()
    const taken = await sandbox.another('elsewhere').openRun(writerId(), { takeover: true })
    await taken.append([note(3), note(4)])
    await taken.close()
    await writer.close()
    vi.advanceTimersByTime(10_000)
    expect(keptSeq()).toBe(4)
  })

  function writerId(): string {
    return note(1).runId
  }
})
