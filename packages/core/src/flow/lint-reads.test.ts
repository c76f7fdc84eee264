import { describe, expect, it } from 'vitest'
import { issuesInSteps, outline, toYaml } from './issues.fixture.ts'
import { lintFlow } from './lint-flow.ts'
import { parseFlow } from './parse-flow.ts'

const loop = 'routing: {kind: microloop, loop_target: a}'

describe('T1: a reference', () => {
  it.each([
    ['of an unknown step', ['{id: a, prompt: $b.output}'], 'unknown_step a prompt'],
    ['of an unknown step, though it is optional', ['{id: a, prompt: $b.output?}'], 'unknown_step a prompt'],
    ['of itself', ['{id: a, prompt: $a.output}'], 'reference_cannot_have_run a prompt'],
    [
      'of itself in a loop, without ?',
      [`{id: a, prompt: $a.output, ${loop}}`],
      'reference_cannot_have_run a prompt',
    ],
    [
      'of itself without a loop, though it is optional',
      ['{id: a, prompt: $a.output?}'],
      'reference_cannot_have_run a prompt',
    ],
    ['of a step downstream', ['{id: a, prompt: $b.output}', '{id: b}'], 'reference_cannot_have_run a prompt'],
    [
      'of a step downstream, though it is optional',
      ['{id: a, prompt: $b.output?}', '{id: b}'],
      'reference_cannot_have_run a prompt',
    ],
    [
      'of a step downstream in a loop, without ?',
      ['{id: a, prompt: $b.output}', `{id: b, ${loop}}`],
      'reference_cannot_have_run a prompt',
    ],
    [
      'of a step beside, without ?',
      ['{id: a, needs: []}', '{id: b, needs: [], prompt: $a.output}'],
      'reference_cannot_have_run b prompt',
    ],
    [
      'of the winner without a race',
      ['{id: a}', '{id: b, needs: [a], prompt: $winner.output}'],
      'winner_without_race b prompt',
    ],
    [
      'of an item outside of a map',
      ['{id: a, prompt: $item.name and $index}'],
      'item_outside_map a prompt, item_outside_map a prompt',
    ],
    [
      'in the items of a map',
      ['{id: a, kind: map, items: $b.output, step: {prompt: x}}'],
      'unknown_step a items',
    ],
    [
      'in the step of a map',
      ['{id: a, kind: map, items: $params.x, step: {prompt: $b.output}}'],
      'unknown_step a step.prompt',
    ],
    [
      'in the params of a child',
      ['{id: a, kind: flow, flow: other, params: {x: [{y: $b.output}]}}'],
      'unknown_step a params.x.0.y',
    ],
    [
      'in a correlation',
      ['{id: a, kind: wait, correlation: $b.output, prompt: x}'],
      'field_not_applicable a prompt, unknown_step a correlation',
    ],
    [
      'in what is shown for approval',
      ['{id: a, kind: approval, prompt: $b.output}'],
      'unknown_step a prompt',
    ],
    [
      'in the reason for questions',
      ['{id: a, kind: question, prompt: $b.output, questions: [{id: q, text: x}]}'],
      'unknown_step a prompt',
    ],
  ])('is refused: %s', (_, steps, expected) => {
    expect(outline(issuesInSteps(...steps)).join(', ')).toBe(expected)
  })

  it.each([
    ['of a step before', ['{id: a}', '{id: b}', '{id: c, prompt: $a.output and $b.output.x}']],
    [
      'of a step upstream that is declared later',
      ['{id: b, needs: [a], prompt: $a.output}', '{id: a, needs: []}'],
    ],
    [
      'of a step upstream that a branch may leave out',
      [
        '{id: a, routing: {kind: branch, cases: [{value: 1, next: b}], default: c}}',
        '{id: b}',
        '{id: c, prompt: $b.output?}',
      ],
    ],
    ['of itself in a loop', [`{id: a, prompt: $a.output?, ${loop}}`]],
    ['of a step downstream in a loop', ['{id: a, prompt: $b.output?}', `{id: b, ${loop}}`]],
    [
      'of the winner of a race',
      ['{id: a}', '{id: b, needs: [a], trigger_rule: one_success, prompt: $winner.output}'],
    ],
    [
      'of the winner, in the step of a map',
      [
        '{id: a}',
        '{id: b, needs: [a], trigger_rule: one_success, kind: map, items: $winner.output, step: {prompt: $winner.output}}',
      ],
    ],
    [
      'of an item in a map',
      ['{id: a, kind: map, items: $params.x, item_key: $item.id, step: {prompt: "$index: $item"}}'],
    ],
    ['that is escaped', ['{id: a, prompt: $$b.output}']],
  ])('is taken: %s', (_, steps) => {
    expect(outline(issuesInSteps(...steps))).toEqual([])
  })
})

