import { describe, expect, it } from 'vitest'
import { issuesInYaml, outline } from './issues.fixture.ts'

const step = (fields: string) => `{key: f, steps: [{id: a, role: r, ${fields}}]}`
const loop = (exit: string) => step(`routing: {kind: microloop, loop_target: a, exit_on: ${exit}}`)

describe('L5: a field of the sources', () => {
  it.each([
    ['an exit that is no object', loop('VERIFIED'), 'wrong_type a routing'],
    ['an exit on confidence', loop('{confidence: [high]}'), 'field_not_applicable a routing'],
    [
      'an exit while iterations still help',
      loop('{can_further_iteration_help: true}'),
      'value_not_allowed a routing',
    ],
    ['an unknown exit', loop('{verdict: [x]}'), 'unknown_field a routing'],
    ['a key and an id', '{key: f, id: 1-f, steps: [{id: a, role: r}]}', 'unknown_field id'],
    ['overrides of an SDK', step('sdk_overrides: {}'), 'unknown_field a sdk_overrides'],
    ['an engine profile', step('engine_profile: {}'), 'unknown_field a engine_profile'],
    [
      'commands under two names',
      step('verify: {required_commands: [], verification_commands: []}'),
      'unknown_field a verify.required_commands',
    ],
    [
      'an unknown part of a context pack',
      '{key: f, defaults: {context_pack: {colour: red}}, steps: [{id: a, role: r}]}',
      'unknown_field defaults',
    ],
    [
      'a context pack without sense',
      '{key: f, defaults: {context_pack: {max_envelopes: many}}, steps: [{id: a, role: r}]}',
      'wrong_type defaults.context_pack.max_entries',
    ],
  ])('is refused rather than ignored: %s', (_, source, expected) => {
    expect(outline(issuesInYaml(source))).toEqual([expected])
  })

  it('is named as the source names it, with its line', () => {
    const source =
      'key: f\nsteps:\n  - id: a\n    role: r\n    routing:\n      kind: microloop\n      loop_target: a\n      loop_success_values: VERIFIED'
    expect(issuesInYaml(source)).toMatchObject([{ field: 'routing.loop_success_values', line: 8 }])
  })
})
