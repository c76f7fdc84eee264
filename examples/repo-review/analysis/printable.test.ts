import { expect, it } from 'vitest'
import { printable } from './printable.ts'

it.each([
  ['a\nb\r\tc', 'a\\nb\\r\\tc'],
  ['\u0000\u001b[31m', '\\u{0}\\u{1b}[31m'],
  ['abc\u202egnp.exe', 'abc\\u{202e}gnp.exe'],
  ['\ud800 alone', '\\u{d800} alone'],
  ['👩\u200d💻 日本', '👩\u200d💻 日本'],
])('shows %j on one line with nothing hidden', (text, shown) => {
  expect(printable(text)).toBe(shown)
})

it('cuts in the middle and never within a character', () => {
  expect(printable('abcdefghij', 10)).toBe('abcdefghij')
  expect(printable('abcdefghijk', 6)).toBe('abc…jk')
  expect(printable('😀😀😀😀', 3)).toBe('😀…😀')
  expect(printable('😀😀', 3)).toBe('😀😀')
})
