import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostileText } from './injection.fixture.ts'
import { jsonAtEnd, jsonCandidates, parseJson } from './json-text.ts'

const likeliest = (text: string) => [...jsonCandidates(text)][0]

describe('jsonCandidates', () => {
  it.each([
    ['the whole text', '{"a": 1}', { a: 1 }],
    ['a whole text that is no object', ' 42 ', 42],
    ['a fence', 'Here:\n```json\n{"a": 1}\n```\nDone.', { a: 1 }],
    ['a fence without a language', '```\n[1]\n```', [1]],
    ['the last of two fences', '```json\n{"a": 1}\n```\n```json\n{"a": 2}\n```', { a: 2 }],
    ['a fence around a fence', '````json\n{"a": "```"}\n````', { a: '```' }],
    ['an indented fence with Windows line ends', '  ```json\r\n{"a": 1}\r\n  ```\r\n', { a: 1 }],
    ['the end, behind braces in prose', 'Use {x} and "y: {\n{"a": {"b": "}"}}', { a: { b: '}' } }],
    ['the middle, between prose', 'I say {"a": [1]}, and I mean it.', { a: [1] }],
    ['the middle, behind braces that are none', 'In {this} case: {"a": 1}.', { a: 1 }],
    ['a fence that is never closed', '```json\n{"a": 1}', { a: 1 }],
  ])('finds %s', (_, text, expected) => {
    expect(likeliest(text)).toEqual(expected)
  })

  it('B1: leaves a wrapper such as { specialists } as it is', () => {
    const answer = 'Sure!\n```json\n{"specialists": [{"id": "spec_a"}]}\n```'
    expect(likeliest(answer)).toEqual({ specialists: [{ id: 'spec_a' }] })
  })

  it('finds nothing in prose', () => {
    expect([...jsonCandidates('no {value} here [at all')]).toEqual([])
    expect([...jsonCandidates('')]).toEqual([])
  })

  it('finds every JSON value behind prose that has no brackets, and in a fence', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue({ maxDepth: 5 }), (prose, value) => {
        const json = JSON.stringify({ value })
        const plain = prose.replace(/[[\]{}`"]/g, '')
        expect(likeliest(`Prose. ${plain}${json} and more.`)).toEqual(JSON.parse(json))
        expect(likeliest(`Prose. ${plain}\n\`\`\`json\n${json}\n\`\`\`\nBye.`)).toEqual(JSON.parse(json))
      }),
    )
  })

  it('never throws and ends quickly on any text', () => {
    fc.assert(fc.property(hostileText, (text) => void [...jsonCandidates(text)]))
    const started = performance.now()
    expect([...jsonCandidates(`${'`'.repeat(400_000)}x\`\`\``)]).toEqual([])
    for (const piece of ['```a\n', '{"', '[', '\\"', '{}', '```\n1\n```\n']) {
      expect([...jsonCandidates(piece.repeat(200_000))].length).toBeLessThan(100)
    }
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})

describe('jsonAtEnd', () => {
  it('finds the object or list with which any text ends', () => {
    const ending = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()))
    fc.assert(
      fc.property(
        hostileText,
        ending,
        fc.constantFrom('', '\n', '\n```', '\n````\n'),
        (prose, value, fence) => {
          const json = JSON.stringify(value)
          expect(jsonAtEnd(`${prose} ${json}${fence}`)).toEqual(JSON.parse(json))
        },
      ),
    )
  })
})

describe('parseJson', () => {
  it('fault 17: refuses what is nested more than 200 deep', () => {
    expect(parseJson(`${'['.repeat(200)}${']'.repeat(200)}`)).toBeDefined()
    expect(parseJson(`${'['.repeat(201)}${']'.repeat(201)}`)).toBeUndefined()
    expect(parseJson(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)).toBeUndefined()
  })
})
