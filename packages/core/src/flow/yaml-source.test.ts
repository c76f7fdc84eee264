import { describe, expect, it } from 'vitest'
import type { FlowIssueCode } from './issue.ts'
import { IssueList } from './issue-list.ts'
import { Origins } from './origin.ts'
import { readYaml } from './yaml-source.ts'

function read(text: string) {
  const [issues, origins] = [new IssueList('snake', 'x.yaml'), new Origins()]
  const value = readYaml(text, { issues, origins })
  return { value, origins, issues: issues.issues.map(({ code, line }) => [code, line]) }
}

describe('a YAML source', () => {
  it.each([
    ['words of YAML 1.1 stay texts', 'a: [yes, no, on, off, y]', { a: ['yes', 'no', 'on', 'off', 'y'] }],
    ['also when it asks for YAML 1.1', '%YAML 1.1\n---\na: yes', { a: 'yes' }],
    ['dates stay texts', 'a: 2001-12-14', { a: '2001-12-14' }],
    [
      'scalars of YAML 1.2 are typed',
      'a: [1, 0x1F, 1.5, true, null, ~]',
      { a: [1, 31, 1.5, true, null, null] },
    ],
    ['keys are texts', '1: a\ntrue: b\nnull: c', { 1: 'a', true: 'b', null: 'c' }],
    ['a merge key is a key', 'a: {<<: {b: 1}}', { a: { '<<': { b: 1 } } }],
    ['aliases are copies', 'a: &x {b: 1}\nc: *x', { a: { b: 1 }, c: { b: 1 } }],
    [
      'anchors of keys and later anchors count',
      '&x a: &y 1\nb: *x\nc: &y 2\nd: *y',
      { a: 1, b: 'a', c: 2, d: 2 },
    ],
    ['JSON is YAML', '{"a": [{"b": "c"}]}', { a: [{ b: 'c' }] }],
  ])('reads YAML 1.2: %s', (_, text, value) => {
    expect(read(text)).toMatchObject({ value, issues: [] })
  })

  it('keeps the names of prototypes as keys of its own', () => {
    const { value } = read('__proto__: {polluted: true}\nconstructor: 1')
    expect(JSON.stringify(value)).toBe('{"__proto__":{"polluted":true},"constructor":1}')
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it.each<[string, string, FlowIssueCode, number]>([
    ['a key twice', 'a: 1\nb: 2\na: 3', 'duplicate_key', 3],
    ['a key twice, once as a number', '1: a\n"1": b', 'duplicate_key', 2],
    ['a tag of JavaScript', 'a: 1\nb: !!js/function "x"', 'tag_refused', 2],
    ['a tag of its own', 'a: !mine 1', 'tag_refused', 1],
    ['a tag of YAML 1.1', 'a: !!binary aGk=', 'tag_refused', 1],
    ['a key that is no text', 'a: 1\n? [b]\n: 2', 'source_invalid', 2],
    ['two documents', 'a: 1\n---\nb: 2', 'source_invalid', 2],
    ['an alias of nothing', 'a: 1\nb: *c', 'source_invalid', 2],
    ['a list that is not closed', 'a: [1', 'source_invalid', 1],
    ['a tab as indentation', 'a:\n\t- 1', 'source_invalid', 2],
    ['an alias of what holds it', 'a: &x [*x]', 'source_too_deep', 1],
  ])('is refused with its line: %s', (_, text, code, line) => {
    expect(read(text).issues).toContainEqual([code, line])
  })

  const many = (text: string, count: number) => text.repeat(count)
  const bomb = 'bcdefghi'.split('').map((name, index) => {
    return `${name}: &${name} [${many(`*${'abcdefgh'[index]},`, 9)}]`
  })

  it.each<[string, string, FlowIssueCode]>([
    ['aliases that multiply', `a: &a [${many('x,', 9)}]\n${bomb.join('\n')}`, 'source_too_large'],
    [
      'many aliases of one value',
      `a: &a x\nb:\n${many('- *a\n', 70_000)}- ${many('{a: *a}\n- ', 5_000)}x`,
      'source_too_large',
    ],
    ['a thousand levels of flow', many('[', 1_000) + many(']', 1_000), 'source_too_deep'],
    ['a hundred thousand levels of flow', many('[', 100_000), 'source_too_deep'],
    ['a thousand levels of lists', `${many('- ', 1_000)}x`, 'source_too_deep'],
    ['a thousand levels of keys', `${many('? ', 1_000)}x`, 'source_too_deep'],
    [
      'a thousand levels of maps',
      Array.from({ length: 1_000 }, (_, depth) => `${many(' ', depth)}a:`).join('\n'),
      'source_too_large',
    ],
    ['100 MB', many('a', 100_000_000), 'source_too_large'],
  ])('is refused in bounded time: %s', (_, text, code) => {
    const started = performance.now()
    expect(read(text).issues[0]?.[0]).toBe(code)
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it('takes a long map in bounded time', () => {
    const text = Array.from({ length: 30_000 }, (_, index) => `key${index}: 1`).join('\n')
    const started = performance.now()
    expect(Object.keys(Object(read(text).value))).toHaveLength(30_000)
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it('remembers the line of every value', () => {
    const { value, origins } = read('a: 1\nb:\n  - x\n  - c: 2\n')
    // The text above is an object with these keys.
    const { b } = value as { b: readonly object[] }
    expect([origins.find(Object(value), 'b'), origins.find(b, 1), origins.find(Object(b[1]), 'c')]).toEqual([
      { line: 2 },
      { line: 4 },
      { line: 4 },
    ])
  })
})
