import { describe, expect, it } from 'vitest'
import { defineFlow } from './define-flow.ts'
import { everything } from './everything.fixture.ts'
import type { FlowInput } from './flow.ts'

describe('the digest of a flow', () => {
  const digestOf = (input: FlowInput) => defineFlow(input).digest

  it('S6: does not depend on the order of members', () => {
    const { key, title, ...rest } = everything
    expect(digestOf({ ...rest, title: 'Everything', key })).toBe(digestOf(everything))
  })

  it.each<[string, FlowInput]>([
    ['the title', { ...everything, title: 'y' }],
    ['the description', { ...everything, description: 'y' }],
    ['the charter', { ...everything, charter: {} }],
    ['the teaching', { ...everything, teaching: {} }],
    ['the notes', { ...everything, notes: {} }],
    ['the reason of a transition', { ...everything, onComplete: { nextFlow: 'next', reason: 'y' } }],
    [
      'the documentation of a step',
      replaced('plan', { title: 'y', description: 'y', teaching: {}, notes: {} }),
    ],
    ['the code of a function', replaced('measure', { run: () => 2 })],
  ])('S6: does not count %s', (_, changed) => {
    expect(digestOf(changed)).toBe(digestOf(everything))
  })

  it.each<[string, FlowInput]>([
    ['the key', { ...everything, key: 'other' }],
    ['the next flow', { ...everything, onFailure: { nextFlow: 'other' } }],
    ['a prompt', replaced('plan', { prompt: 'y' })],
    ['the version of a function', replaced('measure', { version: '3' })],
    [
      'the steps',
      { ...everything, steps: [...everything.steps, { id: 'last', needs: ['plan'], prompt: 'x' }] },
    ],
  ])('S6: counts %s', (_, changed) => {
    expect(digestOf(changed)).not.toBe(digestOf(everything))
  })

  function replaced(id: string, change: object): FlowInput {
    return {
      ...everything,
      steps: everything.steps.map((step) => (step.id === id ? { ...step, ...change } : step)),
    }
  }
})
