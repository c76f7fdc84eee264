import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Redactor } from './redactor.ts'

const clean = (secrets: readonly string[], text: string): string => new Redactor(secrets).text(text)

describe('a redactor (fault 39)', () => {
  it('fault 39: takes every secret out, wherever it stands, and leaves the rest', () => {
    expect(clean(['first-key', 'second-key'], 'first-key and second-key, first-keysecond-key.')).toBe(
      '[secret] and [secret], [secret][secret].',
    )
  })

  it('fault 39: gives a text without secrets as it is', () => {
    const text = 'first-ke second'
    expect(clean(['first-key'], text)).toBe(text)
    expect(new Redactor(['first-key']).isIn(text)).toBe(false)
  })

  it('fault 39: of a secret that is the beginning of another, whole or not, nothing is left', () => {
    const secrets = ['abcdefgh', 'abcdefghijkl']
    expect(clean(secrets, '<abcdefghijkl> <abcdefgh> <abcdefghijk>')).toBe(
      '<[secret]> <[secret]> <[secret]ijk>',
    )
  })

  it('fault 39: of secrets that overlap nothing is left', () => {
    expect(clean(['abcdefgh', 'efghijkl'], '<abcdefghijkl>')).toBe('<[secret]>')
    expect(clean(['abababab'], '<ababababab>')).toBe('<[secret]>')
  })

  it('fault 39: finds a secret in JSON text and in a URL', () => {
    const secret = 'p"a\\s/s w\nrd'
    const redactor = new Redactor([secret])
    expect(redactor.text(JSON.stringify({ key: secret }))).toBe('{"key":"[secret]"}')
    expect(redactor.text(`?key=${encodeURIComponent(secret)}&x`)).toBe('?key=[secret]&x')
    expect(redactor.text(new URLSearchParams({ key: secret }).toString())).toBe('key=[secret]')
  })

  it('fault 39: no text is left with a form of a secret in it, whatever the secrets are', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '"'), minLength: 8, maxLength: 12 })
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), fc.array(word), (secrets, words) => {
        const redactor = new Redactor(secrets)
        const text = [...words, ...secrets, ...words].join('a')
        for (const part of redactor.text(text).split('[secret]')) expect(redactor.isIn(part)).toBe(false)
      }),
    )
  })

  it('fault 39: costs time by the length of the text, also when it is full of what looks like the secret', () => {
    const secret = `${'a'.repeat(2_000)}b`
    const redactor = new Redactor([secret, 'aaaaaaaa'])
    const text = 'a'.repeat(1_000_000)
    expect(redactor.text(text)).toBe('[secret]')
  }, 5_000)
})
