import { execFileSync, spawnSync } from 'node:child_process'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { note } from '../fixtures/events.fixture.ts'
import { LINE_LIMIT, LineBuffer, unsealLine } from './journal-line.ts'

function toLine(event: Parameters<LineBuffer['add']>[0]): string {
  const lines = new LineBuffer()
  lines.add(event)
  return lines.bytes.toString('utf8', 0, lines.end)
}

function createCycle(): unknown {
  const cycle: { self?: unknown } = {}
  cycle.self = cycle
  return cycle
}

function refuse(): never {
  throw new Error('no')
}

describe('LineBuffer', () => {
  it('J3: makes the CRC-32 of the other bytes the last member of the line', () => {
    const event = note(3, 'Grüße \u{1f44d}')
    const json = JSON.stringify(event)
    const crc = crc32(Buffer.from(json)).toString(16).padStart(8, '0')
    expect(toLine(event)).toBe(`${json.slice(0, -1)},"crc":"${crc}"}\n`)
  })

  it('J3: keeps any data in one line that reads back as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (data) => {
        const event = note(3, JSON.parse(JSON.stringify(data)))
        const line = toLine(event)
        expect(line.indexOf('\n')).toBe(line.length - 1)
        expect(JSON.parse(unsealLine(line.slice(0, -1)) ?? '')).toEqual(event)
      }),
    )
  })

  it('replaces half of a surrogate pair by U+FFFD and leaves text that only looks like one', () => {
    const event = note(3, ['\ud83d', '\udc4d!', '\\ud83d', '\\\\ud83d', '\\\ud83d', '\u{1f44d}'])
    const json = unsealLine(toLine(event).slice(0, -1)) ?? ''
    expect(JSON.parse(json).data).toEqual([
      '\ufffd',
      '\ufffd!',
      '\\ud83d',
      '\\\\ud83d',
      '\\\ufffd',
      '\u{1f44d}',
    ])
  })

  it.skipIf(spawnSync('jq', ['--version']).status !== 0)('J3: writes lines that jq reads', () => {
    const text = 'nul \0, separator \u2028, half \ud83d, whole \u{1f44d}, quote "'
    const input = toLine(note(3, text)) + toLine(note(4, 'after'))
    expect(execFileSync('jq', ['.seq'], { input }).toString()).toBe('3\n4\n')
  })

  it.each([
    ['a BigInt', 10n],
    ['a cycle', createCycle()],
    ['a getter that throws', Object.defineProperty({}, 'x', { enumerable: true, get: refuse })],
  ])('refuses %s with event_invalid and names the event', (_, data) => {
    const event = Object.assign({}, note(3), { data })
    expect(() => toLine(event)).toThrow(expect.objectContaining({ code: 'event_invalid' }))
    expect(() => toLine(event)).toThrow('Event 3 of type "diagnostic" cannot be recorded')
  })

  it('refuses a line that is longer than any reader takes', () => {
    expect(() => toLine(note(3, 'x'.repeat(LINE_LIMIT)))).toThrow(/put large content into an artifact/)
  })

  it('joins lines of any size, one after the other', () => {
    const lines = new LineBuffer()
    const events = [note(3, 'a'), note(4, 'b'.repeat(300_000)), note(5, 'c')]
    for (const event of events) lines.add(event)
    const text = lines.bytes.toString('utf8', 0, lines.end)
    expect(text).toBe(events.map(toLine).join(''))
    lines.clear()
    expect(lines.end).toBe(0)
  })
})

describe('unsealLine', () => {
  it('J3: tells every changed character of a line', () => {
    const line = toLine(note(3, 'text')).slice(0, -1)
    for (let at = 0; at < line.length; at++) {
      const other = line[at] === 'x' ? 'y' : 'x'
      expect(unsealLine(line.slice(0, at) + other + line.slice(at + 1))).toBeUndefined()
    }
  })

  it('takes no line without a checksum', () => {
    for (const line of ['', '{}', JSON.stringify(note(3)), '}'.repeat(40)]) {
      expect(unsealLine(line)).toBeUndefined()
    }
  })
})
