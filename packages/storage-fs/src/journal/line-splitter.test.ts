import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineSplitter } from './line-splitter.ts'

/** Cuts bytes into chunks of the sizes, again and again. */
function* chunksOf(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let start = 0, turn = 0; start < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    yield bytes.subarray(start, start + size)
    start += size
  }
}

describe('LineSplitter', () => {
  it('gives the same lines and offsets however the bytes are cut', () => {
    const texts = fc.array(fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ' ')))
    const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 })
    fc.assert(
      fc.property(texts, fc.string({ unit: 'grapheme' }), sizes, (lines, rest, cuts) => {
        const torn = rest.replaceAll('\n', ' ')
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join('') + torn)
        const splitter = new LineSplitter(100)
        const found = [...chunksOf(bytes, cuts)].flatMap((chunk) => [...splitter.push(chunk)])
        expect(found.map(({ text }) => text)).toEqual(lines.map((line) => Buffer.from(line).toString()))
        for (const { text, offset } of found) {
          const start = offset - 100
          expect(bytes.toString('utf8', start, bytes.indexOf('\n', start))).toBe(text)
        }
        expect(splitter.rest).toBe(Buffer.from(torn).toString())
        expect(splitter.offset + splitter.held).toBe(100 + bytes.length)
      }),
    )
  })
})
