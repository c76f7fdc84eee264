import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Redactor } from './redactor.ts'
import { Secrets } from './secrets.ts'
import { StreamRedactor } from './stream-redactor.ts'

/** What is given piece by piece, and at the end. */
function stream(secrets: Secrets, pieces: readonly string[]): readonly string[] {
  const redactor = new StreamRedactor(secrets)
  return [...pieces.map((piece) => redactor.push(piece)), redactor.flush()]
}

describe('a text that comes in pieces (fault 39)', () => {
  const secrets = new Secrets(['abcdefgh'])

  it('fault 39: a secret is found that comes letter by letter, and what is no secret is told at once', () => {
    expect(stream(secrets, [...'x abcdefgh y'])).toEqual([
      ...['x', ' ', '', '', '', '', '', '', '', '[secret]', ' ', 'y'],
      '',
    ])
  })

  it('fault 39: what only began like a secret is told when it goes on otherwise, or ends', () => {
    expect(stream(secrets, ['say abc', 'abcd', 'x', 'abc'])).toEqual(['say ', 'abc', 'abcdx', '', 'abc'])
  })

  it('fault 39: a longer secret that goes on after a shorter one leaves nothing', () => {
    const both = new Secrets(['abcdefgh', 'abcdefghijkl', 'ghijklmnop'])
    expect(stream(both, ['abcdefgh', 'ijkl', '.']).join('')).toBe('[secret].')
    expect(stream(both, ['abcdefgh', 'ij']).join('')).toBe('[secret]ij')
    expect(stream(both, ['abcdefgh', 'ijklmn', 'op!']).join('')).toBe('[secret]!')
  })

  it('fault 39: wherever a text is cut, its pieces give what the whole would give', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 8, maxLength: 11 })
    const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 9 }), {
      maxLength: 30,
    })
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), pieces, (declared, given) => {
        const told = stream(new Secrets(declared), given).join('')
        expect(told).toBe(new Redactor(declared).text(given.join('')))
      }),
      { numRuns: 2_000 },
    )
  })

  it('fault 39: holds back less than the longest secret has', () => {
    const redactor = new StreamRedactor(new Secrets(['aaaaaaaab']))
    let told = 0
    for (let n = 1; n <= 10_000; n += 1) {
      told += redactor.push('a').length
      expect(n - told).toBeLessThan(9)
    }
  })

  it('fault 39: where nothing is declared every piece is told as it is', () => {
    expect(stream(new Secrets(), ['a', '', 'b'])).toEqual(['a', '', 'b', ''])
  })
})
