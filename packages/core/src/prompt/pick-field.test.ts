import { describe, expect, it } from 'vitest'
import { pickField, pickPath, type ReadableOutput } from './pick-field.ts'

const value = (output: ReadableOutput, ...path: string[]) => {
  const result = pickField(output, path)
  return result.found ? result.value : result.why
}

describe('pickField', () => {
  it('T1: gives the data of a whole output, else its text, and shows the text', () => {
    expect(pickField({ text: 'prose', data: [1] }, [])).toEqual({ found: true, value: [1], text: 'prose' })
    expect(pickField({ text: 'prose' }, [])).toEqual({ found: true, value: 'prose', text: 'prose' })
    expect(pickField({ data: { a: 1 } }, [])).toEqual({ found: true, value: { a: 1 } })
    expect(pickField({ data: null }, [])).toEqual({ found: true, value: null })
    expect(pickField({ text: 'null', data: null }, [])).toEqual({ found: true, value: null, text: 'null' })
  })

  it.each<[string, ReadableOutput]>([
    ['data', { text: '---\nx: text\n---', data: { x: 'data' }, handoff: { fields: { x: 'handoff' } } }],
    ['handoff', { text: '---\nx: text\n---', data: { y: 1 }, handoff: { fields: { x: 'handoff' } } }],
    ['text', { text: '---\nx: text\n---\nprose', data: [1], handoff: { verdict: 'VERIFIED' } }],
    ['json', { text: 'prose\n{"x": "json"}' }],
    ['whole', { text: '{"x": "whole"}' }],
  ])('L6: finds a field in %s first', (expected, output) => {
    expect(value(output, 'x')).toBe(expected)
  })

  it('L6: reads a handoff under our names and those of the sources', () => {
    const output: ReadableOutput = {
      text: '',
      handoff: { verdict: 'PARTIAL', canFurtherIterationHelp: false, artifacts: { report: 'report.md' } },
    }
    expect(value(output, 'verdict')).toBe('PARTIAL')
    expect(value(output, 'status')).toBe('PARTIAL')
    expect(value(output, 'canFurtherIterationHelp')).toBe(false)
    expect(value(output, 'can_further_iteration_help')).toBe(false)
    expect(value(output, 'artifacts', 'report')).toBe('report.md')
  })

  it('L6: a status of the data comes before the verdict', () => {
    expect(value({ data: { status: 'open' }, handoff: { verdict: 'VERIFIED' } }, 'status')).toBe('open')
  })

  it('L6: a status that was no verdict stands beside it', () => {
    expect(value({ handoff: { verdict: 'VERIFIED', fields: { status: 'ok' } } }, 'status')).toBe('ok')
    expect(value({ text: '---\nstatus: old\n---', handoff: { summary: 's' } }, 'status')).toBe('old')
  })

  it('T1: steps into a list by number, also when the list is the text', () => {
    expect(value({ data: { files: [{ path: 'a' }, { path: 'b' }] } }, 'files', '1', 'path')).toBe('b')
    expect(value({ text: '["a", "b"]' }, '1')).toBe('b')
    expect(value({ data: ['a'] }, 'length')).toEqual({ reason: 'field_absent', field: 'length', keys: [] })
  })

  it('T1: names the field at which the deepest path ends, and what is there instead', () => {
    const output: ReadableOutput = { data: { a: { b: 1, c: 2 } }, handoff: { fields: { z: 1 } } }
    expect(value(output, 'a', 'd')).toEqual({ reason: 'field_absent', field: 'd', keys: ['b', 'c'] })
    expect(value(output, 'x', 'd')).toEqual({ reason: 'field_absent', field: 'x', keys: ['a', 'z'] })
  })

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'fault 19: finds no inherited member "%s"',
    (name) => {
      expect(value({ text: '{"a": 1}', data: { b: 1 }, handoff: {} }, name)).toMatchObject({ field: name })
    },
  )
})

describe('pickPath', () => {
  it('T1: gives the value itself for an empty path, else its member', () => {
    expect(pickPath({ a: [null] }, [])).toEqual({ found: true, value: { a: [null] } })
    expect(pickPath({ a: [null] }, ['a', '0'])).toEqual({ found: true, value: null })
    expect(pickPath('text', ['a'])).toMatchObject({ found: false, why: { field: 'a', keys: [] } })
  })
})
