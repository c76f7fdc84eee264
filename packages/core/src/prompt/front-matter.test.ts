import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseFrontMatter } from './front-matter.ts'
import { hostileText } from './injection.fixture.ts'

describe('parseFrontMatter', () => {
  it.each([
    ['a leading block', '---\nstatus: VERIFIED\nhelp: no\n---\n# Report', { status: 'VERIFIED', help: 'no' }],
    ['a block behind blank lines', '\ufeff\n\n---\na: 1\n---', { a: 1 }],
    ['Windows line ends', '---\r\na: 1\r\nb: [x]\r\n---\r\ntext', { a: 1, b: ['x'] }],
    ['a block that ends in dots', '---\na: 1\n...\ntext', { a: 1 }],
    ['a whole JSON text', ' {"a": {"b": [1, "}"]}} ', { a: { b: [1, '}'] } }],
    ['JSON behind prose', 'I used { and "quotes.\nResult: {"a": "\\"{\\\\"}', { a: '"{\\' }],
    ['JSON in a fence', 'Done.\n```json\n{"a": 1}\n```\n', { a: 1 }],
    ['the last of two', '{"a": 1}\n{"a": 2}', { a: 2 }],
    ['JSON behind a rule that is no block', '---\nnot: [closed\n---\n{"a": 1}', { a: 1 }],
    ['keys that are no words', '---\n1: a\ntrue: b\nnull: c\n---', { '1': 'a', true: 'b', null: 'c' }],
    ['a number that JSON does not know', '---\na: .inf\nb: .nan\n---', { a: null, b: null }],
    ['aliases, up to ten', `---\na: &a x\nb: [*a, *a]\n---`, { a: 'x', b: ['x', 'x'] }],
    ['a date, which stays a string', '---\na: 2026-01-02\n---', { a: '2026-01-02' }],
  ])('L6: reads %s', (_, text, expected) => {
    expect(parseFrontMatter(text)).toEqual(expected)
  })

  it.each([
    ['prose', 'nothing here'],
    ['an empty text', ''],
    ['a block that is not closed', '---\na: 1\n'],
    ['a block in the middle', 'text\n---\na: 1\n---\n'],
    ['a block that is no object', '---\n- a\n---\n'],
    ['a JSON list', '[{"a": 1}]'],
    ['JSON in the middle', 'before {"a": 1} after'],
    ['two equal keys', '---\na: 1\na: 2\n---\n'],
    ['a foreign tag', '---\na: !!js/function "x"\n---\n'],
    ['a key that is a list', '---\n? [a]\n: b\n---\n'],
    ['more aliases than ten', `---\na: &a x\nb: [${Array(11).fill('*a')}]\n---\n`],
    ['a circle of aliases', '---\na: &a [*a, *a]\n---\n'],
    ['a bracket too many', '{"a": 1}}'],
  ])('L6: reads nothing from %s', (_, text) => {
    expect(parseFrontMatter(text)).toBeUndefined()
  })

  it('fault 17: refuses alias bombs, deep nesting and large blocks, quickly', () => {
    const bomb = ['a: &a [x, x]', ...'bcdefghij'].map((key, index, keys) =>
      index === 0 ? key : `${key}: &${key} [*${keys[index - 1]?.[0]}, *${keys[index - 1]?.[0]}]`,
    )
    const texts = [
      `---\n${bomb.join('\n')}\n---\n`,
      `---\na: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n---\n`,
      `---\na: ${'x'.repeat(70_000)}\n---\n`,
      `{"a": ${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
      `{"a": "${'x'.repeat(70_000)}"}`,
      `${'{"'.repeat(50_000)}}`,
      `${'\\"'.repeat(50_000)}}`,
      `---\n${'? '.repeat(30_000)}\n---\n`,
      `---\n${'{a: '.repeat(12_000)}${'}'.repeat(12_000)}\n---\n`,
      `${'`'.repeat(200_000)}x\`\`\``,
    ]
    const started = performance.now()
    for (const text of texts) expect(parseFrontMatter(text)).toBeUndefined()
    expect(performance.now() - started).toBeLessThan(3_000)
  })

  it('fault 17: reads blocks of many keys without comparing each with all others', () => {
    const keys = Array.from({ length: 12_000 }, (_, index) => `${index.toString(36)}:`)
    const started = performance.now()
    for (let pass = 0; pass < 5; pass++) {
      expect(Object.keys(parseFrontMatter(`---\n${keys.join('\n')}\n---\n`) ?? {})).toHaveLength(12_000)
    }
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  it('fault 17: reads nothing from a block that is more than 64 levels deep', () => {
    const deep = (levels: number) => `---\na: ${'['.repeat(levels)}${']'.repeat(levels)}\n---\n`
    expect(parseFrontMatter(deep(60))).toBeDefined()
    expect(parseFrontMatter(deep(70))).toBeUndefined()
  })

  it.each([
    '---\n__proto__: {polluted: yes}\nconstructor: x\n---',
    '{"__proto__": {"polluted": 1}, "constructor": "x"}',
  ])('fault 19: a key such as __proto__ is a member like any other in %j', (text) => {
    const read = parseFrontMatter(text)
    expect(Object.keys(read ?? {})).toEqual(['__proto__', 'constructor'])
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
    expect('polluted' in {}).toBe(false)
  })

  it('L6: reads every object behind any prose, and never throws', () => {
    fc.assert(
      fc.property(hostileText, fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (prose, fields) => {
        expect(() => parseFrontMatter(`---\n${prose}`)).not.toThrow()
        const json = JSON.stringify(fields)
        expect(parseFrontMatter(`Prose. ${prose}\n${json}\n`)).toEqual(JSON.parse(json))
      }),
    )
  })
})
