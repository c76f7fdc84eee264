import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonSchema } from '../flow/json.ts'
import { hostileText, tagsOf } from './injection.fixture.ts'
import { checkStructured, formatInstructions, repairPrompt } from './structured.ts'

const schema: JsonSchema = {
  type: 'object',
  properties: { score: { type: 'number' } },
  required: ['score'],
}

describe('checkStructured', () => {
  it.each([
    ['the whole answer', '{"score": 1}'],
    ['a fence', 'Here you are:\n```json\n{"score": 1}\n```'],
    ['the first value that matches', 'From {"x": 2} and [3] follows {"score": 1}. Not {"score": "4"}.'],
  ])('takes %s', (_, output) => {
    expect(checkStructured(schema, { output })).toEqual({ ok: true, data: { score: 1 } })
  })

  it("takes the engine's own data and looks no further", () => {
    expect(checkStructured(schema, { output: '{"score": 1}', data: { score: 2 } })).toEqual({
      ok: true,
      data: { score: 2 },
    })
    expect(checkStructured(schema, { output: '{"score": 1}', data: null })).toMatchObject({ ok: false })
  })

  it('B1: unwraps nothing', () => {
    const list: JsonSchema = { type: 'array' }
    expect(checkStructured(list, { output: '{"specialists": 3}' })).toMatchObject({ ok: false })
    expect(checkStructured({}, { output: '{"specialists": []}' })).toEqual({
      ok: true,
      data: { specialists: [] },
    })
  })

  it('takes prose where a string is asked for', () => {
    const text: JsonSchema = { type: 'string' }
    expect(checkStructured(text, { output: ' Hello. ' })).toEqual({ ok: true, data: 'Hello.' })
    expect(checkStructured(text, { output: '"Hello."' })).toEqual({ ok: true, data: 'Hello.' })
  })

  it('tells the problems of the likeliest value', () => {
    const check = checkStructured(schema, { output: 'Fine: {"score": "high"}' })
    expect(check).toMatchObject({ ok: false })
    expect(JSON.stringify(check)).toContain('score')
  })

  it.each([
    ['', 'The answer is empty.'],
    ['I would say high.', 'The answer holds no JSON value.'],
    ['x'.repeat(4_000_001), 'The answer has 4000001 characters; at most 4000000 are searched for JSON.'],
  ])('says what is wrong with an answer without a value', (output, problem) => {
    expect(checkStructured(schema, { output })).toEqual({ ok: false, problems: [problem] })
  })
})

describe('formatInstructions', () => {
  it('shows the schema', () => {
    expect(formatInstructions(schema)).toBe(
      `<baton:format>\nAnswer with one JSON value that matches this JSON Schema, and with nothing else.\n${JSON.stringify(schema)}\n</baton:format>`,
    )
  })
})

describe('repairPrompt', () => {
  it('names the problems and shows the schema and the answer before, as data', () => {
    expect(repairPrompt(['score: must be a number'], schema, '{"score": "high"}')).toBe(
      [
        '<baton:repair>',
        'Your previous answer does not match what was asked for:',
        '- score: must be a number',
        '<baton:previous-answer>',
        '{"score": "high"}',
        '</baton:previous-answer>',
        'Answer again with one JSON value that matches this JSON Schema, and with nothing else.',
        JSON.stringify(schema),
        '</baton:repair>',
      ].join('\n'),
    )
  })

  it('fault 38: neither problems nor answer can close their tags, and both are bounded', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { maxLength: 50 }), hostileText, (problems, answer) => {
        const prompt = repairPrompt(problems, schema, answer.repeat(2_000))
        expect(tagsOf(prompt)).toEqual([
          '<baton:repair>',
          '<baton:previous-answer>',
          '</baton:previous-answer>',
          '</baton:repair>',
        ])
        expect(prompt.length).toBeLessThan(20_000)
        if (problems.length > 20) expect(prompt).toContain(`\n- and ${problems.length - 20} more\n`)
      }),
    )
  })
})
