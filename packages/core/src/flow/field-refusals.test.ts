import { describe, expect, it } from 'vitest'
import { issuesInYaml, outline } from './issues.fixture.ts'

describe('L5: a flow with a faulty field', () => {
  it.each([
    ['no object', '5', 'wrong_type'],
    ['nothing', '', 'wrong_type'],
    ['a list', '[]', 'wrong_type'],
    ['no key and no steps', '{}', 'missing_field key, missing_field steps'],
    ['no step', '{key: a, steps: []}', 'value_not_allowed steps'],
    ['a step that is none', '{key: a, steps: [5]}', 'wrong_type'],
    ['a key in upper case', '{key: A, steps: [{id: a, prompt: x}]}', 'invalid_id key'],
    ['an unknown field', '{key: a, titel: x, steps: [{id: a, prompt: x}]}', 'unknown_field titel'],
    ['a digest of its own', '{key: a, digest: x, steps: [{id: a, prompt: x}]}', 'unknown_field digest'],
    [
      'a limit of the request',
      '{key: a, limits: {depth: 3}, steps: [{id: a, prompt: x}]}',
      'field_not_applicable limits.depth',
    ],
    [
      'a limit below one',
      '{key: a, limits: {step_executions: 0}, steps: [{id: a, prompt: x}]}',
      'value_not_allowed limits.step_executions',
    ],
    [
      'a route to nowhere',
      '{key: a, on_complete: {reason: x}, steps: [{id: a, prompt: x}]}',
      'missing_field on_complete.next_flow',
    ],
    [
      'an output that is no reference',
      '{key: a, output: report, steps: [{id: a, prompt: x}]}',
      'reference_invalid output',
    ],
    [
      'an output with words around it',
      '{key: a, output: $a.output!, steps: [{id: a, prompt: x}]}',
      'reference_invalid output',
    ],
    [
      'an output of an unknown step',
      '{key: a, output: $b.output, steps: [{id: a, prompt: x}]}',
      'unknown_step output',
    ],
    [
      'params that are no schema',
      '{key: a, params: {type: strng}, steps: [{id: a, prompt: x}]}',
      'schema_invalid params',
    ],
    [
      'history beyond bounds',
      '{key: a, defaults: {history: {total_characters: 5}}, steps: [{id: a, prompt: x}]}',
      'value_not_allowed defaults.history.total_characters',
    ],
  ])('is refused: %s', (_, source, expected) => {
    expect(outline(issuesInYaml(source)).join(', ')).toBe(expected)
  })
})

