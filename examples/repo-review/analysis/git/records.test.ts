import { expect, it } from 'vitest'
import { splitRecords } from './records.ts'

async function split(...chunks: readonly string[]): Promise<readonly string[]> {
  async function* stream() {
    yield* chunks.map((chunk) => Buffer.from(chunk))
  }
  const records: string[] = []
  for await (const record of splitRecords(stream())) records.push(record)
  return records
}

it('joins a record that chunks cut', async () => {
  expect(await split('a\0b', 'c', 'd\0', '\0e')).toEqual(['a', 'bcd', '', 'e'])
})

it('keeps a character whole that chunks cut', async () => {
  const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)]
  async function* stream() {
    yield first
    yield second
  }
  for await (const record of splitRecords(stream())) expect(record).toBe('é')
})

it('cuts a record that no memory should hold', async () => {
  const [record = '', next] = await split('x'.repeat(60_000), 'x'.repeat(60_000), '\0next\0')
  expect(record).toHaveLength(65_536)
  expect(next).toBe('next')
})
