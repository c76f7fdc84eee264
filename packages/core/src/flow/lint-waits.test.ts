import { describe, expect, it } from 'vitest'
import { defineFlow } from './define-flow.ts'
import type { StepInput } from './flow.ts'

const step = (id: string, needs: readonly string[], loopTarget?: string): StepInput => ({
  id,
  needs,
  prompt: id,
  ...(loopTarget === undefined ? {} : { routing: { kind: 'microloop', loopTarget } }),
})

describe('loops beside each other', () => {
  it('L5: that wait for each other are entangled', () => {
    const steps = [
      step('a', []),
      step('left', ['a']),
      step('right', ['a']),
      step('left-end', ['left', 'right'], 'left'),
      step('right-end', ['right', 'left'], 'right'),
    ]
    expect(() => defineFlow({ key: 'knot', steps })).toThrow(
      /"left to left-end", which waits for the exit of "right to right-end".*\[loops_entangled\]/,
    )
  })

  it('L5: of which only one needs the other are legal', () => {
    const steps = [
      step('a', []),
      step('left', ['a']),
      step('left-end', ['left'], 'left'),
      step('right', ['a', 'left']),
      step('right-end', ['right', 'left-end'], 'right'),
    ]
    expect(defineFlow({ key: 'chain', steps }).steps).toHaveLength(5)
  })
})
