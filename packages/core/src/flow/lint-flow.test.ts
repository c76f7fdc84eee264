import { describe, expect, it } from 'vitest'
import { defineFlow } from './define-flow.ts'
import type { FlowInput } from './flow.ts'
import { issuesInYaml, outline } from './issues.fixture.ts'
import { lintFlow, lintFlows } from './lint-flow.ts'
import { parseFlow } from './parse-flow.ts'

const flowOf = (key: string, more: Partial<FlowInput> = {}) =>
  defineFlow({ key, steps: [{ id: 'a', prompt: 'x' }], ...more })

describe('L5: a definition as plain JSON', () => {
  it('is linted as it comes back from a journal, functions and digest included', () => {
    const flow = defineFlow({
      key: 'f',
      steps: [
        { id: 'a', kind: 'function', run: () => 1 },
        { id: 'b', kind: 'map', items: '$a.output', step: { prompt: '$item' } },
      ],
    })
    expect(lintFlow(JSON.parse(JSON.stringify(flow)))).toEqual([])
  })

  it.each([[5], [null], ['text'], [[]], [{ key: 5, steps: 'x' }], [{ steps: [null, { id: {} }] }]])(
    'is told what is wrong with it, whatever it is: %j',
    (value) => {
      expect(lintFlow(value).every(({ severity }) => severity === 'error')).toBe(true)
      expect(lintFlow(value)).not.toHaveLength(0)
    },
  )

  it('keeps the warnings of the source that a flow was made of, with their lines', () => {
    const flow = parseFlow('key: f\nsteps:\n  - id: a\n    prompt: of $a\n')
    expect(lintFlow(flow)).toMatchObject([{ code: 'looks_like_reference', severity: 'warning', line: 4 }])
  })
})

describe('L5: flows that run together', () => {
  const child = (flow: string): Partial<FlowInput> => ({ steps: [{ id: 'a', kind: 'flow', flow }] })
  const mapped: Partial<FlowInput> = {
    steps: [{ id: 'a', kind: 'map', items: '$params.x', step: { kind: 'flow', flow: 'other' } }],
  }

  it.each<[string, Partial<FlowInput>, readonly string[]]>([
    ['an unknown child', child('revew'), ['unknown_flow a flow']],
    ['an unknown child of a map', mapped, ['unknown_flow a step.flow']],
    [
      'an unknown engine',
      { steps: [{ id: 'a', prompt: 'x', engine: 'claud' }] },
      ['unknown_engine a engine'],
    ],
    ['an unknown engine of all steps', { defaults: { engine: 'claud' } }, ['unknown_engine defaults.engine']],
    [
      'an unknown engine inside a map',
      { steps: [{ id: 'a', kind: 'map', items: '$params.x', step: { prompt: 'x', engine: 'y' } }] },
      ['unknown_engine a step.engine'],
    ],
    ['a child that runs itself: its depth is bounded', child('main'), []],
  ])('are refused or not: %s', (_, input, expected) => {
    const issues = lintFlows([flowOf('main', input), flowOf('review')], { engines: ['claude', 'stub'] })
    expect(outline(issues)).toEqual(expected)
    expect(issues.every(({ severity }) => severity === 'error')).toBe(true)
  })

  it('come with the names that were meant', () => {
    const flows = [flowOf('main', child('revew')), flowOf('review')]
    expect(lintFlows(flows)[0]?.message).toBe(
      'Flow "main": step "a" runs unknown flow "revew". Did you mean "review"?',
    )
    const [issue] = lintFlows([flowOf('main', { defaults: { engine: 'quantum' } })], {
      engines: ['claude', 'stub'],
    })
    expect(issue?.message).toBe('Flow "main" names unknown engine "quantum". Known are claude, stub.')
  })

  it('V2: may go on to flows that are not there, with a warning', () => {
    const transitions = { onComplete: { nextFlow: 'plan' }, onFailure: { nextFlow: 'main' } }
    expect(lintFlows([flowOf('main', transitions)])).toMatchObject([
      { code: 'unknown_flow', field: 'onComplete.nextFlow', severity: 'warning' },
    ])
  })

  it('have keys of their own', () => {
    expect(outline(lintFlows([flowOf('a'), flowOf('b'), flowOf('a')]))).toEqual(['duplicate_flow key'])
  })

  it('are told with the lines of their sources, and as often as asked', () => {
    const flow = parseFlow('key: f\nsteps:\n  - id: a\n    kind: flow\n    flow: other\n')
    for (const _ of [1, 2]) expect(lintFlows([flow])).toMatchObject([{ code: 'unknown_flow', line: 5 }])
    expect(lintFlow(flow)).toEqual([])
  })

  it('check engines only when they are known', () => {
    expect(lintFlows([flowOf('main', { defaults: { engine: 'any' } })])).toEqual([])
  })
})

describe('L5: the linter', () => {
  it('finds everything that can be wrong with a flow at once', () => {
    const issues = issuesInYaml(`
key: nasty
steps:
  - { id: root, prompt: $later.output }
  - { id: root, prompt: x, needs: [] }
  - { id: one, prompt: x, needs: [two, missing] }
  - { id: two, prompt: $winner.output, needs: [one] }
  - { id: orphan, prompt: $item }
  - { id: forever, prompt: x, needs: [], routing: { kind: linear, next: forever } }
  - { id: nowhere, prompt: x, needs: [], routing: { kind: microloop, loop_target: forever } }
  - { id: last, prompt: x, needs: [], routing: { kind: terminal } }
  - { id: later, prompt: x, needs: [last] }
  - { id: typo, promt: x, prompt: x, needs: [], when: steps.nobody.verdict == "x" }
`)
    expect(new Set(issues.map(({ code }) => code))).toEqual(
      new Set([
        'unknown_field',
        'duplicate_id',
        'unknown_step',
        'loop_no_exit',
        'loop_target_not_upstream',
        'cycle',
        'no_way_in',
        'rule_never_fires',
        'reference_cannot_have_run',
        'winner_without_race',
        'item_outside_map',
      ]),
    )
    expect(issues.every(({ line, step }) => line !== undefined && step !== undefined)).toBe(true)
  })
})
