import { describe, expect, it } from 'vitest'
import type { JsonSchema, JsonValue } from './json.ts'
import { checkSchema, validateJson } from './schema.ts'

describe('L5: a value against a JSON Schema', () => {
  it.each<[string, JsonSchema, JsonValue, readonly string[]]>([
    ['matches', { type: 'object', required: ['a'] }, { a: 1 }, []],
    [
      'is of another type',
      { type: 'integer' },
      1.5,
      ['the value: type "number" is invalid. Expected "integer"'],
    ],
    [
      'lacks a member and has one too many',
      { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false },
      { b: 1 },
      ['the value: does not have required property "a"', '/b: is not allowed'],
    ],
    [
      'is wrong deep inside',
      { properties: { list: { items: { type: 'number' } } } },
      { list: [1, 'x'] },
      ['/list/1: type "string" is invalid. Expected "number"'],
    ],
    [
      'follows references',
      { $ref: '#/$defs/a', $defs: { a: { minimum: 3 } } },
      2,
      ['the value: 2 is less than 3'],
    ],
    ['breaks a format', { format: 'email' }, 'x', ['the value: String does not match format "email"']],
  ])('%s', (_, schema, value, problems) => {
    expect(validateJson(schema, value)).toEqual(problems)
  })

  it('is told at most ten problems of bounded length', () => {
    const problems = validateJson({ items: { const: 'x'.repeat(1_000) } }, Array(100).fill('y'))
    expect(problems).toHaveLength(10)
    expect(Math.max(...problems.map(({ length }) => length))).toBeLessThanOrEqual(300)
  })

  it('works with frozen schemas and leaves them as they are', () => {
    const schema = Object.freeze({
      $ref: '#/$defs/a',
      $defs: Object.freeze({ a: Object.freeze({ type: 'null' }) }),
    })
    expect(validateJson(schema, 1)).toHaveLength(1)
    expect(Object.getOwnPropertyNames(schema)).toEqual(['$ref', '$defs'])
  })

  it('checks members with the names of prototypes as any other', () => {
    const value = JSON.parse('{"constructor": 1, "__proto__": 2}')
    const schema = { properties: { constructor: { type: 'string' } }, required: ['toString'] }
    expect(validateJson(schema, value)).toEqual([
      'the value: does not have required property "toString"',
      '/constructor: type "number" is invalid. Expected "string"',
    ])
  })

  it('law 5: a text of the format url is looked at as a uri, whose pattern no text keeps busy', () => {
    const schema: JsonSchema = { properties: { link: { format: 'url' } } }
    const host = 'a'.repeat(5_000)
    expect(validateJson(schema, { link: `http://${host}.org/x` })).toEqual([])
    expect(validateJson(schema, { link: `http://${host} !` })).toEqual([
      '/link: String does not match format "uri"',
    ])
  })

  it('is refused before it exhausts the stack', () => {
    const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`)
    expect(validateJson({ items: { $ref: '#' } }, deep)).toEqual(['the value: is more than 256 levels deep'])
  })
})

describe('L5: a JSON Schema', () => {
  it.each<[string, JsonSchema]>([
    ['anything', {}],
    [
      'an object',
      { type: 'object', properties: { id: { type: ['string', 'null'] } }, additionalProperties: false },
    ],
    ['a recursive one', { properties: { children: { items: { $ref: '#' } } } }],
    ['a boolean inside', { properties: { a: true, b: false } }],
    ['a property named as a keyword', { properties: { $ref: { type: 'string' }, type: { enum: ['a'] } } }],
    ['documentation and defaults', { title: 'x', default: { type: 'nope' }, examples: [{ type: 'nope' }] }],
  ])('is %s', (_, schema) => {
    expect(checkSchema(schema)).toEqual([])
  })

  it.each<[string, JsonSchema, string]>([
    ['an unknown type', { type: 'strng' }, '/type'],
    [
      'an unknown type deep inside',
      { properties: { a: { items: { type: 'nope' } } } },
      '/properties/a/items/type',
    ],
    ['required as a text', { required: 'a' }, '/required'],
    ['properties as a list', { properties: [] }, '/properties'],
    ['an empty enum', { enum: [] }, '/enum'],
    ['a bound as a text', { minimum: '1' }, '/minimum'],
    ['a pattern that is none', { items: { pattern: '(' } }, '/items/pattern'],
    ['a pattern of names that is none', { patternProperties: { '(': {} } }, '/patternProperties/('],
    ['a reference to nowhere', { $ref: '#/$defs/a' }, '$ref "#/$defs/a" leads nowhere'],
    ['a reference to another document', { $ref: 'other.json' }, '$ref "other.json" leads nowhere'],
    ['a reference to itself', { $ref: '#' }, 'without end'],
    [
      'a circle of references',
      { anyOf: [{ $ref: '#/$defs/a' }], $defs: { a: { not: { $ref: '#' } } } },
      'without end',
    ],
    ['an id that is none', { $id: 'https://[' }, 'Invalid URL'],
  ])('is not %s', (_, schema, problem) => {
    expect(checkSchema(schema).join('\n')).toContain(problem)
  })
})
