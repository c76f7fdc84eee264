import { describe, expect, it } from 'vitest'
import type { FlowInput } from '../flow/flow.ts'
import type { RunRequest } from '../orchestrator/options.ts'
import { main, type Script, step } from './hand-call.fixture.ts'
import { type HandRun, play } from './hand-run.fixture.ts'

const outside = 'skipped: out_of_range'

const run = async (flow: FlowInput, request: RunRequest, script: Script = {}): Promise<HandRun> =>
  await play(flow, script, { request })

describe('startStep and endStep', () => {
  const abcd = main(step('a'), step('b'), step('c'), step('d'))

  it.each<[RunRequest, readonly string[]]>([
    [{}, ['a', 'b', 'c', 'd']],
    [{ startStep: 'c' }, ['c', 'd']],
    [{ endStep: 'b' }, ['a', 'b']],
    [{ startStep: 'b', endStep: 'c' }, ['b', 'c']],
    [{ startStep: 'd', endStep: 'd' }, ['d']],
  ])('F8: with %j the others are out_of_range', async (request, ran) => {
    const done = await run(abcd, request)
    expect(done.starts).toEqual(ran.map((id) => `${id}#1`))
    for (const [id, stand] of Object.entries(done.steps())) {
      expect(stand).toBe(ran.includes(id) ? 'succeeded' : outside)
    }
    expect(done.status).toBe('succeeded')
  })

  it('F8: an edge from a step out of range says nothing: what follows it does not wait', async () => {
    const flow = main(
      step('a', { needs: [] }),
      step('b', { needs: [] }),
      step('c', { needs: ['a', 'b'] }),
      step('d', { needs: ['c'] }),
    )
    const done = await run(flow, { startStep: 'b' })
    expect(done.starts).toEqual(['b#1', 'c#1', 'd#1'])
  })

  it('F8: neither does a route, so a target of a branch out of range starts by itself', async () => {
    const flow = main(
      step('a', { routing: { kind: 'branch', cases: [{ value: 'X', next: 'c' }], default: 'b' } }),
      step('b', { routing: { kind: 'linear', next: 'd' } }),
      step('c'),
      step('d'),
    )
    expect((await run(flow, { startStep: 'c' })).starts).toEqual(['c#1', 'd#1'])
  })

  it('F8: a rule over needs holds for those in range', async () => {
    const flow = main(
      step('a', { needs: [] }),
      step('b', { needs: [] }),
      step('c', { needs: ['a', 'b'], triggerRule: 'one_success' }),
    )
    const done = await run(flow, { startStep: 'b' }, { b: { fail: 'broken' } })
    expect(done.steps()).toEqual({ a: outside, b: 'failed: broken', c: 'skipped: needs_failed' })
  })

  it('X1: a failure is not absorbed over a step out of range', async () => {
    const flow = main(
      step('a', { needs: [] }),
      step('bad', { needs: [] }),
      step('race', { needs: ['a', 'bad'], triggerRule: 'one_success' }),
    )
    expect((await run(flow, { endStep: 'bad' }, { bad: { fail: 'broken' } })).status).toBe('failed')
  })
})

describe('loops at the edge of the range', () => {
  const flow = main(
    step('before'),
    step('author'),
    step('critic', { routing: { kind: 'microloop', loopTarget: 'author' } }),
    step('after'),
  )
  const script: Script = { critic: [{}, { verdict: 'VERIFIED' }] }

  it('L3: one that begins with the range goes round as ever', async () => {
    const done = await run(flow, { startStep: 'author' }, script)
    expect(done.starts).toEqual(['author#1', 'critic#1', 'author#2', 'critic#2', 'after#1'])
  })

  it('L3: one that goes back past the range takes the steps that it needs in', async () => {
    const done = await run(flow, { startStep: 'critic' }, script)
    expect(done.starts).toEqual(['critic#1', 'author#2', 'critic#2', 'after#1'])
    expect(done.status).toBe('succeeded')
  })

  it('L3: one that ends with the range goes nowhere afterwards', async () => {
    const done = await run(flow, { endStep: 'critic' }, script)
    expect(done.starts).toEqual(['before#1', 'author#1', 'critic#1', 'author#2', 'critic#2'])
    expect(done.steps().after).toBe(outside)
  })

  it('L4: one whose decision is out of range has exited', async () => {
    const watched = main(
      step('author', { needs: [] }),
      step('watch', { needs: ['author'] }),
      step('critic', { needs: ['author'], routing: { kind: 'microloop', loopTarget: 'author' } }),
    )
    expect((await run(watched, { endStep: 'watch' })).starts).toEqual(['author#1', 'watch#1'])
  })
})

describe('ranges of a list of flows', () => {
  const flow = (key: string): FlowInput => ({
    key,
    steps: ['one', 'two', 'three'].map((id) => step(id)),
  })
  const travel = async (request: RunRequest, script: Script = {}): Promise<readonly string[]> => {
    const done = await play(flow('first'), script, { flows: [flow('second'), flow('third')], request })
    return done.all('step_start').map(({ frame, stepId }) => `${frame}/${stepId}`)
  }

  it('V2: startStep is of the first flow, endStep of the last', async () => {
    const request = { flows: ['first', 'second', 'third'], startStep: 'three', endStep: 'one' }
    expect(await travel(request)).toEqual([
      'first#1/three',
      'second#1/one',
      'second#1/two',
      'second#1/three',
      'third#1/one',
    ])
  })

  it('V2: a second visit of the first flow begins at its beginning', async () => {
    const request = { flows: ['first', 'second', 'first'], startStep: 'three', endStep: 'one' }
    expect(await travel(request)).toEqual([
      'first#1/three',
      'second#1/one',
      'second#1/two',
      'second#1/three',
      'first#2/one',
    ])
  })

  it('V1: a child flow runs whole', async () => {
    const parent: FlowInput = {
      key: 'parent',
      steps: [step('zero'), { id: 'one', kind: 'flow', flow: 'first' }],
    }
    const done = await play(
      parent,
      {},
      { flows: [flow('first')], request: { flow: 'parent', startStep: 'one' } },
    )
    expect(done.starts).toEqual(['one#1', 'one#1', 'two#1', 'three#1'])
  })
})
