import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { FlowError, SwarmError } from '../errors/swarm-error.ts'
import { defineFlow } from './define-flow.ts'
import { everything } from './everything.fixture.ts'
import type { FlowInput, StepInput } from './flow.ts'
import { issuesIn, outline } from './issues.fixture.ts'

function flowOf(...steps: readonly StepInput[]): FlowInput {
  return { key: 'flow', steps }
}

describe('defineFlow', () => {
  it('takes every field that a flow can have and keeps each as it is', () => {
    const { digest, steps, ...flow } = defineFlow(everything)
    const { steps: given, ...rest } = everything
    expect(flow).toEqual(rest)
    expect(steps.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      'plan agent',
      'measure function',
      'race agent',
      'each map',
      'child flow',
      'sign approval',
      'ask question',
      'call wait',
      'decide agent',
      'check agent',
      'report agent',
    ])
    expect(steps[0]).toEqual({ ...given[0], kind: 'agent' })
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
  })

  it('M1: gives the step of a map the id of the map', () => {
    const flow = defineFlow(
      flowOf({ id: 'each', kind: 'map', items: '$params.files', step: { prompt: 'x' } }),
    )
    expect(flow.steps[0]).toMatchObject({ step: { id: 'each', kind: 'agent', prompt: 'x' } })
  })

  it('keeps the functions of function steps beside the data', () => {
    const [own, inner] = [() => 1, () => 2]
    const flow = defineFlow(
      flowOf(
        { id: 'a', kind: 'function', run: own },
        { id: 'b', kind: 'map', items: '$a.output', step: { kind: 'function', run: inner } },
      ),
    )
    expect([...flow.functions]).toEqual([
      ['a', own],
      ['b', inner],
    ])
    expect(Object.keys(flow)).not.toContain('functions')
    expect(JSON.parse(JSON.stringify(flow))).toEqual({ ...flow })
  })

  it('freezes a copy: neither the flow nor its source can change the other', () => {
    const charter = { goal: 'a' }
    const needs: string[] = []
    const flow = defineFlow({ key: 'flow', charter, steps: [{ id: 'a', prompt: 'x', needs }] })
    charter.goal = 'b'
    needs.push('a')
    expect(flow.charter).toEqual({ goal: 'a' })
    expect(flow.steps[0]?.needs).toEqual([])
    expect(Object.isFrozen(flow.steps[0]?.needs)).toBe(true)
    expect(Reflect.set(flow, 'key', 'other')).toBe(false)
  })

  it('leaves out what is undefined', () => {
    // JavaScript does not know the difference that the types make.
    const step = { id: 'a', prompt: 'x', model: undefined } as unknown as StepInput
    expect(defineFlow(flowOf(step)).steps).toStrictEqual(defineFlow(flowOf({ id: 'a', prompt: 'x' })).steps)
  })

  it('keeps members with the names of prototypes as data of their own', () => {
    const notes = JSON.parse('{"__proto__": {"polluted": true}, "constructor": "x"}')
    const flow = defineFlow({ key: 'flow', notes, steps: [{ id: 'a', prompt: 'x' }] })
    expect(JSON.stringify(flow.notes)).toBe(JSON.stringify(notes))
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})

describe('a schema of a schema library', () => {
  it('becomes the JSON Schema that it carries', () => {
    const flow = defineFlow(
      flowOf({ id: 'a', prompt: 'x', output: z.object({ files: z.array(z.string()) }) }),
    )
    expect(flow.steps[0]).toMatchObject({
      output: { type: 'object', properties: { files: { type: 'array', items: { type: 'string' } } } },
    })
    expect(flow.steps[0]).not.toHaveProperty('output.$schema')
  })

  it('may be a function, as those of some libraries are', () => {
    const output = Object.assign(() => true, {
      '~standard': { vendor: 'x', jsonSchema: { input: () => ({ type: 'string' }) } },
    })
    expect(defineFlow(flowOf({ id: 'a', prompt: 'x', output })).steps[0]).toMatchObject({
      output: { type: 'string' },
    })
  })

  it.each([
    ['carries none', { '~standard': { vendor: 'x' } }],
    ['has none', z.object({ when: z.date() })],
    ['gives none', { '~standard': { vendor: 'x', jsonSchema: { input: () => 5 } } }],
  ])('is refused when it %s', (_, output) => {
    expect(issuesIn({ key: 'flow', steps: [{ id: 'a', prompt: 'x', output }] })).toMatchObject([
      { field: 'output' },
    ])
  })
})

describe('L5: a flow that is wrong', () => {
  it('is refused with everything that is wrong at once', () => {
    const verdict = { id: 'verdict', prompt: '$reserch.output', needs: ['reserch'], timeout: 5 }
    const action = () => defineFlow({ key: 'review', steps: [{ id: 'research', prompt: 'x' }, verdict] })
    expect(action).toThrow(FlowError)
    expect(messageOf(action)).toBe(
      [
        'Flow "review": step "verdict" has unknown field "timeout". Did you mean "timeoutMs"? [unknown_field]',
        'Flow "review": step "verdict" needs unknown step "reserch". Did you mean "research"? [unknown_step]',
        'Flow "review": step "verdict" reads "$reserch.output" of unknown step "reserch". Did you mean "research"? [unknown_step]',
      ].join('\n'),
    )
  })

  it('tells each issue as data', () => {
    expect(issuesIn({ key: 'review', steps: [{ id: 'a', prompt: 'x', retry: { maxRetries: -1 } }] })).toEqual(
      [
        {
          code: 'value_not_allowed',
          message:
            'Flow "review": step "a" has "retry.maxRetries" -1, which must be a whole number of at least 0.',
          flow: 'review',
          step: 'a',
          field: 'retry.maxRetries',
          severity: 'error',
        },
      ],
    )
  })

  it('is told at most 200 issues', () => {
    const steps = Array.from({ length: 500 }, (_, index) => ({ id: `s${index}` }))
    expect(issuesIn({ key: 'flow', steps })).toHaveLength(200)
  })

  it('is refused however many warnings come before the first error', () => {
    const steps = Array.from({ length: 300 }, (_, index) => ({ id: `s${index}`, prompt: '$params' }))
    const issues = issuesIn({ key: 'flow', steps: [...steps, { id: 'last', prompt: '$none.output' }] })
    expect(issues.filter(({ severity }) => severity === 'error')).toMatchObject([{ step: 'last' }])
  })

  function messageOf(action: () => unknown): string {
    try {
      action()
      return ''
    } catch (error) {
      return SwarmError.is(error) ? error.message : String(error)
    }
  }
})

describe('L5: a value that only TypeScript can give', () => {
  const cyclic: Record<string, unknown> = {}
  cyclic.self = cyclic

  it.each<[string, object, string]>([
    ['no number', { timeoutMs: Number.NaN }, 'value_not_allowed a timeoutMs'],
    ['a number without end', { timeoutMs: Number.POSITIVE_INFINITY }, 'value_not_allowed a timeoutMs'],
    ['an instance of a class', { notes: { when: new Date(0) } }, 'wrong_type a notes'],
    ['an object that holds itself', { notes: cyclic }, 'wrong_type a notes'],
    ['a BigInt', { notes: { n: 1n } }, 'wrong_type a notes'],
    ['a function', { notes: { f: () => 1 } }, 'wrong_type a notes'],
    ['a list with a hole', { notes: { list: [undefined] } }, 'wrong_type a notes'],
    ['a number that JSON has not', { notes: { n: Number.NaN } }, 'wrong_type a notes'],
    ['a Map for a step', { verify: new Map() }, 'wrong_type a verify'],
    ['no function', { kind: 'function', prompt: undefined }, 'missing_function a'],
    ['a text for a function', { kind: 'function', prompt: undefined, run: 'x' }, 'missing_function a'],
    ['a function without a kind', { run: () => 1 }, 'field_not_applicable a run'],
    ['a field in snake_case', { timeout_ms: 5 }, 'unknown_field a timeout_ms'],
  ])('is refused: %s', (_, step, expected) => {
    expect(outline(issuesIn({ key: 'flow', steps: [{ id: 'a', prompt: 'x', ...step }] }))).toEqual([expected])
  })
})
