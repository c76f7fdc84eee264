import { describe, expect, it } from 'vitest'
import { defineFlow } from './define-flow.ts'
import { parseFlow } from './parse-flow.ts'

const HALF = 'a\ud800'

describe('half a surrogate pair in a flow (fault 23)', () => {
  it.each([
    ['a prompt', { key: 'main', steps: [{ id: 'a', prompt: HALF }] }],
    ['a title', { key: 'main', title: HALF, steps: [{ id: 'a', prompt: 'A' }] }],
    ['a value of JSON', { key: 'main', steps: [{ id: 'a', prompt: 'A', output: { title: HALF } }] }],
    [
      'a name in JSON',
      { key: 'main', steps: [{ id: 'a', prompt: 'A', output: { properties: { [HALF]: {} } } }] },
    ],
  ])('law 1: is refused in %s: what is stored would be another flow', (_, flow) => {
    expect(() => defineFlow(flow)).toThrow(/half a surrogate pair cannot be stored/)
  })

  it('law 1: is refused as an escape in YAML', () => {
    expect(() => parseFlow('key: main\nsteps:\n  - id: a\n    prompt: "a\\ud800"\n')).toThrow(/line 4.*half/)
  })

  it('law 1: is nothing that whole pairs and what only looks like one are taken for', () => {
    const prompt = '😀 \\ud800 \ufffd'
    expect(defineFlow({ key: 'main', steps: [{ id: 'a', prompt }] }).steps[0]).toMatchObject({ prompt })
  })
})
