import { describe, expect, it } from 'vitest'
import { issuesInYaml, outline } from './issues.fixture.ts'
import { lintFlow } from './lint-flow.ts'
import { parseFlow } from './parse-flow.ts'

/** A flow of one step, and the fields of its step. */
function stepOf(fields: string): unknown {
  const [step] = parseFlow(
    `{key: f, steps: [{id: a, role: r, ${fields}}, {id: b, role: r}, {id: c, role: r}]}`,
  ).steps
  return step
}

describe('the registry dialect', () => {
  it('names flows by key and steps by agents; what it only tells is documentation', () => {
    const flow = parseFlow(`
key: signal
index: 1
title: Signal to spec
short_title: Signal
is_sdlc: true
charter: { goal: shape, exit_criteria: [done], non_goals: [], offroad_policy: { justified: [x] } }
teaching: { title: Shaping, summary: x }
cross_cutting: [clarifier]
steps:
  - id: normalize
    index: 1
    agents: [signal-normalizer]
    role: Parse the input
    teaching_note: Watch the context
    teaching_highlight: true
    teaching_notes: { inputs: [raw.md], outputs: [issue.md], emphasizes: [context], constraints: [no code] }
    routing: { kind: linear, next: null }
`)
    expect(flow).toMatchObject({
      key: 'signal',
      notes: { index: 1, short_title: 'Signal', is_sdlc: true, cross_cutting: ['clarifier'] },
      steps: [
        {
          kind: 'agent',
          agents: ['signal-normalizer'],
          teachingNotes: {
            inputs: ['raw.md'],
            outputs: ['issue.md'],
            emphasizes: ['context'],
            constraints: ['no code'],
          },
          teaching: { note: 'Watch the context', highlight: true },
          notes: { index: 1 },
          routing: { kind: 'linear' },
        },
      ],
    })
    expect(lintFlow(flow)).toEqual([])
  })

  it.each([
    [
      'the status is the verdict',
      'loop_condition_field: status, loop_success_values: [VERIFIED, verified]',
      { successValues: ['VERIFIED', 'verified'] },
    ],
    [
      'any other field is itself',
      'loop_condition_field: pending_blocking, loop_success_values: ["0"]',
      { field: 'pending_blocking', successValues: ['0'] },
    ],
    ['the bound is a bound', 'max_iterations: 50', { maxIterations: 50 }],
  ])('L6: a microloop: %s', (_, fields, expected) => {
    expect(stepOf(`routing: {kind: microloop, loop_target: a, next: b, ${fields}}`)).toHaveProperty(
      'routing',
      {
        kind: 'microloop',
        loopTarget: 'a',
        next: 'b',
        ...expected,
      },
    )
  })

  it.each([
    ['the verdict', '', {}],
    ['the verdict by its old name', ', loop_condition_field: status', {}],
    ['a field', ', loop_condition_field: size', { field: 'size' }],
  ])('L1: branches lead from values of %s to steps', (_, fields, named) => {
    const routing = `{kind: branch, branches: {small: b, yes: c, true: b}, next: c${fields}}`
    expect(stepOf(`routing: ${routing}`)).toHaveProperty('routing', {
      kind: 'branch',
      cases: [
        { ...named, value: 'small', next: 'b' },
        { ...named, value: 'yes', next: 'c' },
        { ...named, value: 'true', next: 'b' },
      ],
      default: 'c',
    })
  })
})

describe('forks and joins of the registry dialect', () => {
  const gate = (join: string, branches = '') => `
key: gate
steps:
  - { id: start, role: r }
  - { id: receipt, role: r, routing: { kind: fork, fork_targets: [left, right] } }
  - { id: left, role: r${branches} }
  - { id: right, role: r${branches}, routing: { kind: linear, next: fix } }
  - { id: fix, role: r, routing: ${join} }
  - { id: merge, role: r }
  - { id: report, role: r }
`
  const connected = [
    { id: 'start', routing: { kind: 'linear', next: 'receipt' } },
    { id: 'receipt' },
    { id: 'left', needs: ['receipt'] },
    { id: 'right', needs: ['receipt'], routing: { kind: 'linear', next: 'fix' } },
    {
      id: 'fix',
      needs: ['left', 'right'],
      triggerRule: 'all_done',
      routing: { kind: 'linear', next: 'merge' },
    },
    { id: 'merge', routing: { kind: 'linear', next: 'report' } },
    { id: 'report' },
  ]

  it.each([
    ['join_from', gate('{kind: join, join_strategy: all_complete, join_from: [left, right], next: merge}')],
    ['the join points of the branches', gate('{kind: join}', ', parallel_branch: true, join_point: fix')],
    ['the targets of the fork', gate('{kind: join}')],
  ])('F1: are needs, and the order of the rest becomes routes: by %s', (_, source) => {
    const flow = parseFlow(source)
    expect(flow.steps.map(({ kind, notes, ...step }) => ({ ...step, role: undefined }))).toEqual(
      connected.map((step) => ({ ...step, role: undefined })),
    )
    expect(lintFlow(flow)).toEqual([])
  })

  it('F1: are absent from a flow that strings its steps by next: it stays a sequence', () => {
    const flow = parseFlow(
      '{key: f, steps: [{id: a, role: r, routing: {kind: linear, next: b}}, {id: b, role: r}]}',
    )
    expect(flow.steps.some((step) => 'needs' in step)).toBe(false)
  })

  it.each([
    ['an unknown target', '{kind: fork, fork_targets: [b, d]}', 'unknown_step a routing'],
    ['no targets', '{kind: fork}', 'missing_field a routing'],
    [
      'a join by another strategy',
      '{kind: join, join_strategy: quorum, join_from: []}',
      'value_not_allowed a routing',
    ],
    ['a join of an unknown step', '{kind: join, join_from: [d]}', 'unknown_step a needs[0]'],
    [
      'a field too many',
      '{kind: fork, fork_targets: [b, c], batch_size: 4}',
      'unknown_field a routing.batch_size',
    ],
  ])('are refused: %s', (_, routing, expected) => {
    const source = `{key: f, steps: [{id: a, role: r, routing: ${routing}}, {id: b, role: r}, {id: c, role: r}]}`
    expect(outline(issuesInYaml(source))).toContain(expected)
  })

  it('tell that the parallel block of the gate is only kept', () => {
    const flow = parseFlow('{key: f, parallel: {isolation: isolated}, steps: [{id: a, role: r}]}')
    expect(flow.notes).toEqual({ parallel: { isolation: 'isolated' } })
    expect(lintFlow(flow)).toMatchObject([{ code: 'no_effect', severity: 'warning', line: 1 }])
  })
})