describe('F7: a condition', () => {
  it.each([
    ['of a step', '{id: a, when: steps.b.verdict == "x"}', 'unknown_step a when'],
    [
      'of a case',
      '{id: a, routing: {kind: branch, cases: [{when: steps.b.data.x, next: a}], default: a}}',
      'unknown_step a routing.cases[0].when',
    ],
    [
      'of the items of a map',
      '{id: a, kind: map, items: steps.b.data.files, step: {prompt: x}}',
      'unknown_step a items',
    ],
    [
      'of the step of a map',
      '{id: a, kind: map, items: $params.x, step: {prompt: x, when: item.ok && steps.b.data.ok}}',
      'unknown_step a step.when',
    ],
    [
      'of the key of an item',
      '{id: a, kind: map, items: $params.x, item_key: steps.b.data.id + item.id, step: {prompt: x}}',
      'unknown_step a item_key',
    ],
  ])('is refused when it names an unknown step: %s', (_, step, expected) => {
    expect(outline(issuesInSteps(step))).toEqual([expected])
  })

  it('may name any step, but is told when that one can only run afterwards', () => {
    const warnings = (...steps: readonly string[]) => outline(lintFlow(parseFlow(toYaml(steps))))
    expect(warnings('{id: a, when: steps.b.status == "pending"}', '{id: b}')).toEqual([
      'reference_cannot_have_run a when',
    ])
    expect(warnings('{id: a, when: steps.b.verdict == ""}', `{id: b, ${loop}}`)).toEqual([])
    expect(warnings('{id: a}', '{id: b, when: steps.a.verdict == ""}')).toEqual([])
    const own = 'routing: {kind: branch, cases: [{when: steps.a.data.ok, next: b}], default: b}'
    expect(warnings(`{id: a, ${own}}`, '{id: b}')).toEqual([])
  })
})

describe('L5: what reads a step that runs beside it', () => {
  const warnings = (...steps: readonly string[]) => lintFlow(parseFlow(toYaml(steps)))
  const back = `routing: {kind: microloop, loop_target: top}`
  const top = ['{id: top}', '{id: a, needs: [top]}']

  it.each([
    ['an optional reference', ['{id: a, needs: []}', '{id: b, needs: [], prompt: $a.output?}'], 'b prompt'],
    [
      'a reference in the step of a map',
      ['{id: a, needs: []}', '{id: b, needs: [], kind: map, items: $params.x, step: {prompt: $a.output?}}'],
      'b step.prompt',
    ],
    ['a condition', ['{id: a, needs: []}', '{id: b, needs: [], when: steps.a.verdict == ""}'], 'b when'],
    [
      'a condition over all steps',
      ['{id: a, needs: []}', '{id: b, needs: [], when: "steps.all(id, id != \'x\')"}'],
      'b when',
    ],
    [
      'a case of a branch',
      [
        '{id: a, needs: []}',
        '{id: b, needs: [], routing: {kind: branch, cases: [{when: steps.a.data.ok, next: c}], default: c}}',
        '{id: c}',
      ],
      'b routing.cases[0].when',
    ],
    [
      'a reference within a loop',
      [...top, '{id: b, needs: [top], prompt: $a.output?}', `{id: c, needs: [a, b], ${back}}`],
      'b prompt',
    ],
  ])('is a warning with its line: %s', (_, steps, place) => {
    const issues = warnings(...steps)
    expect(outline(issues)).toEqual([`reads_beside ${place}`])
    expect(issues).toMatchObject([
      { severity: 'warning', line: steps.findIndex((one) => one.includes('id: b')) + 3 },
    ])
  })

  it('is none where edges say which of the two is first, one way or the other', () => {
    expect(
      warnings(
        ...top,
        '{id: b, needs: [a], prompt: $top.output? $b.output? $c.output?, when: steps.a.verdict == ""}',
        `{id: c, needs: [b], when: "steps.all(id, id != 'x')", ${back}}`,
      ),
    ).toEqual([])
  })
})

describe('L5: a text that looks wrong', () => {
  const flow = (prompt: string, more = '') =>
    lintFlow(
      parseFlow(
        `{key: f, params: {properties: {topic: {}}}, steps: [{id: plan, prompt: x}, {id: a, prompt: "${prompt}"${more}}]}`,
      ),
    )

  it.each([
    ['a param that the flow does not describe', '$params.topc', 'unknown_param a prompt'],
    ['a step without its output', 'from $plan', 'looks_like_reference a prompt'],
    ['another member of a step', '$plan.result', 'looks_like_reference a prompt'],
    ['params as a whole', '$params', 'looks_like_reference a prompt'],
  ])('is a warning: %s', (_, prompt, expected) => {
    expect(flow(prompt)).toMatchObject([{ severity: 'warning' }])
    expect(outline(flow(prompt))).toEqual([expected])
  })

  it.each(['$params.topic', '$5', '$$plan', '$HOME'])('is not: %s', (prompt) => {
    expect(flow(prompt)).toEqual([])
  })

  it('is a reference where references are not resolved', () => {
    expect(outline(flow('x', ', role: "of $plan.output"'))).toEqual(['looks_like_reference a role'])
  })

  it('is a param that a condition names and the flow does not describe', () => {
    expect(outline(flow('x', ', when: params.topc != null'))).toEqual(['unknown_param a when'])
  })
})
