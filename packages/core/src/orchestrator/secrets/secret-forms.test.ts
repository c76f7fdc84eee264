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
      'pass \\\\\\"w\\\\\\"/é 1',
      'pass \\"w\\"\\/é 1',
      'pass%20%22w%22%2F%C3%A9%201',
      'pass+%22w%22%2F%C3%A9+1',
      'pass%20%22w%22/%C3%A9%201',
      'pass%20%22w%22%2f%c3%a9%201',
      'pass+%22w%22%2f%c3%a9+1',
      'pass%20%22w%22/%c3%a9%201',
    ])
  })

  const text = '(a)\'s "key"/~*!\\ +'
  it.each<[string, string]>([
    ['JSON', JSON.stringify(text)],
    ['JSON that is a text in JSON', JSON.stringify(JSON.stringify([text]))],
    ['JSON whose slashes are escaped', JSON.stringify(text).replaceAll('/', '\\/')],
    ['a part of a URL', encodeURIComponent(text)],
    ['a whole URL', encodeURI(text)],
    ['a form', new URLSearchParams({ text }).toString()],
    ['RFC 3986', '%28a%29%27s%20%22key%22%2F~%2A%21%5C%20%2B'],
  ])('fault 39: stand in %s', (_, written) => {
    expect(formsOf(text).some((form) => written.includes(form))).toBe(true)
  })

  it('fault 39: of lines end as they do on any system, in JSON too', () => {
    const ends = { '\n': '\r\n', '\r\n': '\n' }
    for (const [end, other] of Object.entries(ends)) {
      const [declared, printed] = [end, other].map((line) => ['BEGIN', 'abc', 'END'].join(line))
      const forms = formsOf(declared ?? '')
      expect(forms).toEqual(expect.arrayContaining([declared, printed]))
      expect(forms).toContain(JSON.stringify(printed).slice(1, -1))
      expect(forms).toContain(encodeURIComponent(printed ?? ''))
    }
  })

  it.each([
    ['4929123456781234', '4929123456781234'],
    ['00491711234567', '491711234567'],
    ['12345678901234567890', '12345678901234567000'],
    ['1234567890123456789012', '1.2345678901234568e+21'],
  ])('fault 39: of %s is the number %s', (digits, number) => {
    expect(formsOf(digits)).toContain(digits)
    expect(formsOf(digits)).toContain(number)
    expect(JSON.stringify(Number(digits))).toBe(number)
  })

  it('fault 39: of digits without end is no number', () => {
    expect(formsOf('9'.repeat(400))).toEqual(['9'.repeat(400)])
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
    expect(formsOf('half \\ud800 a pair')).toContain('half \ufffd a pair')
  })

  it.each(['', 'dummy', '1234567', '        ', ' 1234567 '])('fault 39: %j is too short for one', (text) => {
    expect(formsOf(text)).toEqual([])
    expect(isSecret(text)).toBe(false)
  })

  it.each([undefined, null, 7, ['12345678'], {}])('law 5: %j is no secret', (value) => {
    expect(isSecret(value)).toBe(false)
  })
})
