import { describe, expect, it } from 'vitest'
import { toPlainJson, wellFormed } from './plain-json.ts'

describe('toPlainJson', () => {
  it('fault 23: half a surrogate pair becomes U+FFFD, whole pairs and escapes stay', () => {
    const { value, text } = toPlainJson({ half: 'a\ud800b', pair: '😀', escape: '\\ud800' })
    expect(value).toEqual({ half: 'a\ufffdb', pair: '😀', escape: '\\ud800' })
    expect(JSON.parse(text)).toEqual(value)
  })

  it('fault 23: also in the names of members, of which the last of two that are the same then counts', () => {
    const { value, text } = toPlainJson({ 'a\ud800': 1, 'b\\ud800': 2, 'a\udc00': 3 })
    expect(value).toEqual({ 'a\ufffd': 3, 'b\\ud800': 2 })
    expect(text).toBe(JSON.stringify(value))
  })

  it('fault 24: what JSON would lose is refused with its path', () => {
    const circle: Record<string, unknown> = {}
    circle.self = circle
    const losses: readonly [unknown, RegExp][] = [
      [{ list: [1n] }, /\$\.list\[0\] is a bigint/],
      [{ deep: { ratio: Number.NaN } }, /\$\.deep\.ratio is NaN/],
      [{ at: new Date(0) }, /\$\.at is an instance of Date/],
      [circle, /more than 500 levels, or a circle/],
      [() => 1, /\$ is a function/],
    ]
    for (const [value, problem] of losses) expect(() => toPlainJson(value)).toThrow(problem)
  })

  it('fault 24: the path begins with the name of the value', () => {
    expect(() => toPlainJson({ since: new Date(0) }, 'request.params')).toThrow(
      'What is recorded must survive JSON, but request.params.since is an instance of Date. ' +
        'Give plain objects, arrays, strings, finite numbers, booleans or null.',
    )
  })

  it('law 1: nobody can change the copy, however deep', () => {
    const { value } = toPlainJson({ list: [{ n: 1 }], half: 'a\ud800' })
    expect(value).toEqual({ list: [{ n: 1 }], half: 'a\ufffd' })
    const isFixed = (one: unknown): boolean =>
      typeof one !== 'object' || one === null || (Object.isFrozen(one) && Object.values(one).every(isFixed))
    expect(isFixed(value)).toBe(true)
    expect(isFixed(toPlainJson([[{}]]).value)).toBe(true)
  })

  it('fault 24: the copy shares nothing with the value, and leaves out what is undefined', () => {
    const given = { list: [1], nothing: undefined }
    const { value } = toPlainJson(given)
    given.list.push(2)
    expect(value).toEqual({ list: [1] })
  })

  it('fault 23: a text without half a pair is the very same text', () => {
    const text = 'a\u0000\u2028😀'
    expect(wellFormed(text)).toBe(text)
  })
})
