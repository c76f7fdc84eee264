import { describe, expect, it } from 'vitest'
import { defineFlow } from '../flow/define-flow.ts'
import type { JsonObject } from '../flow/json.ts'
import { insertStep, patchFlow, withInjected } from './graph-change.ts'

const flow = defineFlow({
  key: 'main',
  steps: [
    { id: 'a', prompt: 'A', notes: { 'x/y': 1, 'm~n': 2 } },
    { id: 'b', prompt: 'B', agents: ['one', 'two'] },
  ],
})
const node = { kind: 'agent', id: 'n', prompt: 'N' } as const

const ids = ({ steps }: { readonly steps: readonly { readonly id: string }[] }) => steps.map(({ id }) => id)

describe('insertStep', () => {
  it('N1: puts a step right after another, or at the end', () => {
    expect(ids(insertStep(flow, node, 'a'))).toEqual(['a', 'n', 'b'])
    expect(ids(insertStep(flow, node, 'nobody'))).toEqual(['a', 'b', 'n'])
  })

  it('N1: gives a definition of its own, with its own digest, and leaves the flow as it was', () => {
    const grown = insertStep(flow, node, 'a')
    expect(grown.digest).not.toBe(flow.digest)
    expect(ids(flow)).toEqual(['a', 'b'])
  })

  it('N1: keeps injected steps in an edited flow, unless that has the id itself', () => {
    const injected = [
      { node, after: 'a' },
      { node: { ...node, id: 'b' }, after: 'a' },
    ]
    expect(ids(withInjected(flow, injected))).toEqual(['a', 'n', 'b'])
    expect(withInjected(flow, [])).toBe(flow)
  })
})

describe('patchFlow', () => {
  const stepsAfter = (...patch: readonly JsonObject[]) => patchFlow(flow, patch).steps

  it('N1: adds, replaces and removes below the steps, one operation after the other', () => {
    const steps = stepsAfter(
      { op: 'add', path: '/steps/1', value: { ...node } },
      { op: 'add', path: '/steps/-', value: { ...node, id: 'z' } },
      { op: 'replace', path: '/steps/2/agents/0', value: 'three' },
      { op: 'remove', path: '/steps/2/agents/1' },
      { op: 'add', path: '/steps/2/when', value: 'true' },
      { op: 'remove', path: '/steps/0/notes/x~1y' },
      { op: 'replace', path: '/steps/0/notes/m~0n', value: 3 },
    )
    expect(steps).toEqual([
      { ...flow.steps[0], notes: { 'm~n': 3 } },
      node,
      { ...flow.steps[1], agents: ['three'], when: 'true' },
      { ...node, id: 'z' },
    ])
    expect(flow.steps[1]).toMatchObject({ agents: ['one', 'two'] })
  })

  it.each([
    { op: 'add', path: '/title', value: 'x' },
    { op: 'replace', path: '/steps', value: [] },
    { op: 'add', path: '/steps/7', value: {} },
    { op: 'remove', path: '/steps/2' },
    { op: 'remove', path: '/steps/-' },
    { op: 'add', path: '/steps/01', value: {} },
    { op: 'replace', path: '/steps/0/nothing', value: 1 },
    { op: 'replace', path: '/steps/0/toString', value: 1 },
    { op: 'add', path: '/steps/0/nothing/deep', value: 1 },
    { op: 'add', path: '/steps/0/prompt' },
    { op: 'test', path: '/steps/0/prompt', value: 'A' },
    { op: 'add' },
  ] satisfies readonly JsonObject[])('N1: refuses %j', (operation) => {
    expect(() => patchFlow(flow, [operation])).toThrow(
      expect.objectContaining({ code: 'graph_patch_invalid' }),
    )
  })

  it('N1: sets a member of any name without touching what objects inherit', () => {
    const value = JSON.parse('{"polluted":true}')
    const [first] = stepsAfter({ op: 'add', path: '/steps/0/notes/__proto__', value })
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    expect(Object.getPrototypeOf(first?.notes)).toBe(Object.prototype)
  })
})
