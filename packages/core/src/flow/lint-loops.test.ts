import { describe, expect, it } from 'vitest'
import { issuesInSteps, outline } from './issues.fixture.ts'

const loop = (target: string, next = '') =>
  `routing: {kind: microloop, loop_target: ${target}${next === '' ? '' : `, next: ${next}`}}`
const back = (target: string, next: string) =>
  `routing: {kind: branch, cases: [{value: 1, next: ${target}}], default: ${next}}`
const to = (next: string) => `routing: {kind: linear, next: ${next}}`

describe('L5: a loop', () => {
  it.each([
    [
      'F2',
      'a plain next that points back',
      ['{id: a}', `{id: b, ${to('a')}}`],
      'loop_no_exit b routing.next',
    ],
    ['F2', 'a plain next onto its own step', [`{id: a, ${to('a')}}`], 'loop_no_exit a routing.next'],
    [
      'F2',
      'the next of a microloop that points back',
      ['{id: a}', '{id: b}', `{id: c, ${loop('b', 'a')}}`],
      'loop_no_exit c routing.next',
    ],
    [
      'L2',
      'a target downstream',
      [`{id: a, ${loop('b', 'b')}}`, '{id: b}'],
      'loop_target_not_upstream a routing.loop_target',
    ],
    [
      'L2',
      'a target beside',
      ['{id: a, needs: []}', '{id: b, needs: []}', `{id: c, needs: [b], ${loop('a')}}`],
      'loop_target_not_upstream c routing.loop_target',
    ],
    [
      'L5',
      'a route from outside past its target',
      [
        '{id: s, routing: {kind: branch, cases: [{value: 1, next: b}], default: a}}',
        '{id: a}',
        '{id: b}',
        `{id: c, ${loop('a')}}`,
      ],
      'loop_side_entry s routing',
    ],
    [
      'L5',
      'a race of a step in it and one outside',
      [
        '{id: a, needs: []}',
        `{id: b, needs: [a], ${loop('a')}}`,
        '{id: o, needs: []}',
        '{id: r, needs: [b, o], trigger_rule: one_success}',
      ],
      'loop_mixed_race r needs',
    ],
    [
      'L5',
      'a race inside it with one outside',
      [
        '{id: a, needs: []}',
        '{id: o, needs: []}',
        '{id: r, needs: [a, o], trigger_rule: one_success}',
        `{id: b, needs: [r], ${loop('a')}}`,
      ],
      'loop_mixed_race r needs',
    ],
    [
      'L5',
      'a loop across another',
      ['{id: a}', '{id: b}', `{id: c, ${loop('a', 'd')}}`, `{id: d, ${loop('b')}}`],
      'loops_entangled d routing',
    ],
    [
      'L5',
      'two decisions beside each other that go back to one target',
      ['{id: a, needs: []}', `{id: b, needs: [a], ${loop('a')}}`, `{id: c, needs: [a], ${loop('a')}}`],
      'loops_entangled c routing',
    ],
  ])('%s: is refused: %s', (_rule, _title, steps, expected) => {
    expect(outline(issuesInSteps(...steps)).join(', ')).toBe(expected)
  })

  it.each([
    ['L2', 'an author and a critic', ['{id: a}', `{id: c, ${loop('a', 'd')}}`, '{id: d}']],
    ['L2', 'a step on itself', [`{id: a, ${loop('a')}}`, '{id: b}']],
    ['L2', 'a branch that points back', ['{id: a}', `{id: b, ${back('a', 'c')}}`, '{id: c}']],
    ['L2', 'a branch whose default points back too', ['{id: a}', `{id: b, ${back('a', 'a')}}`]],
    ['L5', 'a loop in a loop', ['{id: a}', '{id: b}', `{id: c, ${loop('b', 'd')}}`, `{id: d, ${loop('a')}}`]],
    [
      'L5',
      'loops that share a target',
      ['{id: a}', `{id: b, ${loop('a', 'c')}}`, `{id: c, ${back('a', 'd')}}`, '{id: d}'],
    ],
    [
      'L5',
      'a branch out of a loop',
      [
        '{id: a}',
        `{id: b, ${back('a', 'c').replace('cases: [', 'cases: [{value: 2, next: d}, ')}}`,
        '{id: c}',
        '{id: d}',
      ],
    ],
    [
      'L5',
      'loops one after the other',
      ['{id: a}', `{id: b, ${loop('a', 'c')}}`, '{id: c}', `{id: d, ${loop('c')}}`],
    ],
    [
      'L5',
      'a need from outside in the middle',
      [
        '{id: s, needs: []}',
        '{id: a, needs: []}',
        '{id: b, needs: [a, s]}',
        `{id: c, needs: [b], ${loop('a')}}`,
      ],
    ],
    [
      'L5',
      'a race of steps that are all in it',
      [
        '{id: a, needs: []}',
        '{id: x, needs: [a]}',
        '{id: y, needs: [a]}',
        '{id: r, needs: [x, y], trigger_rule: one_success}',
        `{id: b, needs: [r], ${loop('a')}}`,
      ],
    ],
    [
      'F2',
      'a next onto a step that needs this one',
      ['{id: b, needs: [a]}', `{id: a, needs: [], ${to('b')}}`],
    ],
  ])('%s: is taken: %s', (_rule, _title, steps) => {
    expect(outline(issuesInSteps(...steps))).toEqual([])
  })
})
