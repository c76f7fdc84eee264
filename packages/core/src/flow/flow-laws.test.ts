import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { SwarmError } from '../errors/swarm-error.ts'
import { defineFlow } from './define-flow.ts'
import type { FlowInput, StepInput } from './flow.ts'
import { compileFlow } from './graph.ts'
import { lintFlow } from './lint-flow.ts'
import { parseFlow } from './parse-flow.ts'

const texts = fc.constantFrom(
  'x',
  'y z',
  '$$',
  'no: "yes"',
  '|',
  '- a\n- b',
  ' $params.x ',
  '$s0.output?',
  '$s1.output',
)
const places = fc.nat({ max: 9 })
const rarely = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })

/** A step before its neighbours are known: places stand for ids. */
const seeds = fc.record({
  prompt: texts,
  title: rarely(texts),
  needs: fc.uniqueArray(places, { maxLength: 3 }),
  triggerRule: rarely(fc.constantFrom('none_failed', 'one_success', 'all_done')),
  timeoutMs: rarely(fc.integer({ min: 1 })),
  when: rarely(fc.constantFrom('params.x', 'steps.s0.verdict == "x"', 'steps.none.data')),
  notes: rarely(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 2 })),
  routing: rarely(
    fc.record({
      kind: fc.constantFrom('linear', 'microloop', 'branch', 'terminal'),
      to: places,
      other: places,
    }),
  ),
})
type Seed = typeof seeds extends fc.Arbitrary<infer Value> ? Value : never

const flows: fc.Arbitrary<FlowInput> = fc
  .tuple(fc.boolean(), fc.array(seeds, { minLength: 1, maxLength: 6 }))
  .map(([isSequence, list]) => ({
    key: 'flow',
    steps: list.map((seed, index) => toStep(seed, { index, count: list.length, isSequence })),
  }))

/** Most needs point to steps before, so that most flows are sound. */
function toStep(
  seed: Seed,
  { index, count, isSequence }: { index: number; count: number; isSequence: boolean },
): StepInput {
  const { needs, triggerRule, routing, ...fields } = seed
  const ids = [...new Set(needs.map((place) => `s${place === 9 ? place : place % Math.max(index, 1)}`))]
  const step = {
    ...fields,
    id: `s${index}`,
    needs: isSequence ? undefined : index === 0 ? [] : ids,
    triggerRule: isSequence || index === 0 || ids.length === 0 ? undefined : triggerRule,
    routing: routing === undefined ? undefined : toRouting(routing, count),
  }
  const members = Object.entries(step).filter(([, value]) => value !== undefined)
  // A record of fields whose types hold one by one.
  return Object.fromEntries(members) as unknown as StepInput
}

function toRouting({ kind, to, other }: NonNullable<Seed['routing']>, count: number): unknown {
  const [next, target] = [`s${other % count}`, `s${to % count}`]
  if (kind === 'linear') return { kind, next }
  if (kind === 'microloop') return { kind, loopTarget: target, next }
  return kind === 'branch' ? { kind, cases: [{ value: 'v', next: target }], default: next } : { kind }
}

describe('L5: for any flow', () => {
  it('TypeScript, YAML and JSON are taken or refused alike, and make one digest', () => {
    let made = 0
    fc.assert(
      fc.property(flows, (input) => {
        const flow = attempt(() => defineFlow(input))
        const parsed = attempt(() => parseFlow(stringify(toSnakeCase(input))))
        expect(parsed).toEqual(flow)
        if (typeof flow === 'object') {
          made += 1
          expect(
            lintFlow(JSON.parse(JSON.stringify(flow))).filter(({ severity }) => severity === 'error'),
          ).toEqual([])
        }
      }),
      { numRuns: 1_000 },
    )
    expect(made).toBeGreaterThan(200)
  })

  it('F1: what is made has a way to every step', () => {
    fc.assert(
      fc.property(flows, (input) => {
        const flow = attempt(() => defineFlow(input))
        if (typeof flow !== 'object') return
        const { steps } = compileFlow(flow)
        const reached = new Set(steps.filter(({ isRoot }) => isRoot).map(({ index }) => index))
        for (const index of reached) for (const { to } of steps[index]?.outgoing ?? []) reached.add(to)
        expect(reached.size).toBe(steps.length)
      }),
      { numRuns: 1_000 },
    )
  })

  it('the linter takes any JSON without throwing', () => {
    const keys = fc.constantFrom(
      'key',
      'steps',
      'id',
      'kind',
      'prompt',
      'needs',
      'routing',
      'items',
      'step',
      'cases',
      'next',
      'when',
      'questions',
      'onDeadline',
      'params',
      'output',
      '__proto__',
      'constructor',
    )
    const values = fc.constantFrom<unknown>(
      'a',
      'map',
      'branch',
      'question',
      'wait',
      '$a.output',
      'a.b',
      5,
      null,
      true,
    )
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'medium', withCrossShrink: true },
        values,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.array(fc.tuple(keys, tie('tree')), { maxLength: 5 }).map((members) => Object.fromEntries(members)),
      ),
    }))
    fc.assert(
      fc.property(fc.oneof(tree, fc.jsonValue()), fc.array(tree), (value, list) => {
        lintFlow(value)
        expect(
          lintFlow({ key: 'a', steps: list }).every(({ message }) => message.startsWith('Flow "a"')),
        ).toBe(true)
      }),
      { numRuns: 1_500 },
    )
  })

  it('parsing any text gives a flow or one error that lists its issues', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'key: steps\n -[]{}?&*a!|>%#"\'') }), (text) => {
        expect(['object', 'string']).toContain(typeof attempt(() => parseFlow(text)))
      }),
      { numRuns: 1_000 },
    )
  })
})

/** What an action gives, or the codes of the issues for which it was refused. */
function attempt<Result>(action: () => Result): Result | string {
  try {
    return action()
  } catch (error) {
    if (!SwarmError.is(error) || error.code !== 'flow_invalid') throw error
    return error.message
      .replace(/^line \d+: /gm, '')
      .replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  }
}

function toSnakeCase(input: FlowInput): unknown {
  const { steps, ...flow } = input
  return {
    ...flow,
    steps: steps.map(({ notes, ...step }) => {
      const text = JSON.stringify(step).replace(/"(triggerRule|timeoutMs|loopTarget)":/g, (name) => {
        return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
      })
      return notes === undefined ? JSON.parse(text) : { ...JSON.parse(text), notes }
    }),
  }
}
