import { describe, expect, it } from 'vitest'
import type { FlowInput } from '../flow/flow.ts'
import { itemStep, main, type Script, step } from './hand-call.fixture.ts'
import { begin, type HandRun, play } from './hand-run.fixture.ts'

const child = (...steps: FlowInput['steps']): FlowInput => ({ key: 'child', steps })
const down = { id: 'down', kind: 'flow', flow: 'child' } as const
const typesOf = (run: HandRun): readonly string[] =>
  run.events.flatMap((event) => ('frame' in event ? [`${event.frame} ${event.type}`] : []))

describe('frames', () => {
  it('V1: a child is a visit with its parent, between a push and a pop', async () => {
    const run = await play(main(down, step('after')), {}, { flows: [child(step('one'))] })
    expect(typesOf(run)).toEqual([
      'main#1 flow_start',
      'main#1 step_start',
      'main#1 stack_push',
      'child#1 flow_start',
      'child#1 step_start',
      'child#1 step_end',
      'child#1 flow_end',
      'main#1 stack_pop',
      'main#1 step_end',
      'main#1 step_start',
      'main#1 step_end',
      'main#1 flow_end',
    ])
    expect(run.all('stack_push')).toMatchObject([{ stepId: 'down', injectedFlow: 'child', currentDepth: 1 }])
    expect(run.all('stack_pop')).toMatchObject([{ stepId: 'down', completedFlow: 'child', currentDepth: 0 }])
    const [root, below] = run.all('flow_start')
    expect(root).toMatchObject({ frame: 'main#1', index: 1, depth: 0 })
    expect(root).not.toHaveProperty('parent')
    expect(below).toMatchObject({ frame: 'child#1', depth: 1, parent: { frame: 'main#1', stepId: 'down' } })
    expect(below).not.toHaveProperty('index')
  })

  it('V1: only the step that runs it waits, its siblings go on', async () => {
    const flow = main({ ...down, needs: [] }, step('a', { needs: [] }), step('b', { needs: ['a'] }))
    const run = await begin(flow, { flows: [child(step('one'))] })
    await run.end('a')
    expect(run.running).toEqual(['one', 'b'])
    expect(run.steps()).toMatchObject({ down: 'running', b: 'running' })
  })

  it('V1: it is given params, resolved, and gives its output', async () => {
    const inner = { ...child(step('one'), step('two')), output: '$one.output' }
    const flow = main(step('plan'), { ...down, params: { topic: '$plan.output.topic', depth: 2 } })
    const run = await play(
      flow,
      { plan: { value: { topic: 'tea' } }, one: { value: 'said' } },
      { flows: [inner] },
    )
    expect(run.all('flow_start')[1]?.params).toEqual({ topic: 'tea', depth: 2 })
    expect(run.completed.result).toMatchObject({ output: { text: 'said' } })
  })

  it('T1: its params take null from a step that gave it', async () => {
    const flow = main(step('plan'), { ...down, params: { must: '$plan.output', may: '$plan.output?' } })
    const run = await play(flow, { plan: { value: null } }, { flows: [child(step('one'))] })
    expect(run.all('flow_start')[1]?.params).toEqual({ must: null, may: null })
  })

  it('V1: params that its schema does not allow fail the step, without a visit', async () => {
    const inner: FlowInput = {
      ...child(step('one')),
      params: { type: 'object', properties: { depth: { type: 'integer' } }, required: ['depth'] },
    }
    const run = await play(main({ ...down, params: { depth: 'deep' } }), {}, { flows: [inner] })
    expect(run.steps()).toEqual({ down: 'failed: params_invalid' })
    expect(run.all('flow_start')).toHaveLength(1)
  })

  it('V1: a child without any output gives null', async () => {
    const inner = child(step('one', { when: 'false' }))
    const run = await play(main(down), {}, { flows: [inner] })
    expect(run.all('step_end')).toMatchObject([{ stepId: 'down', data: null }])
  })

  it('V3: each visit of a flow has its own number, and its executions their own addresses', async () => {
    const flow = main(
      { ...down, id: 'first' },
      { ...down, id: 'second' },
      { id: 'each', kind: 'map', items: '["src"]', itemKey: '$item', step: { kind: 'flow', flow: 'child' } },
    )
    const run = await play(flow, {}, { flows: [child(step('one'))] })
    const keys = run
      .all('step_start')
      .map(({ idempotencyKey }) => idempotencyKey.slice(idempotencyKey.indexOf('/') + 1, -9))
    expect(keys).toEqual([
      'main#1/first#1',
      'child#1/one#1',
      'main#1/second#1',
      'child#2/one#1',
      'main#1/each#1',
      'main#1/each[src]#1',
      'child#3/one#1',
    ])
    expect(run.all('flow_start').at(-1)?.parent).toEqual({ frame: 'main#1', stepId: 'each', item: 'src' })
  })

  it('V3: in a loop each iteration is a visit of its own', async () => {
    const flow = main(down, step('judge', { routing: { kind: 'microloop', loopTarget: 'down' } }))
    const run = await play(flow, { judge: [{}, { verdict: 'VERIFIED' }] }, { flows: [child(step('one'))] })
    expect(run.all('flow_start').map(({ frame }) => frame)).toEqual(['main#1', 'child#1', 'child#2'])
  })
})

