import { describe, expect, it } from 'vitest'
import { note, notes } from '../fixtures/events.fixture.ts'
import { failureOf, readAll, useSandbox } from '../fixtures/sandbox.fixture.ts'

const sandbox = useSandbox()

describe('a writer', () => {
  it('J3: lets an append without a flush wait for the flush that is under way, so that they count in order', async () => {
    const writer = await sandbox.begin()
    const order: string[] = []
    const append = async (seq: number, sync: 'disk' | 'os') => {
      await writer.append([note(seq)], { sync })
      order.push(`${seq} ${sync}`)
    }
    await Promise.all([
      append(3, 'disk'),
      append(4, 'os'),
      append(5, 'disk'),
      append(6, 'os'),
      append(7, 'os'),
    ])
    expect(order).toEqual(['3 disk', '4 os', '5 disk', '6 os', '7 os'])
  })

  it('J3: shows a reader of its own storage nothing that has not counted yet', async () => {
    const writer = await sandbox.begin()
    const appending = writer.append(notes(3, 5))
    const reading = readAll(sandbox.storage)
    expect(writer.lastSeq).toBe(7)
    await appending
    expect([2, 7]).toContain((await reading).length)
    expect((await readAll(sandbox.storage)).length).toBe(7)
  })

  it('J1: ends with its first failure and tells it again', async () => {
    const writer = await sandbox.begin()
    const failure = await failureOf(writer.append([note(7)]))
    expect(failure.details).toEqual({ expected: 3, seq: 7 })
    expect(await failureOf(writer.append([note(3)]))).toBe(failure)
    await writer.close()
    expect(await failureOf(writer.append([note(3)]))).toBe(failure)
    expect((await readAll(sandbox.storage)).length).toBe(2)
  })

  it('J1: lets appends fail that wait for the flush of one that fails', async () => {
    const writer = await sandbox.begin()
    const first = writer.append([note(3)])
    const wrong = writer.append([note(9)])
    expect((await failureOf(wrong)).code).toBe('journal_conflict')
    await first
    expect((await failureOf(writer.append([note(4)]))).code).toBe('journal_conflict')
  })

  it('says that it is closed, and owns nothing then', async () => {
    const writer = await sandbox.begin()
    expect(await writer.owned()).toBe(true)
    await writer.close()
    expect(await writer.owned()).toBe(false)
    expect((await failureOf(writer.append([note(3)]))).code).toBe('writer_closed')
  })
})