describe('the spec dialect', () => {
  it('names flows by a numbered id and steps by stations', () => {
    const flow = parseFlow(`
id: 3-build
version: 2
title: Build
defaults: { context_pack: { include_previous_envelopes: true, max_envelopes: 8 } }
cross_cutting_stations: [clarifier]
steps:
  - id: implement
    station: code-implementer
    objective: Write the code
    scope: one subtask
    inputs: [plan.md]
    outputs: [summary.md]
    teaching: { highlight: true, note: x }
    routing: { kind: terminal }
on_complete: { next_flow: 4-review, reason: built }
on_failure: { next_flow: null }
`)
    expect(flow).toMatchObject({
      key: 'build',
      notes: { version: 2, cross_cutting_stations: ['clarifier'] },
      defaults: { history: { maxEntries: 8 } },
      onComplete: { nextFlow: 'review', reason: 'built' },
      steps: [{ station: 'code-implementer', objective: 'Write the code', scope: 'one subtask' }],
    })
    expect(flow).not.toHaveProperty('onFailure')
  })

  it('L2: exits a loop on a status; that nothing helps any more always ends it', () => {
    const exit = '{status: [VERIFIED], can_further_iteration_help: false}'
    expect(stepOf(`routing: {kind: microloop, loop_target: a, next: b, exit_on: ${exit}}`)).toHaveProperty(
      'routing.successValues',
      ['VERIFIED'],
    )
    const both = `{kind: microloop, loop_target: a, loop_success_values: [DONE], exit_on: ${exit}}`
    expect(stepOf(`routing: ${both}`)).toHaveProperty('routing.successValues', ['DONE', 'VERIFIED'])
  })

  it('L1: branches on conditions of fields, in order', () => {
    const when = [
      '{condition: {field: tests_passed, operator: equals, value: true}, next: b}',
      '{condition: {field: status, value: BLOCKED}, next: c}',
    ]
    expect(stepOf(`routing: {kind: branch, when: [${when}], default: c}`)).toHaveProperty('routing', {
      kind: 'branch',
      cases: [
        { field: 'tests_passed', operator: 'equals', value: true, next: 'b' },
        { value: 'BLOCKED', next: 'c' },
      ],
      default: 'c',
    })
  })

  it.each(['verification_commands', 'required_commands'])('L7: verifies as stations do, by %s', (name) => {
    const command = '{command: npm test, success_pattern: passed, timeout_seconds: 300}'
    const verify = `{required_artifacts: [a.md], ${name}: [${command}], gate_status_on_fail: BLOCKED}`
    expect(stepOf(`verify: ${verify}`)).toHaveProperty('verify', {
      artifacts: ['a.md'],
      commands: [{ command: 'npm test', successPattern: 'passed', timeoutMs: 300_000 }],
      gateStatusOnFail: 'BLOCKED',
    })
  })

  it('runs a numbered flow as a child', () => {
    const flow = parseFlow('{id: 1-a, steps: [{id: a, kind: flow, flow: 2-plan}]}')
    expect(flow.steps[0]).toMatchObject({ flow: 'plan' })
  })

  it('tells what of a context pack has no effect', () => {
    const pack =
      '{include_upstream_artifacts: true, include_scent_trail: false, include_previous_envelopes: false}'
    const flow = parseFlow(`{key: f, defaults: {context_pack: ${pack}}, steps: [{id: a, role: r}]}`)
    expect(flow.defaults).toEqual({ history: { maxEntries: 0 } })
    expect(lintFlow(flow)).toMatchObject([{ code: 'no_effect', severity: 'warning' }])
  })
})
