import { describe, expect, it } from 'vitest'
import { issuesIn, outline } from './issues.fixture.ts'

/** The least that a step of each kind needs. */
const bare = {
  agent: { prompt: 'x' },
  function: { run: () => 1 },
  approval: { prompt: 'x' },
  question: { questions: [{ id: 'q', text: 'x' }] },
  flow: { flow: 'other' },
  map: { items: '$params.x', step: { prompt: 'x' } },
  wait: { correlation: 'x' },
}
// The keys of a literal are its names.
const kinds = Object.keys(bare) as (keyof typeof bare)[]

interface Field {
  readonly value: unknown
  readonly on: readonly string[]
}

const requests = ['approval', 'question', 'wait']
const fields: Readonly<Record<string, Field>> = {
  retry: { value: {}, on: ['agent', 'function'] },
  timeoutMs: { value: 1, on: ['agent', 'function'] },
  idleTimeoutMs: { value: 1, on: ['agent'] },
  engine: { value: 'stub', on: ['agent', 'flow', 'map'] },
  model: { value: 'm', on: ['agent', 'flow', 'map'] },
  onReject: { value: 'skip', on: ['approval'] },
  deadlineMs: { value: 1, on: requests },
  answerers: { value: ['ann'], on: requests },
  output: { value: {}, on: ['agent', 'function'] },
  version: { value: '1', on: ['function'] },
  role: { value: 'x', on: ['agent'] },
  concurrency: { value: 1, on: ['map'] },
  warnAfterMs: { value: 1, on: ['wait'] },
  verify: { value: { artifacts: ['x'] }, on: kinds },
  allowFailure: { value: true, on: kinds },
  when: { value: 'true', on: kinds },
}

const cases = Object.entries(fields).flatMap(([field, { value, on }]) =>
  kinds.map((kind) => ({ field, kind, value, verdict: on.includes(kind) ? 'is taken' : 'is refused' })),
)

describe('L5: a field on a kind of step', () => {
  it.each(cases)('$verdict: $field on $kind', ({ field, kind, value, verdict }) => {
    const issues = issuesIn({ key: 'flow', steps: [{ id: 'a', kind, ...bare[kind], [field]: value }] })
    expect(outline(issues)).toEqual(verdict === 'is taken' ? [] : [`field_not_applicable a ${field}`])
    const wayOut = new RegExp(`has "${field}", which has no use on a step of kind ${kind}\\. [A-Z].*\\.$`)
    for (const { message } of issues) expect(message).toMatch(wayOut)
  })
})

describe('M1: a field on the step of a map', () => {
  const inMap = (item: object) => ({ id: 'a', kind: 'map', items: '$params.x', step: item })
  const inItems = cases.filter(({ kind, verdict }) => kind !== 'map' && verdict === 'is taken')
  const ofTheMap = {
    id: 'b',
    needs: [],
    triggerRule: 'all_done',
    losers: 'run',
    routing: { kind: 'linear' },
    verify: { artifacts: ['x'] },
    allowFailure: true,
  }
  const taken = inItems.filter(({ field }) => !Object.hasOwn(ofTheMap, field))

  it.each(taken)('is taken: $field on $kind', ({ field, kind, value }) => {
    expect(issuesIn({ key: 'flow', steps: [inMap({ kind, ...bare[kind], [field]: value })] })).toEqual([])
  })

  it.each(Object.entries(ofTheMap))("is refused: %s, which is the map's", (field, value) => {
    const issues = issuesIn({ key: 'flow', steps: [inMap({ ...bare.agent, [field]: value })] })
    expect(outline(issues)).toContain(`field_not_applicable a step.${field}`)
    expect(issues[0]?.message).toMatch(/belongs to the map, not to the step that it runs\.$/)
  })
})

describe('L5: a field without effect is refused', () => {
  const map = { items: '$params.x', step: { kind: 'wait', correlation: 'x' } }
  const branch = { kind: 'branch', cases: [{ value: 1, next: 'b' }], default: 'b', maxIterations: 2 }

  it.each([
    ['engine of a map whose items call none', { kind: 'map', ...map, engine: 'stub' }, 'engine'],
    ['model of a map whose items call none', { kind: 'map', ...map, model: 'm' }, 'model'],
    [
      'the default of no deadline',
      { ...bare.approval, kind: 'approval', onDeadline: 'approve' },
      'onDeadline',
    ],
    [
      'the bound of a branch that points nowhere back',
      { prompt: 'x', routing: branch },
      'routing.maxIterations',
    ],
  ])('%s', (_, step, field) => {
    const issues = issuesIn({
      key: 'flow',
      steps: [
        { id: 'a', ...step },
        { id: 'b', prompt: 'x' },
      ],
    })
    expect(outline(issues)).toEqual([`field_not_applicable a ${field}`])
  })
})
