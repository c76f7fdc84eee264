import { type Schema, Validator } from '@cfworker/json-schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonSchema, JsonValue } from './json.ts'
import { validateJson } from './schema.ts'

const unique: JsonSchema = { type: 'array', uniqueItems: true }

const schemas: readonly JsonSchema[] = [
  unique,
  { items: unique },
  { not: { uniqueItems: true } },
  { anyOf: [{ maxItems: 2 }, { uniqueItems: true }], items: { uniqueItems: true } },
  { oneOf: [unique, { type: 'object', additionalProperties: { $ref: '#' } }] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  { if: { uniqueItems: true }, then: { maxItems: 2 }, else: { minItems: 3 } },
  {
    properties: { a: unique },
    patternProperties: { '^b': unique },
    dependentSchemas: { a: { maxProperties: 1 } },
  },
  {
    dependencies: { a: { properties: { b: unique } }, b: ['a'] },
    items: [{}, unique],
    additionalItems: unique,
  },
  { prefixItems: [unique, {}], items: { $ref: '#/$defs/b' }, $defs: { b: { allOf: [unique] } } },
  { contains: unique, unevaluatedItems: false, properties: { uniqueItems: unique } },
]

const { value } = fc.letrec<{ value: JsonValue; leaf: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    tie('leaf'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'uniqueItems'), tie('value')),
  ),
  leaf: fc.constantFrom<JsonValue>(0, -0, 1, '1', null, true, '', 'a,b', [], {}),
}))

describe('uniqueItems', () => {
  it('L5: finds what comparing every item with every other finds, wherever the keyword stands', () => {
    fc.assert(
      fc.property(fc.constantFrom(...schemas), value, (schema, candidate) => {
        // The validator's own type of a schema is narrower than ours.
        const { valid } = new Validator(JSON.parse(JSON.stringify(schema)) as Schema).validate(candidate)
        expect(validateJson(schema, candidate).length === 0).toBe(valid)
      }),
      { numRuns: 2_000 },
    )
  })

  it('L5: tells objects apart by their members, in whichever order', () => {
    const problem = ['the value: Duplicate items at indexes 0 and 2']
    expect(validateJson(unique, [{ a: 1, b: [2] }, { a: 1 }, { b: [2], a: 1 }])).toEqual(problem)
    expect(validateJson(unique, [{ a: '1' }, { a: 1 }, ['a', 1], '{"a":1}'])).toEqual([])
  })

  it('law 5: a long list that repeats nothing is not compared item by item', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => ({ index }))
    const started = performance.now()
    expect(validateJson(unique, many)).toEqual([])
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it('law 5: nor is one that repeats where it may', () => {
    const schema: JsonSchema = { properties: { tags: unique, lines: { type: 'array' } } }
    const lines = Array.from({ length: 100_000 }, (_, index) => ({ line: index % 50_000 }))
    const started = performance.now()
    expect(validateJson(schema, { tags: ['a', 'b'], lines })).toEqual([])
    expect(validateJson(schema, { tags: ['a', 'a'], lines })).toEqual([
      '/tags: Duplicate items at indexes 0 and 1',
    ])
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it('law 5: one that repeats where it may not is refused when finding the place would take too long', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => ({ index: index % 99_999 }))
    const started = performance.now()
    expect(validateJson(unique, many)).toEqual([
      'the value: has items twice in lists that are too large to be searched for them',
    ])
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})
