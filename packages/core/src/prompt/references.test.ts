import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../flow/json.ts'
import { parseTemplate } from '../flow/reference.ts'
import { hostileText } from './injection.fixture.ts'
import { type Lookup, referenceUnresolved } from './lookup.ts'
import { pickField, pickPath, type ReadableOutput } from './pick-field.ts'
import { resolveJson, resolveTemplate } from './references.ts'

const outputs: Readonly<Record<string, ReadableOutput>> = {
  plan: { text: 'the plan' },
  list: { text: 'Two files.', data: { files: ['a.ts', 'b.ts'], count: 2, none: null, 'odd-key': true } },
  count: { data: 3 },
  critic: { text: 'no', handoff: { verdict: 'UNVERIFIED', fields: { score: 4 } } },
}
const params: JsonValue = { topic: 'tea', depth: { levels: 2 } }

const lookup: Lookup = ({ root, stepId, path }) => {
  if (root === 'params') return pickPath(params, path)
  if (root === 'index') return { found: true, value: 7 }
  if (root === 'item') return pickPath({ name: 'src' }, path)
  const output = stepId === undefined ? outputs.plan : outputs[stepId]
  if (output !== undefined) return pickField(output, path)
  if (stepId === 'lost') return { found: false, why: { reason: 'skipped', detail: 'lost' } }
  if (stepId === 'broken') return { found: false, why: { reason: 'failed', detail: 'timeout' } }
  return { found: false, why: { reason: 'not_run' } }
}

const resolve = (text: string) => resolveTemplate(parseTemplate(text), lookup)

describe('resolveTemplate', () => {
  it.each([
    ['plain', 'plain'],
    ['Do $plan.output now', 'Do the plan now'],
    ['$list.output', 'Two files.'],
    ['$count.output', '3'],
    ['$list.output.files', '["a.ts","b.ts"]'],
    ['$list.output.files.1', 'b.ts'],
    ['$list.output.count + $list.output.none + $list.output.odd-key', '2 + null + true'],
    ['$critic.output.verdict/$critic.output.status/$critic.output.score', 'UNVERIFIED/UNVERIFIED/4'],
    ['$winner.output', 'the plan'],
    ['$params.topic, $params.depth.levels, $params.depth', 'tea, 2, {"levels":2}'],
    ['$item.name, $item, #$index', 'src, {"name":"src"}, #7'],
    ['[$later.output?][$params.none?]', '[][]'],
    ['$$plan.output costs $$5', '$plan.output costs $5'],
  ])('T1: resolves %j', (template, expected) => {
    const { text, missing } = resolve(template)
    expect(text).toBe(expected)
    expect(missing).toBeUndefined()
  })

  it('T1: a value is data and is never expanded again', () => {
    fc.assert(
      fc.property(hostileText, (value) => {
        const { text } = resolveTemplate(parseTemplate('<$a.output|$b.output>'), ({ stepId }) => ({
          found: true,
          value: stepId === 'a' ? value : '$a.output',
        }))
        expect(text).toBe(`<${value}|$a.output>`)
      }),
    )
  })

  it('S6: tells what each reference stood for, as it was shown', () => {
    expect(resolve('$list.output $list.output.count $list.output $later.output?').inputs).toEqual({
      '$list.output': 'Two files.',
      '$list.output.count': 2,
    })
  })

  it('T1: names every reference without a value, each once, why and the way out', () => {
    const { missing = [] } = resolve(
      '$later.output $lost.output $later.output $broken.output $list.output.fils',
    )
    expect(missing.map(({ reference }) => reference.source)).toEqual([
      '$later.output',
      '$lost.output',
      '$broken.output',
      '$list.output.fils',
    ])
    const error = referenceUnresolved(missing)
    expect(error).toMatchObject({ code: 'reference_unresolved', retryable: false })
    expect(error.message.split('\n')).toEqual([
      'Reference "$later.output" has no value: step "later" has not run before this step. Write "$later.output?" to let it be empty.',
      'Reference "$lost.output" has no value: step "lost" was skipped (lost). Write "$lost.output?" to let it be empty.',
      'Reference "$broken.output" has no value: step "broken" failed (timeout). Write "$broken.output?" to let it be empty.',
      'Reference "$list.output.fils" has no value: step "list" has no field "fils" but "files", "count", "none", "odd-key". Did you mean "files"? Write "$list.output.fils?" to let it be empty.',
    ])
  })

  it('T1: says of params and of an output without fields what is missing', () => {
    const { missing = [] } = resolve('$params.topik $plan.output.x')
    expect(referenceUnresolved(missing).message).toBe(
      'Reference "$params.topik" has no value: the params has no field "topik" but "topic", "depth". Did you mean "topic"? Write "$params.topik?" to let it be empty.\n' +
        'Reference "$plan.output.x" has no value: step "plan" has no field "x", nor any other. Write "$plan.output.x?" to let it be empty.',
    )
  })

  it('T1: keeps the message of many missing references within the bound of an error', () => {
    const many = Array.from({ length: 200 }, (_, n) => `$step${n}.output`).join(' ')
    expect(referenceUnresolved(resolve(many).missing ?? []).message.length).toBeLessThanOrEqual(2_000)
  })
})

describe('resolveJson', () => {
  it('T1: a string that is one reference becomes its value with its type, any other is a template', () => {
    const value = {
      files: '$list.output.files',
      all: '$list.output',
      text: 'Read $list.output.files.0',
      nested: [{ depth: '$params.depth' }, '$count.output', 5, null, true],
      price: '$$5',
    }
    expect(resolveJson(value, lookup).value).toEqual({
      files: ['a.ts', 'b.ts'],
      all: { files: ['a.ts', 'b.ts'], count: 2, none: null, 'odd-key': true },
      text: 'Read a.ts',
      nested: [{ depth: { levels: 2 } }, 3, 5, null, true],
      price: '$5',
    })
  })

  it('T1: leaves a missing optional reference out of an object and makes it null elsewhere', () => {
    const { value, missing } = resolveJson(
      { a: '$later.output?', b: ['$later.output?'], c: 'x$later.output?' },
      lookup,
    )
    expect(value).toStrictEqual({ b: [null], c: 'x' })
    expect(missing).toBeUndefined()
    expect(resolveJson('$later.output?', lookup).value).toBeNull()
  })

  it('T1: tells what is missing and what was read', () => {
    const { inputs, missing } = resolveJson({ a: '$later.output', b: '$count.output' }, lookup)
    expect(inputs).toEqual({ '$count.output': 3 })
    expect(missing?.map(({ why }) => why)).toEqual([{ reason: 'not_run' }])
  })

  it('fault 19: a key such as __proto__ stays a member', () => {
    const value: JsonValue = JSON.parse('{"__proto__": {"polluted": "$count.output"}}')
    const resolved = resolveJson(value, lookup).value
    expect(JSON.stringify(resolved)).toBe('{"__proto__":{"polluted":3}}')
    expect('polluted' in {}).toBe(false)
  })

  it('T1: a value without references comes back equal', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        // fast-check's own JSON type is wider in name only.
        const value = JSON.parse(JSON.stringify(json).replaceAll('$', '§')) as JsonValue
        expect(resolveJson(value, lookup).value).toEqual(value)
      }),
    )
  })
})