describe('L5: a step with a faulty field', () => {
  it.each([
    ['no id', '{prompt: x}', 'missing_field id'],
    ['an id with a space', '{id: a b, prompt: x}', 'invalid_id a b id'],
    ['an id that is a path', '{id: ../x, prompt: x}', 'invalid_id ../x id'],
    ['an id that is a number', '{id: 5, prompt: x}', 'wrong_type id'],
    ['an unknown kind', '{id: a, kind: agnt, prompt: x}', 'value_not_allowed a kind'],
    ['a kind that is a number', '{id: a, kind: 5, prompt: x}', 'value_not_allowed a kind'],
    ['a function', '{id: a, kind: function}', 'function_in_yaml a kind'],
    ['no task', '{id: a}', 'missing_field a'],
    ['a blank prompt', '{id: a, prompt: " "}', 'value_not_allowed a prompt'],
    ['a prompt without a value', '{id: a, prompt: }', 'wrong_type a prompt'],
    ['a text that is a number', '{id: a, prompt: x, title: 5}', 'wrong_type a title'],
    ['a flag that is a text', '{id: a, prompt: x, allow_failure: yes}', 'wrong_type a allow_failure'],
    ['a number that is a text', '{id: a, prompt: x, timeout_ms: "5"}', 'wrong_type a timeout_ms'],
    ['a number that is none', '{id: a, prompt: x, timeout_ms: .nan}', 'value_not_allowed a timeout_ms'],
    ['a fraction', '{id: a, prompt: x, timeout_ms: 1.5}', 'value_not_allowed a timeout_ms'],
    ['no time', '{id: a, prompt: x, timeout_ms: 0}', 'value_not_allowed a timeout_ms'],
    [
      'less than none',
      '{id: a, prompt: x, retry: {max_retries: -1}}',
      'value_not_allowed a retry.max_retries',
    ],
    ['a list that is a text', '{id: a, prompt: x, agents: b}', 'wrong_type a agents'],
    ['an empty list', '{id: a, prompt: x, agents: []}', 'value_not_allowed a agents'],
    ['an agent that is a path', '{id: a, prompt: x, agents: [b, ../c]}', 'value_not_allowed a agents[1]'],
    ['an object that is a text', '{id: a, prompt: x, retry: often}', 'wrong_type a retry'],
    [
      'an unknown field inside',
      '{id: a, prompt: x, retry: {max_retrys: 1}}',
      'unknown_field a retry.max_retrys',
    ],
    ['a field in camelCase', '{id: a, prompt: x, timeoutMs: 1}', 'unknown_field a timeoutMs'],
    [
      'a budget of nothing',
      '{id: a, prompt: x, budget: {cost_usd: 0}}',
      'value_not_allowed a budget.cost_usd',
    ],
    [
      'a budget where nothing is spent',
      '{id: a, kind: wait, correlation: c, budget: {tokens: 1}}',
      'field_not_applicable a budget',
    ],
    [
      'the names of prototypes',
      '{id: a, prompt: x, __proto__: {}, constructor: 1}',
      'unknown_field a __proto__, unknown_field a constructor',
    ],
    [
      'a check that is no pattern',
      '{id: a, prompt: x, verify: {commands: [{command: b, success_pattern: (}]}}',
      'value_not_allowed a verify.commands[0].success_pattern',
    ],
    [
      'a check without a command',
      '{id: a, prompt: x, verify: {commands: [{}]}}',
      'missing_field a verify.commands[0].command',
    ],
    [
      'a trigger rule without needs',
      '{id: a, prompt: x, trigger_rule: all_done}',
      'field_not_applicable a trigger_rule',
    ],
    ['losers without a race', '{id: a, prompt: x, losers: run}', 'field_not_applicable a losers'],
    [
      'an unknown trigger rule',
      '{id: a, prompt: x, trigger_rule: all_sucess}',
      'value_not_allowed a trigger_rule',
    ],
    ['repairs without a schema', '{id: a, prompt: x, max_repairs: 1}', 'field_not_applicable a max_repairs'],
    ['an output that is no schema', '{id: a, prompt: x, output: {required: b}}', 'schema_invalid a output'],
  ])('is refused: %s', (_, step, expected) => {
    expect(outlineOf(step)).toBe(expected)
  })

  it.each([
    ['F7', 'a condition that is none', '{id: a, prompt: x, when: "steps."}', 'condition_invalid a when'],
    [
      'F7',
      'a condition that is no truth value',
      `{id: a, prompt: x, when: '"yes"'}`,
      'condition_invalid a when',
    ],
    ['F7', 'an item outside of a map', '{id: a, prompt: x, when: item.ok}', 'condition_invalid a when'],
    [
      'L1',
      'routing without a kind',
      '{id: a, prompt: x, routing: {next: a}}',
      'missing_field a routing.kind',
    ],
    [
      'L1',
      'routing of an unknown kind',
      '{id: a, prompt: x, routing: {kind: loop}}',
      'value_not_allowed a routing.kind',
    ],
    ['L1', 'routing that is a text', '{id: a, prompt: x, routing: a}', 'wrong_type a routing'],
    [
      'L1',
      'a field of another kind of routing',
      '{id: a, prompt: x, routing: {kind: linear, loop_target: a}}',
      'field_not_applicable a routing.loop_target',
    ],
    [
      'L1',
      'a branch without cases',
      '{id: a, prompt: x, routing: {kind: branch, cases: []}}',
      'value_not_allowed a routing.cases',
    ],
    [
      'L1',
      'a case with two questions',
      '{id: a, prompt: x, routing: {kind: branch, cases: [{when: "true", value: 1, next: a}]}}',
      'field_not_applicable a routing.cases[0].value',
    ],
    [
      'L1',
      'a case that goes nowhere',
      '{id: a, prompt: x, routing: {kind: branch, cases: [{value: 1}]}}',
      'missing_field a routing.cases[0].next',
    ],
    [
      'L6',
      'a list for a single value',
      '{id: a, prompt: x, routing: {kind: branch, cases: [{value: [1], next: a}]}}',
      'value_not_allowed a routing.cases[0].value',
    ],
    [
      'L6',
      'a single value for a list',
      '{id: a, prompt: x, routing: {kind: branch, cases: [{operator: in, value: 1, next: a}]}}',
      'value_not_allowed a routing.cases[0].value',
    ],
    [
      'L2',
      'a loop without a target',
      '{id: a, prompt: x, routing: {kind: microloop}}',
      'missing_field a routing.loop_target',
    ],
    [
      'L3',
      'a bound below none',
      '{id: a, prompt: x, routing: {kind: microloop, loop_target: a, max_iterations: -1}}',
      'value_not_allowed a routing.max_iterations',
    ],
    ['M1', 'a map of nothing', '{id: a, kind: map, items: $params.x}', 'missing_field a step'],
    [
      'M1',
      'a map in a map',
      '{id: a, kind: map, items: $params.x, step: {kind: map, items: $item, step: {prompt: x}}}',
      'value_not_allowed a step.kind',
    ],
    [
      'M1',
      'an item step with an id and edges',
      '{id: a, kind: map, items: $params.x, step: {id: b, prompt: x, needs: []}}',
      'field_not_applicable a step.id, field_not_applicable a step.needs',
    ],
    [
      'M1',
      'an item step that may fail',
      '{id: a, kind: map, items: $params.x, step: {prompt: x, allow_failure: true}}',
      'field_not_applicable a step.allow_failure',
    ],
    [
      'M1',
      'a faulty item step',
      '{id: a, kind: map, items: $params.x, step: {prompt: x, timeout_ms: 0}}',
      'value_not_allowed a step.timeout_ms',
    ],
    [
      'M1',
      'items that are a text',
      `{id: a, kind: map, items: '"x"', step: {prompt: x}}`,
      'condition_invalid a items',
    ],
    [
      'M1',
      'items with words around them',
      '{id: a, kind: map, items: $params.x and y, step: {prompt: x}}',
      'reference_invalid a items',
    ],
    [
      'M1',
      'an item key of another step',
      '{id: a, kind: map, items: $params.x, item_key: $b.output, step: {prompt: x}}',
      'reference_invalid a item_key',
    ],
    ['V1', 'no flow to run', '{id: a, kind: flow}', 'missing_field a flow'],
    ['H1', 'no questions', '{id: a, kind: question, questions: []}', 'value_not_allowed a questions'],
    [
      'H1',
      'one question twice',
      '{id: a, kind: question, questions: [{id: q, text: x}, {id: q, text: y}]}',
      'duplicate_id a questions',
    ],
    [
      'H1',
      'an answer to no question',
      '{id: a, kind: question, questions: [{id: q, text: x}], deadline_ms: 1, on_deadline: {q: x, r: y}}',
      'value_not_allowed a on_deadline',
    ],
    [
      'H1',
      'an answer that is not on offer',
      '{id: a, kind: question, questions: [{id: q, text: x, options: [y]}], deadline_ms: 1, on_deadline: {q: z}}',
      'value_not_allowed a on_deadline',
    ],
    [
      'H1',
      'an answer that is missing',
      '{id: a, kind: question, questions: [{id: q, text: x}], deadline_ms: 1, on_deadline: {}}',
      'value_not_allowed a on_deadline',
    ],
    [
      'H1',
      'a payload that does not match',
      '{id: a, kind: wait, correlation: c, schema: {type: object}, deadline_ms: 1, on_deadline: 5}',
      'value_not_allowed a on_deadline',
    ],
    [
      'H1',
      'a reminder after the deadline',
      '{id: a, kind: wait, correlation: c, warn_after_ms: 5, deadline_ms: 5}',
      'value_not_allowed a warn_after_ms',
    ],
    [
      'H5',
      'a rejection that routing decides',
      '{id: a, kind: approval, prompt: x, on_reject: skip, routing: {kind: microloop, loop_target: a}}',
      'field_not_applicable a on_reject',
    ],
  ])('%s: is refused: %s', (_rule, _title, step, expected) => {
    expect(outlineOf(step)).toBe(expected)
  })

  function outlineOf(step: string): string {
    return outline(issuesInYaml(`{key: flow, steps: [${step}]}`)).join(', ')
  }
})
