import { describe, expect, it } from 'vitest'
import { defineFlow } from './define-flow.ts'
import { issuesInSteps, outline } from './issues.fixture.ts'

const arms = '{id: b, routing: {kind: branch, cases: [{value: 1, next: x}], default: y}}'
const branch = [
  arms,
  '{id: x, routing: {kind: linear, next: z}}',
  '{id: y, routing: {kind: linear, next: z}}',
  '{id: z}',
]

describe('L5: a cycle', () => {
  it.each([
    ['of a step that needs itself', ['{id: a, needs: [a]}'], '"a" → "a"'],
    ['of two steps', ['{id: r, needs: []}', '{id: a, needs: [b]}', '{id: b, needs: [a]}'], '"a" → "b" → "a"'],
    [
      'of three',
      ['{id: a, needs: [c]}', '{id: b, needs: [a]}', '{id: c, needs: [b]}'],
      '"a" → "b" → "c" → "a"',
    ],
    [
      'with a tail on both sides',
      ['{id: t, needs: []}', '{id: a, needs: [t, b]}', '{id: b, needs: [a]}', '{id: u, needs: [b]}'],
      '"a" → "b" → "a"',
    ],
    [
      'of a need and a route',
      ['{id: r, needs: []}', '{id: a, needs: [r, b], routing: {kind: linear, next: b}}', '{id: b}'],
      '"a" → "b" → "a"',
    ],
  ])('is named whole: %s', (_, steps, cycle) => {
    const issues = issuesInSteps(...steps).filter(({ code }) => code === 'cycle')
    expect(issues).toHaveLength(1)
    expect(issues[0]?.message).toContain(`waits for itself: ${cycle}.`)
  })

  it('is reported for each that shares no step with another', () => {
    const issues = issuesInSteps(
      '{id: a, needs: [b]}',
      '{id: b, needs: [a]}',
      '{id: c, needs: [d, b]}',
      '{id: d, needs: [c]}',
    )
    expect(outline(issues)).toEqual(['cycle a needs', 'cycle c needs'])
  })
})

describe('L5: a step that can never start', () => {
  it.each([
    ['F1', 'no needs in a graph', ['{id: a}', '{id: b, needs: [a]}', '{id: c}'], 'no_way_in c'],
    [
      'F2',
      'only a back edge leads to it',
      [
        '{id: a, needs: []}',
        '{id: b}',
        '{id: c, needs: [b], routing: {kind: branch, cases: [{value: 1, next: b}], default: d}}',
        '{id: d}',
      ],
      'no_way_in b, unreachable_step c needs, unreachable_step d',
    ],
    [
      'F2',
      'the step before jumps past it',
      ['{id: a, routing: {kind: linear, next: c}}', '{id: b}', '{id: c}'],
      'unreachable_step b',
    ],
    [
      'L1',
      'the step before ends the flow',
      ['{id: a, routing: {kind: terminal}}', '{id: b}'],
      'unreachable_step b',
    ],
    [
      'L1',
      'the branch before never falls through',
      ['{id: a, routing: {kind: branch, cases: [{value: 1, next: c}]}}', '{id: b}', '{id: c}'],
      'unreachable_step b',
    ],
    [
      'F3',
      'what it needs is never reached',
      ['{id: a, needs: []}', '{id: b}', '{id: c, needs: [a, b]}'],
      'no_way_in b, unreachable_step c needs',
    ],
    [
      'F4',
      'it needs two arms of one branch',
      [arms, '{id: x}', '{id: y}', '{id: z, needs: [x, y]}'],
      'rule_never_fires z needs',
    ],
    [
      'F4',
      'it needs the heirs of two arms',
      [arms, '{id: x}', '{id: y}', '{id: p, needs: [x]}', '{id: q, needs: [y]}', '{id: z, needs: [p, q]}'],
      'rule_never_fires z needs',
    ],
    [
      'F4',
      'it is on one arm and needs another',
      [arms, '{id: x}', '{id: y, needs: [x]}'],
      'rule_never_fires y needs',
    ],
    [
      'L1',
      'it needs a terminal step',
      ['{id: a, routing: {kind: terminal}}', '{id: b, needs: [a]}'],
      'rule_never_fires b needs',
    ],
    [
      'L1',
      'it races terminal steps',
      ['{id: a, routing: {kind: terminal}}', '{id: b, needs: [a], trigger_rule: one_success}'],
      'rule_never_fires b needs',
    ],
  ])('%s: is refused: %s', (_rule, _title, steps, expected) => {
    expect(outline(issuesInSteps(...steps)).join(', ')).toBe(expected)
  })

  it.each([
    ['F1', 'needs: [] makes a root', ['{id: a}', '{id: b, needs: [a]}', '{id: c, needs: []}']],
    [
      'F1',
      'a route is a way in',
      ['{id: a, routing: {kind: linear, next: c}}', '{id: b, needs: [a]}', '{id: c}'],
    ],
    [
      'F3',
      'a terminal step may be skipped',
      ['{id: a, when: params.go, routing: {kind: terminal}}', '{id: b}'],
    ],
    [
      'F3',
      'a terminal step may fail',
      ['{id: a, allow_failure: true, routing: {kind: terminal}}', '{id: b}'],
    ],
    ['F4', 'the arms of a branch meet by routes', branch],
    [
      'F4',
      'the arms of a branch meet by none_failed',
      [arms, '{id: x}', '{id: y}', '{id: z, needs: [x, y], trigger_rule: none_failed}'],
    ],
    [
      'F4',
      'the arms of a branch meet by all_done',
      [arms, '{id: x}', '{id: y}', '{id: z, needs: [x, y], trigger_rule: all_done}'],
    ],
    [
      'F4',
      'the arms of a branch race',
      [arms, '{id: x}', '{id: y}', '{id: z, needs: [x, y], trigger_rule: one_success}'],
    ],
    ['F4', 'what follows the meeting needs an arm no more', [...branch, '{id: w, needs: [z, b]}']],
    [
      'F4',
      'both cases lead to one step',
      [
        '{id: b, routing: {kind: branch, cases: [{value: 1, next: x}], default: x}}',
        '{id: x}',
        '{id: z, needs: [b, x]}',
      ],
    ],
    ['F4', 'a race of one', ['{id: a}', '{id: b, needs: [a], trigger_rule: one_success}']],
    [
      'L1',
      'a report after a terminal step that failed',
      ['{id: a, routing: {kind: terminal}}', '{id: b, needs: [a], trigger_rule: all_done}'],
    ],
    [
      'L1',
      'a race of a terminal step and another',
      [
        '{id: a, needs: [], routing: {kind: terminal}}',
        '{id: c, needs: []}',
        '{id: b, needs: [a, c], trigger_rule: one_success}',
      ],
    ],
  ])('%s: is not this: %s', (_rule, _title, steps) => {
    expect(outline(issuesInSteps(...steps))).toEqual([])
  })

  it('is not reported for what only follows from a fault of its own', () => {
    expect(outline(issuesInSteps('{id: a, needs: []}', '{id: b, need: [a]}'))).toEqual([
      'unknown_field b need',
    ])
  })

  it('is looked for in a time that grows with the flow', () => {
    const steps = Array.from({ length: 20_000 }, (_, index) => ({
      id: `s${index}`,
      prompt: index === 0 ? 'x' : `$s${index - 1}.output and $s0.output`,
    }))
    const started = performance.now()
    defineFlow({ key: 'flow', steps })
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})
