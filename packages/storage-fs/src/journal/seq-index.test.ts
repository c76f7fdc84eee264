import { describe, expect, it } from 'vitest'
import { IndexCache, SeqIndex } from './seq-index.ts'

const LINE_SIZE = 10

function indexOf(lines: number): SeqIndex {
  const index = new SeqIndex()
  for (let seq = 1; seq <= lines; seq++) index.note(seq, (seq - 1) * LINE_SIZE)
  return index
}

describe('SeqIndex', () => {
  it('S4: finds a place at most 255 lines before any line, however long the journal is', () => {
    const index = indexOf(10_000)
    for (const seq of [1, 2, 256, 257, 258, 5_000, 9_999, 10_000]) {
      const place = index.find(seq)
      expect(place.seq).toBeLessThanOrEqual(seq)
      expect(seq - place.seq).toBeLessThan(256)
      expect(place.offset).toBe((place.seq - 1) * LINE_SIZE)
    }
  })

  it('finds the last place it knows for a line to come', () => {
    expect(indexOf(300).find(1_000_000)).toEqual({ seq: 257, offset: 2_560 })
    expect(new SeqIndex().find(5)).toEqual({ seq: 1, offset: 0 })
  })

  it('takes no note twice and none out of turn', () => {
    const index = indexOf(300)
    index.note(257, 1)
    index.note(769, 2)
    expect(index.find(257).offset).toBe(2_560)
    expect(index.find(769).seq).toBe(257)
  })
})

describe('IndexCache', () => {
  it('gives one journal the same index again, and forgets what was not read for long', () => {
    const cache = new IndexCache()
    const first = cache.get('first')
    const second = cache.get('second')
    for (let other = 0; other < 63; other++) {
      cache.get(`other ${other}`)
      expect(cache.get('first')).toBe(first)
    }
    expect(cache.get('second')).not.toBe(second)
  })
})
