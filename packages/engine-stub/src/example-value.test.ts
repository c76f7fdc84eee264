import type { JsonSchema } from '@batonjs/core'
import { Validator } from '@cfworker/json-schema'
import { describe, expect, it } from 'vitest'
import { exampleValue } from './example-value.ts'

const string = { type: 'string' }
const schemas: Record<string, JsonSchema> = {
  anything: {},
  'a constant': { const: { a: [1] } },
  'a choice': { enum: ['low', 'high'] },
  'a short string': { type: 'string', maxLength: 2 },
  'a long string': { type: 'string', minLength: 30 },
  'a pattern': { type: 'string', pattern: '^[A-Z]{2}-\\d{3,}$' },
  'a date': { type: 'string', format: 'date-time' },
  'an e-mail address': { type: 'string', format: 'email' },
  'a positive integer': { type: 'integer', exclusiveMinimum: 0 },
  'a negative integer': { type: 'integer', maximum: -3 },
  'a multiple': { type: 'integer', multipleOf: 7, minimum: 8 },
  'a multiple above an open bound': { type: 'number', multipleOf: 5, exclusiveMinimum: 5 },
  'a fraction': { type: 'number', exclusiveMinimum: 0.1, exclusiveMaximum: 0.2 },
  'exactly one number': { type: 'number', minimum: 0.5, maximum: 0.5 },
  'a negative fraction': { type: 'number', exclusiveMaximum: 0 },
  'a boolean': { type: 'boolean' },
  null: { type: 'null' },
  'several types': { type: ['integer', 'null'] },
  'required members': {
    type: 'object',
    properties: { a: string, b: { type: 'integer' }, c: string },
    required: ['a', 'b'],
    additionalProperties: false,
  },
  'a member that no schema describes': {
    type: 'object',
    required: ['x'],
    additionalProperties: { type: 'number' },
  },
  'at least three members': { type: 'object', minProperties: 3, properties: { a: string } },
  'a nested object': {
    properties: { in: { properties: { deep: string }, required: ['deep'] } },
    required: ['in'],
  },
  'an empty array': { type: 'array', items: string },
  'an array of three': { type: 'array', items: { type: 'integer' }, minItems: 3 },
  'three different strings': { type: 'array', items: string, minItems: 3, uniqueItems: true },
  'three different integers': {
    type: 'array',
    items: { type: 'integer', minimum: 2 },
    minItems: 3,
    uniqueItems: true,
  },
  'all choices': { type: 'array', items: { enum: ['a', 'b', 'c'] }, minItems: 3, uniqueItems: true },
  'a tuple': { type: 'array', prefixItems: [string, { type: 'boolean' }], minItems: 2 },
  'an array that contains': { type: 'array', contains: { const: 7 } },
  'a reference': {
    $defs: { id: { type: 'string', minLength: 6 } },
    properties: { id: { $ref: '#/$defs/id' } },
    required: ['id'],
  },
  'a reference with escapes': {
    $defs: { 'a/b': { type: 'null' } },
    properties: { x: { $ref: '#/$defs/a~1b' } },
    required: ['x'],
  },
  'all of several': {
    allOf: [
      { properties: { a: string }, required: ['a'] },
      { properties: { b: string }, required: ['b'] },
    ],
  },
  'any of several': { anyOf: [{ type: 'integer', minimum: 3 }, string] },
  'one of several': {
    oneOf: [{ type: 'object', properties: { kind: { const: 'a' } }, required: ['kind'] }, string],
  },
  'a list that refers to itself': {
    $defs: {
      node: {
        type: 'object',
        properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
        required: ['next'],
      },
    },
    $ref: '#/$defs/node',
  },
  'a tree': {
    type: 'object',
    properties: { name: string, children: { type: 'array', items: { $ref: '#' } } },
    required: ['name', 'children'],
  },
}

describe('exampleValue', () => {
  it.each(Object.entries(schemas))('satisfies a schema of %s', (_, schema) => {
    const value = exampleValue(schema)
    const { valid, errors } = new Validator({ ...schema }, '2020-12').validate(value)
    expect(errors.map(({ error }) => error)).toEqual([])
    expect(valid).toBe(true)
  })

  it.each(Object.entries(schemas))('gives the same value each time for %s', (_, schema) => {
    expect(JSON.stringify(exampleValue(schema))).toBe(JSON.stringify(exampleValue(structuredClone(schema))))
  })

  it('gives required members only', () => {
    const properties = { a: string, b: { type: 'integer' }, c: string }
    expect(exampleValue({ type: 'object', properties, required: ['a', 'b'] })).toEqual({ a: 'stub', b: 0 })
  })

  it('L2: prefers the success value of a loop, so that a bare flow ends', () => {
    expect(exampleValue({ enum: ['UNVERIFIED', 'VERIFIED'] })).toBe('VERIFIED')
  })

  it('gives up on a schema that nothing satisfies, and does not hang', () => {
    const endless = {
      type: 'object',
      properties: { a: { $ref: '#' }, b: { $ref: '#' } },
      required: ['a', 'b'],
    }
    expect(exampleValue(endless)).toBeTypeOf('object')
    expect(exampleValue({ $ref: '#' })).toBe('stub')
    expect(Object.keys(Object(exampleValue({ type: 'object', minProperties: 1e9 })))).toHaveLength(10_000)
    expect(exampleValue({ $ref: 'https://example.com/schema' })).toBe('stub')
  })
})
