import { describe, expect, it } from 'vitest'
import { SwarmError } from '../errors/swarm-error.ts'
import { type ConditionScope, compileCondition } from './condition.ts'

const scope: ConditionScope = {
  steps: {
    a: {
      status: 'succeeded',
      verdict: 'VERIFIED',
      handoff: { summary: 'fine' },
      data: { count: 3, ratio: 1.5, list: [1, 2, 3], nothing: null, odd: { constructor: 1, x: 2 } },
      output: 'text',
    },
    'my-step': { status: 'skipped', verdict: '', handoff: {}, data: null, output: '' },
  },
  params: { n: 2, deep: true, names: ['x', 'y'] },
  facts: { language: 'en' },
  item: { name: 'src', size: 10 },
  index: 1,
}

function evaluate(source: string): unknown {
  return compileCondition(source).evaluate(scope)
}

function errorOf(action: () => unknown): unknown {
  try {
    return action()
  } catch (error) {
    return error
  }
}

function codeOf(action: () => unknown): string | undefined {
  const error = errorOf(action)
  return SwarmError.is(error) ? error.code : undefined
}

describe('F7: a condition', () => {
  it.each([
    ['steps.a.status == "succeeded" && steps.a.verdict != "BLOCKED"', true],
    ['steps["my-step"].status', 'skipped'],
    ['steps.a.handoff.summary.startsWith("f")', true],
    ['params.deep || facts.language == "de"', true],
    ['"x" in params.names', true],
    ['item.size > 5 && index == 1', true],
    ['has(steps.a.data.missing)', false],
    ['steps.a.data.?missing.orValue("none")', 'none'],
    ['steps.a.data.nothing == null', true],
    ['steps.a.data.list.filter(x, x > 1)', [2, 3]],
    ['steps.all(id, steps[id].status != "failed")', true],
    ['{"a": 1, "b": [2u, "c"]}', { a: 1, b: [2, 'c'] }],
  ])('reads the run: %s', (source, expected) => {
    expect(evaluate(source)).toEqual(expected)
  })

  it.each([
    ['steps.a.data.count == 3', true],
    ['3 == steps.a.data.count', true],
    ['steps.a.data.count != 3', false],
    ['steps.a.data.count > 3', false],
    ['steps.a.data.count >= 3 && steps.a.data.count < 3.5', true],
    ['steps.a.data.count + 1 == 4', true],
    ['1 + steps.a.data.count == 4', true],
    ['(6 / steps.a.data.count) == 2', true],
    ['7 / steps.a.data.count > 2', true],
    ['steps.a.data.count % 2 == 1', true],
    ['steps.a.data.ratio * 2 == 3', true],
    ['params.n * 1.5 == 3', true],
    ['-params.n == -2', true],
    ['size(steps.a.data.list) == steps.a.data.count', true],
    ['size(params.names) + params.n == 4', true],
    ['steps.a.data.list[index] + index', 3],
    ['steps.a.data.list[params.n - 1]', 2],
    ['steps.a.data.list == [1, 2, 3]', true],
    ['steps.a.data.list.exists(x, x == params.n)', true],
    ['params.n in [1, 2]', true],
    ['1 + 1', 2],
  ])('calculates with the numbers of JSON and with integers alike: %s', (source, expected) => {
    expect(evaluate(source)).toEqual(expected)
  })

  it('reads data whose members have the names of prototypes', () => {
    expect(evaluate('steps.a.data.odd.x')).toBe(2)
    expect(evaluate('steps.a.data.odd')).toEqual({ constructor: 1, x: 2 })
    const hostile = { ...scope, params: JSON.parse('{"__proto__": {"polluted": 1}, "constructor": "c"}') }
    expect(compileCondition('params.constructor').evaluate(hostile)).toBe('c')
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it.each([
    'steps.b.status == "x"',
    'steps.a.constructor',
    'steps.a.data.list[7] == 1',
    '1 / 0 == 1',
    'steps.a.data.count + "x" == "3x"',
    'timestamp("2024-01-01T00:00:00Z")',
    '1.0 / 0',
    'steps.a.data.?missing',
  ])('F7: an evaluation that fails is a condition_error: %s', (source) => {
    expect(codeOf(() => evaluate(source))).toBe('condition_error')
  })

  it('holds only when it is true or false', () => {
    expect(compileCondition('params.deep').holds(scope)).toBe(true)
    expect(codeOf(() => compileCondition('params.n').holds(scope))).toBe('condition_error')
  })

  it.each([
    ['steps.a ==', 10],
    ['step.a.status == "x"', 0],
    ['steps.my-step', 9],
    ['1 + "a"', 0],
    ['[1', 2],
    ['', 0],
  ])('is refused when the flow is made, with the place: %s', (source, position) => {
    expect(errorOf(() => compileCondition(source))).toMatchObject({
      code: 'condition_invalid',
      details: { position },
    })
  })

  it('is refused when it nests or grows without bound', () => {
    expect(codeOf(() => compileCondition(`${'('.repeat(10_000)}1${')'.repeat(10_000)}`))).toBe(
      'condition_invalid',
    )
    expect(codeOf(() => compileCondition(Array(10_000).fill('1').join('+')))).toBe('condition_invalid')
  })

  it('knows item and index inside a map only', () => {
    expect(codeOf(() => compileCondition('item.size > 1', { item: false }))).toBe('condition_invalid')
    expect(compileCondition('item.size > 1').holds(scope)).toBe(true)
  })

  it('tells what it reads and of which type it is', () => {
    const source =
      'has(steps.a.data) && steps["my-step"].verdict == params.wanted && steps.?b.status.orValue("") == "x"'
    expect(compileCondition(source)).toMatchObject({
      type: 'bool',
      steps: ['a', 'my-step', 'b'],
      params: ['wanted'],
      readsAllSteps: false,
    })
    expect(compileCondition('size(steps) > 1 || steps[params.id].status == "x"')).toMatchObject({
      steps: [],
      params: ['id'],
      readsAllSteps: true,
    })
  })

  it.each([
    ['steps.a.verdict == "GO"', true],
    ['has(steps.a.verdict)', true],
    ['steps["a"]["verdict"] == "GO" || steps.?a.?verdict.orValue("") == "GO"', true],
    ['steps[params.id].verdict == "GO"', true],
    ['steps.exists(id, steps[id].verdict == "BLOCKED")', true],
    ['steps.b.verdict == "GO"', false],
    ['steps.a.data.verdict == "GO" && steps.a.handoff.verdict == "GO"', false],
    ['steps.a.data.verdicts == 3 || steps.a.status == "verdict"', false],
    ['steps.a.data.count == 3 || steps.verdict.status == "failed"', false],
    ['size(steps) == 3 && params.verdict == "GO"', false],
  ])('L7: tells whether it reads the verdict of a step: %s', (source, reads) => {
    expect(compileCondition(source).readsVerdictOf('a')).toBe(reads)
  })

  it('reads a step only when it names it', () => {
    const steps = Object.create(null)
    Object.defineProperty(steps, 'a', { enumerable: true, get: () => ({ status: 'succeeded' }) })
    Object.defineProperty(steps, 'b', {
      enumerable: true,
      get: () => {
        throw new Error('read in vain')
      },
    })
    expect(compileCondition('steps.a.status == "succeeded"').holds({ ...scope, steps })).toBe(true)
  })

  it('is compiled once for each source', () => {
    expect(compileCondition('params.n > 1')).toBe(compileCondition('params.n > 1'))
  })
})
