import { describe, expect, it } from 'vitest'
import { issuesInSteps, outline } from './issues.fixture.ts'

describe('L5: names of steps', () => {
  it.each([
    ['a need', ['{id: a}', '{id: b, needs: [a, c]}'], 'unknown_step b needs[1]'],
    ['a next', ['{id: a, routing: {kind: linear, next: c}}', '{id: b}'], 'unknown_step a routing.next'],
    [
      'a loop target',
      ['{id: a, routing: {kind: microloop, loop_target: c}}'],
      'unknown_step a routing.loop_target',
    ],
    [
      'the next of a loop',
      ['{id: a, routing: {kind: microloop, loop_target: a, next: c}}'],
      'unknown_step a routing.next',
    ],
    [
      'a case',
      ['{id: a, routing: {kind: branch, cases: [{value: 1, next: c}], default: a}}'],
      'unknown_step a routing.cases[0].next',
    ],
    [
      'a default',
      ['{id: a, routing: {kind: branch, cases: [{value: 1, next: a}], default: c}}'],
      'unknown_step a routing.default',
    ],
  ])('of %s must be known', (_, steps, expected) => {
    expect(outline(issuesInSteps(...steps)).filter((issue) => issue.startsWith('unknown'))).toEqual([
      expected,
    ])
  })

  it('that are unknown come with the one that was meant', () => {
    expect(issuesInSteps('{id: research}', '{id: b, needs: [reserch]}')[0]?.message).toBe(
      'Flow "flow": step "b" needs unknown step "reserch". Did you mean "research"?',
    )
  })

  it('are there once', () => {
    expect(outline(issuesInSteps('{id: a}', '{id: b}', '{id: a}'))).toEqual(['duplicate_id a id'])
  })

  it.each(['winner', 'params', 'item', 'index'])(
    'T1: are not "%s", which references read otherwise',
    (id) => {
      expect(outline(issuesInSteps(`{id: ${id}}`))).toEqual([`reserved_id ${id} id`])
    },
  )
})
