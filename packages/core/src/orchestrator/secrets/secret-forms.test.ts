import { describe, expect, it } from 'vitest'
import { formsOf, isSecret } from './secret-forms.ts'

describe('the forms of a secret (fault 39)', () => {
  it('fault 39: a plain key has one', () => {
    expect(formsOf('sk-live-0123456789_abc')).toEqual(['sk-live-0123456789_abc'])
  })

  it('fault 39: are those of JSON and of a URL, with hex digits of either case and spaces of either kind', () => {
    expect(formsOf('pass "w"/é 1')).toEqual([
      'pass "w"/é 1',
      'pass \\"w\\"/é 1',
      'pass%20%22w%22%2F%C3%A9%201',
      'pass%20%22w%22%2f%c3%a9%201',
      'pass+%22w%22%2F%C3%A9+1',
    ])
  })

  it('fault 39: a key with escapes, as an environment holds it, is known in lines too, and the other way', () => {
    const lines = '-----BEGIN KEY-----\nabc\n-----END KEY-----'
    const escaped = '-----BEGIN KEY-----\\nabc\\n-----END KEY-----'
    expect(formsOf(escaped)).toContain(lines)
    expect(formsOf(lines)).toContain(escaped)
    expect(formsOf(`C:\\keys\\${'x'.repeat(8)}`)[0]).toBe('C:\\keys\\xxxxxxxx')
  })

  it('fault 39: do not have the space around it, which a file has at its end', () => {
    expect(formsOf(' sk-live-0123\n')).toEqual(['sk-live-0123'])
  })

  it('fault 23: half a surrogate pair does not break them', () => {
    expect(formsOf('half \ud800 a pair')).toContain('half \ufffd a pair')
  })

  it.each(['', 'dummy', '1234567', '        ', ' 1234567 '])('fault 39: %j is too short for one', (text) => {
    expect(formsOf(text)).toEqual([])
    expect(isSecret(text)).toBe(false)
  })

  it.each([undefined, null, 7, ['12345678'], {}])('law 5: %j is no secret', (value) => {
    expect(isSecret(value)).toBe(false)
  })
})
