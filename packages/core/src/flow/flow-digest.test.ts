import { describe, expect, it } from 'vitest'
import { defineFlow } from './define-flow.ts'
import { everything } from './everything.fixture.ts'
import type { FlowInput, StepInput } from './flow.ts'

describe('the digest of a flow', () => {
  const digestOf = (input: FlowInput) => defineFlow(input).digest
  const [first, ...others] = everything.steps

  it('S6: does not depend on the order of members', () => {
    expect(digestOf(Object.fromEntries(Object.entries(everything).reverse()) as unknown as FlowInput)).toBe(
      digestOf(everything),
    )
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
      {
        ...everything,
        steps: [
          { ...(first as StepInput), title: 'y', description: 'y', teaching: {}, notes: {} },
          ...others,
        ],
      },
    ],
    ['the code of a function', { ...everything, steps: replaced({ run: () => 2 }) }],
  ])('S6: does not count %s', (_, changed) => {
    expect(digestOf(changed)).toBe(digestOf(everything))
  })

  it.each<[string, FlowInput]>([
    ['the key', { ...everything, key: 'other' }],
    ['the next flow', { ...everything, onFailure: { nextFlow: 'other' } }],
    ['a prompt', { ...everything, steps: [{ ...first, prompt: 'y' } as StepInput, ...others] }],
    ['the version of a function', { ...everything, steps: replaced({ version: '3' }) }],
    [
      'the steps',
      { ...everything, steps: [...everything.steps, { id: 'last', needs: ['plan'], prompt: 'x' }] },
    ],
  ])('S6: counts %s', (_, changed) => {
    expect(digestOf(changed)).not.toBe(digestOf(everything))
  })

  function replaced(change: object): readonly StepInput[] {
    return everything.steps.map((step) => (step.id === 'measure' ? { ...step, ...change } : step))
  }
})