describe('depth', () => {
  const nest: readonly FlowInput[] = [1, 2, 3, 4].map((level) => ({
    key: `level${level}`,
    steps: level === 4 ? [step('bottom')] : [{ id: 'down', kind: 'flow', flow: `level${level + 1}` }],
  }))
  const top = main({ ...down, flow: 'level1' })

  it('V1: children nest 3 deep; one more is prevented and fails its step', async () => {
    const run = await play(top, {}, { flows: nest })
    expect(run.all('flow_start').map(({ depth }) => depth)).toEqual([0, 1, 2, 3])
    expect(run.all('stack_overflow_prevented')).toMatchObject([
      { frame: 'level3#1', stepId: 'down', attemptedFlow: 'level4', currentDepth: 3, limit: 3 },
    ])
    expect(run.steps('level3#1')).toEqual({ down: 'failed: stack_overflow_prevented' })
    expect(run.status).toBe('failed')
  })

  it('V1: the request says how deep', async () => {
    const deeper = await play(top, {}, { flows: nest, request: { flow: 'main', limits: { depth: 4 } } })
    expect(deeper.status).toBe('succeeded')
    const flat = await play(top, {}, { flows: nest, request: { flow: 'main', limits: { depth: 1 } } })
    expect(flat.steps('level1#1')).toEqual({ down: 'failed: stack_overflow_prevented' })
  })

  it('V1: depth counts along one branch, not over siblings', async () => {
    const flow = main(...['a', 'b', 'c', 'd', 'e'].map((id) => ({ ...down, id })))
    const run = await play(flow, {}, { flows: [child(step('one'))] })
    expect(run.status).toBe('succeeded')
    expect(run.all('stack_push').map(({ currentDepth }) => currentDepth)).toEqual([1, 1, 1, 1, 1])
  })

  it('V1: a flow that runs itself ends', async () => {
    const run = await play({ key: 'main', steps: [{ ...down, flow: 'main' }] })
    expect(run.all('flow_start')).toHaveLength(4)
    expect(run.status).toBe('failed')
  })
})

describe('outcomes', () => {
  const broken: Script = { one: { fail: 'broken' } }

  it('V1: a child that failed fails its step', async () => {
    const run = await play(main(down, step('after')), broken, { flows: [child(step('one'))] })
    expect(run.steps()).toEqual({ down: 'failed: child_failed', after: 'skipped: upstream_failed' })
    expect(run.completed.error?.message).toBe(
      'Step "down" of flow "main" failed: Flow "child" failed: Step "one" of flow "child" failed: one failed as it was told to',
    )
  })

  it('M1: items whose child flows fail give the same, whichever of them began first', async () => {
    const items = { id: 'all', kind: 'map', items: '["a", "b"]', itemRule: 'all_done' } as const
    const flow = main({ ...items, step: { kind: 'flow' as const, flow: 'child' } })
    const run = await play(flow, broken, { flows: [child(step('one'))] })
    const failure = { status: 'failed', error: { code: 'child_failed', message: expect.any(String) } }
    const data = run.all('step_end').at(-1)?.data
    expect(data).toEqual([failure, failure])
    expect(Array.isArray(data) && data[0]).toEqual(Array.isArray(data) && data[1])
  })

  const partial = child(step('one', { allowFailure: true }), step('two'))

  it('V1: a partial child settles its step as succeeded and makes the parent at best partial', async () => {
    const run = await play(main(down, step('after')), broken, { flows: [partial] })
    expect(run.steps()).toEqual({ down: 'succeeded', after: 'succeeded' })
    expect(run.all('flow_end').map(({ frame, status }) => `${frame} ${status}`)).toEqual([
      'child#1 partial',
      'main#1 partial',
    ])
    expect(run.status).toBe('partial')
  })

  it('V1: so does one of many, and one further down', async () => {
    const each = {
      id: 'each',
      kind: 'map',
      items: '[1, 2]',
      itemKey: '$index',
      step: { kind: 'flow', flow: 'child' },
    } as const
    expect((await play(main(each), broken, { flows: [partial] })).status).toBe('partial')
    const middle: FlowInput = { key: 'middle', steps: [down] }
    expect((await play(main({ ...down, flow: 'middle' }), broken, { flows: [middle, partial] })).status).toBe(
      'partial',
    )
  })

  it('V1: a parent that fails anyway stays failed', async () => {
    const script = { ...broken, after: { fail: 'broken' } }
    expect((await play(main(down, step('after')), script, { flows: [partial] })).status).toBe('failed')
  })

  it('V1: of a loop only the last iteration counts', async () => {
    const flow = main(down, step('judge', { routing: { kind: 'microloop', loopTarget: 'down' } }))
    const run = await begin(flow, { flows: [partial] })
    await run.end('one', { fail: 'broken' })
    await run.end('two')
    await run.end('judge', { verdict: 'UNVERIFIED' })
    await run.finish({ judge: { verdict: 'VERIFIED' } })
    expect(run.all('flow_end').map(({ frame, status }) => `${frame} ${status}`)).toEqual([
      'child#1 partial',
      'child#2 succeeded',
      'main#1 succeeded',
    ])
  })

  it('V1: a child goes on while another item of its map has failed', async () => {
    const flow = main({
      id: 'each',
      kind: 'map',
      items: '["a", "b"]',
      itemKey: '$item',
      step: { kind: 'flow', flow: 'child' },
    })
    const run = await begin(flow, { flows: [child(step('one'), step('two'))] })
    await run.end('one', { fail: 'broken' })
    expect(run.running).toEqual(['one'])
    await run.finish()
    expect(run.completed.census.items).toEqual({ succeeded: 1, failed: 1, skipped: 0 })
  })

  it('V1: items that are steps open no visit', async () => {
    const run = await play(
      main({ id: 'each', kind: 'map', items: '[1, 2]', itemKey: '$index', step: itemStep }),
    )
    expect(run.all('flow_start')).toHaveLength(1)
  })
})
