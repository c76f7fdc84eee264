import { describe, expect, it } from 'vitest'
import { main, step } from '../run/hand-call.fixture.ts'
import { defineFlow } from './define-flow.ts'
import type { FlowInput } from './flow.ts'
import { compileFlow, type FlowGraph } from './graph.ts'
import type { Routing } from './routing.ts'

const compile = (flow: FlowInput): FlowGraph => compileFlow(defineFlow(flow))

/** `from → to` for a route, `from ⇒ to` for a need. */
function edgesOf(graph: FlowGraph): readonly string[] {
  const id = (index: number): string => graph.steps[index]?.id ?? '?'
  return graph.edges.map(({ kind, from, to }) => `${id(from)} ${kind === 'data' ? '⇒' : '→'} ${id(to)}`)
}

const rootsOf = (graph: FlowGraph): readonly string[] =>
  graph.steps.filter(({ isRoot }) => isRoot).map(({ id }) => id)

/** `decision:target` and the body of each loop. */
const loopsOf = (graph: FlowGraph): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    graph.loops.map(({ key, body }) => [key, body.map((index) => graph.steps[index]?.id ?? '?')]),
  )

const next = (id: string): Routing => ({ kind: 'linear', next: id })
const loop = (loopTarget: string, id?: string): Routing => ({
  kind: 'microloop',
  loopTarget,
  ...(id === undefined ? {} : { next: id }),
})
const branch = (...targets: readonly string[]): Routing => ({
  kind: 'branch',
  cases: targets.map((target) => ({ value: target, next: target })),
})

describe('edges', () => {
  it('F1: without needs every step follows the one before it, and only the first is a root', () => {
    const graph = compile(main(step('a'), step('b'), step('c')))
    expect(graph.isSequence).toBe(true)
    expect(edgesOf(graph)).toEqual(['a → b', 'b → c'])
    expect(rootsOf(graph)).toEqual(['a'])
  })

  it('F1: one needs makes it a graph: no step follows by itself', () => {
    const graph = compile(main(step('a'), step('b', { needs: [] }), step('c', { needs: ['a', 'b'] })))
    expect(graph.isSequence).toBe(false)
    expect(edgesOf(graph)).toEqual(['a ⇒ c', 'b ⇒ c'])
    expect(rootsOf(graph)).toEqual(['a', 'b'])
  })

  it('F1: a first step with needs is no root', () => {
    expect(rootsOf(compile(main(step('a', { needs: ['b'] }), step('b', { needs: [] }))))).toEqual(['b'])
  })

  it('F1: a step with needs: [] and a route in waits for the route', () => {
    const graph = compile(main(step('a', { routing: branch('b', 'c') }), step('b', { needs: [] }), step('c')))
    expect(rootsOf(graph)).toEqual(['a'])
  })

  it('F2: a route edge leads to each step that the routing names, once', () => {
    const routing: Routing = {
      kind: 'branch',
      cases: [
        { value: 'B', next: 'b' },
        { when: 'true', next: 'c' },
        { value: 'D', next: 'b' },
      ],
      default: 'c',
    }
    expect(edgesOf(compile(main(step('a', { needs: [], routing }), step('b'), step('c'))))).toEqual([
      'a → b',
      'a → c',
    ])
  })

  it('F2: in a sequence a branch without a default, and a terminal step, have an edge to the successor', () => {
    const graph = compile(
      main(
        step('a', { routing: branch('c'), allowFailure: true }),
        step('b', { routing: next('c') }),
        step('c', { routing: { kind: 'terminal' }, allowFailure: true }),
        step('d', { routing: branch('d', 'a') }),
      ),
    )
    expect(edgesOf(graph)).toEqual(['a → c', 'a → b', 'b → c', 'c → d'])
  })

  it('F2: a step of a sequence that names where it goes has no edge to its successor', () => {
    const chooses: Routing = { kind: 'branch', cases: [{ value: 'D', next: 'd' }], default: 'c' }
    const graph = compile(
      main(step('a', { routing: chooses }), step('c', { routing: next('e') }), step('d'), step('e')),
    )
    expect(edgesOf(graph)).toEqual(['a → d', 'a → c', 'c → e', 'd → e'])
  })

  it('F2: a next onto a step that needs this one adds no edge, a choice does', () => {
    const plain = main(step('a', { routing: next('b') }), step('b', { needs: ['a'] }))
    expect(edgesOf(compile(plain))).toEqual(['a ⇒ b'])
    const choice = main(step('a', { routing: branch('b', 'c') }), step('b', { needs: ['a'] }), step('c'))
    expect(edgesOf(compile(choice))).toEqual(['a ⇒ b', 'a → b', 'a → c'])
  })

  it('F2: an edge to an earlier step is a back edge only if forward edges lead from there', () => {
    const graph = compile(
      main(
        step('start', { needs: [] }),
        step('early'),
        step('late', { needs: ['start'], routing: branch('early', 'start') }),
      ),
    )
    expect(edgesOf(graph)).toEqual(['start ⇒ late', 'late → early'])
    expect(loopsOf(graph)).toEqual({ 'late:start': ['start', 'late'] })
  })

  it('F2: a need may stand anywhere in the file', () => {
    const graph = compile(
      main(step('c', { needs: ['b'] }), step('b', { needs: ['a'] }), step('a', { needs: [] })),
    )
    expect(edgesOf(graph)).toEqual(['b ⇒ c', 'a ⇒ b'])
    expect(rootsOf(graph)).toEqual(['a'])
  })

  it('F5: losers are the steps from which every way leads to the race', () => {
    const graph = compile(
      main(
        step('shared', { needs: [] }),
        step('a', { needs: ['shared'] }),
        step('b0', { needs: [] }),
        step('b', { needs: ['b0'] }),
        step('race', { needs: ['a', 'b'], triggerRule: 'one_success', losers: 'cancel' }),
        step('other', { needs: ['shared'] }),
      ),
    )
    expect(graph.byId.get('race')?.losers.map(({ id }) => id)).toEqual(['a', 'b', 'b0'])
    expect(graph.byId.get('other')?.losers).toEqual([])
  })
})

