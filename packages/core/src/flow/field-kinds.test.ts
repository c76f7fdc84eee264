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

const fields: Readonly<Record<string, { readonly value: unknown; readonly on: readonly string[] }>> = {
  retry: { value: {}, on: ['agent', 'function'] },
  timeoutMs: { value: 1, on: ['agent', 'function'] },
  idleTimeoutMs: { value: 1, on: ['agent'] },
  engine: { value: 'stub', on: ['agent', 'flow', 'map'] },
  model: { value: 'm', on: ['agent', 'flow', 'map'] },
  onReject: { value: 'skip', on: ['approval'] },
  deadlineMs: { value: 1, on: ['approval', 'question', 'wait'] },
  answerers: { value: ['ann'], on: ['approval', 'question', 'wait'] },
  output: { value: {}, on: ['agent', 'function'] },
  version: { value: '1', on: ['function'] },
  role: { value: 'x', on: ['agent'] },
  concurrency: { value: 1, on: ['map'] },
  warnAfterMs: { value: 1, on: ['wait'] },
  verify: { value: { artifacts: ['x'] }, on: kinds },
  allowFailure: { value: true, on: kinds },
  when: { value: 'true', on: kinds },
}

describe('L5: a field on a kind of step', () => {
  const cases = Object.entries(fields).flatMap(([field, { value, on }]) =>
    kinds.map((kind) => ({ field, kind, value, verdict: on.includes(kind) ? 'is taken' : 'is refused' })),
  )

  it.each(cases)('$verdict: $field on $kind', ({ field, kind, value, verdict }) => {
    const issues = issuesIn({ key: 'flow', steps: [{ id: 'a', kind, ...bare[kind], [field]: value }] })
    expect(outline(issues)).toEqual(verdict === 'is taken' ? [] : [`field_not_applicable a ${field}`])
    const wayOut = new RegExp(`has "${field}", which has no use on a step of kind ${kind}\\. [A-Z].*\\.$`)
    for (const { message } of issues) expect(message).toMatch(wayOut)
  })
})
