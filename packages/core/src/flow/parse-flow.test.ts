import { describe, expect, it } from 'vitest'
import { SwarmError } from '../errors/swarm-error.ts'
import { defineFlow } from './define-flow.ts'
import { everything } from './everything.fixture.ts'
import type { FlowInput } from './flow.ts'
import { issuesInYaml } from './issues.fixture.ts'
import { parseFlow } from './parse-flow.ts'

const yaml = `
key: build
title: Build
defaults:
  history: { max_entries: 5 }
on_complete:
  next_flow: review
  reason: the build passed
steps:
  - id: author
    role: author
    agents: [test-author]
    teaching_notes:
      inputs: [plan.md]
    retry: { max_retries: 1, delay_ms: 5 }
    timeout_ms: 60000
    output:
      type: object
      properties: { max_size: { type: integer } }
  - id: critic
    prompt: Review $author.output
    routing:
      kind: microloop
      loop_target: author
      success_values: [VERIFIED]
      max_iterations: 2
      stall_after: 2
  - id: sign
    kind: approval
    prompt: Ship?
    deadline_ms: 1000
    on_deadline: approve
    on_reject: skip
`

const typescript: FlowInput = {
  key: 'build',
  title: 'Build',
  defaults: { history: { maxEntries: 5 } },
  onComplete: { nextFlow: 'review', reason: 'the build passed' },
  steps: [
    {
      id: 'author',
      role: 'author',
      agents: ['test-author'],
      teachingNotes: { inputs: ['plan.md'] },
      retry: { maxRetries: 1, delayMs: 5 },
      timeoutMs: 60_000,
      output: { type: 'object', properties: { max_size: { type: 'integer' } } },
    },
    {
      id: 'critic',
      prompt: 'Review $author.output',
      routing: {
        kind: 'microloop',
        loopTarget: 'author',
        successValues: ['VERIFIED'],
        maxIterations: 2,
        stallAfter: 2,
      },
    },
    {
      id: 'sign',
      kind: 'approval',
      prompt: 'Ship?',
      deadlineMs: 1000,
      onDeadline: 'approve',
      onReject: 'skip',
    },
  ],
}

describe('parseFlow', () => {
  it('makes the same flow of YAML as defineFlow of TypeScript, with the same digest', () => {
    expect(parseFlow(yaml)).toEqual(defineFlow(typescript))
    expect(parseFlow(yaml).digest).toBe(defineFlow(typescript).digest)
  })

  it('takes every field in snake_case, and leaves the keys of free JSON as they are', () => {
    const input = { ...everything, steps: withoutFunctions() }
    expect(parseFlow(JSON.stringify(toSnakeCase(input)))).toEqual(defineFlow(input))
  })

  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [Buffer.from(yaml), 'an instance of Buffer'],
    ['./flows/build.yaml', '"./flows/build.yaml"'],
    ['build.yml\n', '"build.yml\\n"'],
  ])('law 6: says of %j that it is no content of a file', (source, shown) => {
    const message = `is ${shown}, but parseFlow takes the content of a file, as readFile(path, 'utf8') gives it.`
    // The types would refuse most of them.
    expect(() => parseFlow(source as string)).toThrow(
      expect.objectContaining({
        code: 'flow_invalid',
        message: `Flow "?" ${message} [source_invalid]`,
        details: [expect.objectContaining({ code: 'source_invalid' })],
      }),
    )
  })

  it('law 6: refuses options that it does not know', () => {
    const options: object = { fiel: 'build.yaml' }
    expect(() => parseFlow(yaml, options)).toThrow('parseFlow: options.fiel is unknown. Did you mean "file"?')
  })

  it('gives a flow without functions, frozen', () => {
    const flow = parseFlow(yaml)
    expect(flow.functions.size).toBe(0)
    expect(Object.isFrozen(flow.steps[0])).toBe(true)
  })
})

/** YAML cannot hold function steps; a plain one takes its place. */
function withoutFunctions(): FlowInput['steps'] {
  return everything.steps.map((step) =>
    step.kind === 'function' ? { id: step.id, needs: [], prompt: 'x' } : step,
  )
}

const free = new Set(['charter', 'teaching', 'notes', 'params', 'output', 'schema', 'onDeadline'])

function toSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSnakeCase)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      free.has(key) ? member : toSnakeCase(member),
    ]),
  )
}

describe('L5: a faulty YAML flow', () => {
  const faulty = [
    'key: build',
    'titel: Build',
    'steps:',
    '  - id: author',
    '    prompt: Write',
    '    retry:',
    '      max_retries: often',
    '    verify:',
    '      commands:',
    '        - command: npm test',
    '        - comand: npm test',
    '  - id: critic',
    '    needs:',
    '      - author',
    '      - autor',
    '    prompt: |',
    '      Read',
    '      $autor.output',
    '    routing:',
    '      kind: branch',
    '      cases:',
    '        - value: x',
    '          next: auther',
  ].join('\n')

  it('is refused with the line, the step and the field of each issue', () => {
    const lines = issuesInYaml(faulty).map(
      ({ code, step, field, line }) => `${line} ${code} ${step} ${field}`,
    )
    expect(lines).toEqual([
      '2 unknown_field undefined titel',
      '7 wrong_type author retry.max_retries',
      '11 unknown_field author verify.commands[1].comand',
      '11 missing_field author verify.commands[1].command',
      '15 unknown_step critic needs[1]',
      '23 unknown_step critic routing.cases[0].next',
      '16 unknown_step critic prompt',
    ])
  })

  it.each([
    [undefined, 'line 2: Flow "build" has unknown field "titel". Did you mean "title"? [unknown_field]'],
    [
      'flows/build.yaml',
      'flows/build.yaml:2: Flow "build" has unknown field "titel". Did you mean "title"? [unknown_field]',
    ],
  ])('starts each line of its message with the place, in file %s', (file, line) => {
    const parse = () => parseFlow(faulty, file === undefined ? {} : { file })
    expect(messageOf(parse).split('\n')[0]).toBe(line)
    expect(messageOf(parse).split('\n')).toHaveLength(7)
  })

  it('is named by its file as long as it has no key', () => {
    expect(messageOf(() => parseFlow('a: [', { file: 'x.yaml' }))).toMatch(
      /^x\.yaml:1: Flow "x\.yaml" is no YAML: /,
    )
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