describe('loops', () => {
  it('L2: the body is every step on a forward path from the target to the decision', () => {
    const graph = compile(
      main(
        step('before', { needs: [] }),
        step('target', { needs: ['before'] }),
        step('left', { needs: ['target'] }),
        step('right', { needs: ['target'] }),
        step('aside', { needs: ['target'] }),
        step('outside', { needs: [] }),
        step('decide', { needs: ['left', 'right', 'outside'], routing: loop('target', 'after') }),
        step('after'),
      ),
    )
    expect(loopsOf(graph)).toEqual({ 'decide:target': ['target', 'left', 'right', 'decide'] })
  })

  it('L2: a step may loop on itself, and a branch has one loop for each target that it points back to', () => {
    const graph = compile(
      main(
        step('a', { routing: loop('a') }),
        step('b'),
        step('c', {
          routing: {
            kind: 'branch',
            cases: [
              { value: 'A', next: 'a' },
              { value: 'B', next: 'b' },
            ],
            default: 'd',
          },
        }),
        step('d'),
      ),
    )
    expect(loopsOf(graph)).toEqual({ 'a:a': ['a'], 'c:a': ['a', 'b', 'c'], 'c:b': ['b', 'c'] })
  })

  it('L3: the bound is 3 unless the routing says otherwise', () => {
    const graph = compile(
      main(
        step('a'),
        step('b', { routing: loop('a') }),
        step('c', { routing: { kind: 'microloop', loopTarget: 'c', maxIterations: 50 } }),
        step('d', { routing: { kind: 'branch', cases: [{ value: 'A', next: 'c' }], maxIterations: 7 } }),
      ),
    )
    expect(graph.loops.map(({ maxIterations }) => maxIterations)).toEqual([3, 50, 7])
  })

  it('L4: an edge is guarded by each loop that it leaves', () => {
    const graph = compile(
      main(
        step('outer', { needs: [] }),
        step('inner', { needs: ['outer'] }),
        step('inner_end', { needs: ['inner'], routing: loop('inner', 'outer_end') }),
        step('outer_end', { routing: loop('outer', 'after') }),
        step('watch', { needs: ['inner'] }),
        step('after'),
      ),
    )
    const guards = Object.fromEntries(
      edgesOf(graph).map((name, id) => [name, graph.edges[id]?.guards.map(({ key }) => key)]),
    )
    expect(guards).toEqual({
      'outer ⇒ inner': [],
      'inner ⇒ inner_end': [],
      'inner ⇒ watch': ['inner_end:inner', 'outer_end:outer'],
      'inner_end → outer_end': ['inner_end:inner'],
      'outer_end → after': ['outer_end:outer'],
    })
  })
})
