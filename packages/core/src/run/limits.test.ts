import { describe, expect, it } from 'vitest'
import type { FlowInput } from '../flow/flow.ts'
import type { Routing } from '../flow/routing.ts'
import { itemStep, main, step } from './hand-call.fixture.ts'
import { begin, dieAfter, play } from './hand-run.fixture.ts'

const abc = main(step('a'), step('b'), step('c'))
const loop = (maxIterations: number): Routing => ({ kind: 'microloop', loopTarget: 'a', maxIterations })

describe('step executions', () => {
  it('X2: over the budget the rest is skipped with step_budget and the flow fails', async () => {
    const run = await play({ ...abc, limits: { stepExecutions: 2 } })
    expect(run.steps()).toEqual({ a: 'succeeded', b: 'succeeded', c: 'skipped: step_budget' })
    expect(run.all('budget_exceeded')).toMatchObject([{ frame: 'main#1', limit: 'stepExecutions', value: 2 }])
    expect(run.completed).toMatchObject({ status: 'failed', error: { code: 'step_budget_exceeded' } })
  })

  it('X2: that the budget is used up is told once, however many steps are left', async () => {
    const run = await play({ ...abc, limits: { stepExecutions: 1 } })
    expect(run.steps()).toEqual({ a: 'succeeded', b: 'skipped: step_budget', c: 'skipped: step_budget' })
    const side = ['a', 'b', 'c', 'd'].map((id) => step(id, { needs: [] }))
    const wide = await begin({ ...main(...side), limits: { stepExecutions: 1 } })
    expect([run, wide].map((one) => one.all('budget_exceeded').length)).toEqual([1, 1])
  })

  it('X2: what runs when the budget is used up finishes', async () => {
    const flow = main(step('a', { needs: [] }), step('b', { needs: [] }), step('c', { needs: ['a'] }))
    const run = await begin({ ...flow, limits: { stepExecutions: 2 } })
    await run.end('a')
    expect(run.steps()).toEqual({ a: 'succeeded', b: 'running', c: 'skipped: step_budget' })
    await run.end('b')
    expect(run.status).toBe('failed')
    expect(run.completed.census.succeeded).toBe(2)
  })

  it('X2: a flow that needs exactly its budget succeeds', async () => {
    expect((await play({ ...abc, limits: { stepExecutions: 3 } })).status).toBe('succeeded')
  })

  it('X2: the default is 10 executions a step', async () => {
    const self: Routing = {
      kind: 'branch',
      cases: [{ value: 'AGAIN', next: 'a' }],
      default: 'b',
      maxIterations: 5,
    }
    const flow = main(step('a', { routing: self }), step('b', { routing: loop(3) }))
    const run = await play(flow, { a: { verdict: 'AGAIN' } })
    // 6 runs of `a` in each of 4 runs of `b`: 24 + 4 executions, more than 2 × 10.
    expect(run.counts).toEqual({ a: 24, b: 4 })
    expect(run.status).toBe('succeeded')
  })

  it('X2: or what its own loop bounds allow, when that is more', async () => {
    const flow = main(
      step('work', { routing: { kind: 'microloop', loopTarget: 'work', maxIterations: 50, stallAfter: 99 } }),
    )
    const run = await play(flow)
    expect(run.counts).toEqual({ work: 51 })
    expect(run.status).toBe('succeeded')
  })

  it('X2: items and attempts go on when the budget is used up', async () => {
    const each = { id: 'each', kind: 'map', items: '[1, 2]', itemKey: '$index', step: itemStep } as const
    const items = await play({ ...main(each), limits: { stepExecutions: 1 } })
    expect(items.status).toBe('succeeded')
    const run = await begin({ ...main(step('flaky')), limits: { stepExecutions: 1 } })
    await run.end('flaky', { fail: 'busy', retryable: true })
    await run.advance(60_000)
    await run.end('flaky')
    expect(run.status).toBe('succeeded')
  })

  it('X2: map items, attempts and steps of child flows do not count', async () => {
    const child: FlowInput = { key: 'child', steps: [step('one'), step('two')] }
    const flow = main(
      { id: 'each', kind: 'map', items: '[1, 2, 3, 4]', itemKey: '$index', step: itemStep },
      { id: 'down', kind: 'flow', flow: 'child' },
      step('flaky'),
      step('last'),
    )
    const run = await begin({ ...flow, limits: { stepExecutions: 4 } }, { flows: [child] })
    for (const index of [0, 1, 2, 3]) await run.end(`each[${index}]`)
    await run.end('one')
    await run.end('two')
    await run.end('flaky', { fail: 'busy', retryable: true })
    await run.advance(60_000)
    await run.finish()
    expect(run.status).toBe('succeeded')
  })

  it('X2: skipped steps do not count either', async () => {
    const flow = main(step('a', { when: 'false' }), step('b', { when: 'false' }), step('c'))
    expect((await play({ ...flow, limits: { stepExecutions: 1 } })).status).toBe('succeeded')
  })

  it('X2: each visit of a flow has its own budget', async () => {
    const child: FlowInput = { key: 'child', steps: [step('one')], limits: { stepExecutions: 1 } }
    const flow = main({ id: 'a', kind: 'flow', flow: 'child' }, { id: 'b', kind: 'flow', flow: 'child' })
    expect((await play(flow, {}, { flows: [child] })).status).toBe('succeeded')
  })

  it('X2: the limit of the request goes before that of the flow', async () => {
    const flow = { ...abc, limits: { stepExecutions: 1 } }
    const raised = await play(flow, {}, { request: { limits: { stepExecutions: 3 } } })
    expect(raised.status).toBe('succeeded')
    const lowered = await play(abc, {}, { request: { limits: { stepExecutions: 1 } } })
    expect(lowered.status).toBe('failed')
  })

  it('X2: a loop over its budget ends where it is', async () => {
    const flow = main(step('a'), step('b', { routing: loop(9) }))
    const run = await play({ ...flow, limits: { stepExecutions: 3 } })
    expect(run.starts).toEqual(['a#1', 'b#1', 'a#2'])
    expect(run.steps()).toEqual({ a: 'succeeded', b: 'skipped: step_budget' })
  })

  it('X2: raised on resume, the flow goes on where the limit stopped it', async () => {
    const run = await play({ ...abc, limits: { stepExecutions: 1 } })
    expect(run.status).toBe('failed')
    await run.resume({ limits: { stepExecutions: 3 } })
    expect(run.running).toEqual(['b'])
    await run.finish()
    expect(run.counts).toEqual({ a: 1, b: 1, c: 1 })
    expect(run.status).toBe('succeeded')
  })

  it.each(['needs_failed', 'upstream_failed'])(
    'X2: raised on resume, a child goes on, and what was skipped above for it: %s',
    async (reason) => {
      const needs = (...ids: readonly string[]) => (reason === 'needs_failed' ? { needs: ids } : {})
      const flow = main({ id: 'down', kind: 'flow', flow: 'child', ...needs() }, step('after', needs('down')))
      const child: FlowInput = { key: 'child', steps: abc.steps, limits: { stepExecutions: 1 } }
      const run = await play(flow, {}, { flows: [child] })
      expect(run.steps()).toEqual({ down: 'failed: child_failed', after: `skipped: ${reason}` })
      await run.resume({ limits: { stepExecutions: 9 } })
      await run.finish()
      expect(run.counts).toEqual({ down: 2, a: 1, b: 1, c: 1, after: 1 })
      expect(run.status).toBe('succeeded')
    },
  )

  it('X2: raised by too little, it stops again', async () => {
    const run = await play({ ...abc, limits: { stepExecutions: 1 } })
    await run.resume({ limits: { stepExecutions: 2 } })
    await run.finish()
    expect(run.completed).toMatchObject({ status: 'failed', error: { code: 'step_budget_exceeded' } })
    await run.resume({ limits: { stepExecutions: 3 } })
    await run.finish()
    expect(run.status).toBe('succeeded')
  })
})

describe('durations', () => {
  it('X2: a flow that takes too long is called off with all that runs below it', async () => {
    const child: FlowInput = { key: 'child', steps: [step('one'), step('two')] }
    const flow = main(
      { id: 'down', kind: 'flow', flow: 'child', needs: [] },
      { id: 'ask', kind: 'approval', prompt: 'Go?', needs: [] },
      step('after', { needs: ['down'] }),
    )
    const run = await begin({ ...flow, limits: { durationMs: 5_000 } }, { flows: [child] })
    await run.advance(4_999)
    expect(run.running).toEqual(['one'])
    await run.advance(1)
    expect(run.steps()).toEqual({
      down: 'failed: duration_exceeded',
      ask: 'failed: duration_exceeded',
      after: 'skipped: budget',
    })
    expect(run.steps('child#1')).toEqual({ one: 'failed: duration_exceeded', two: 'skipped: budget' })
    expect(run.all('approval_resolved')).toMatchObject([{ outcome: 'withdrawn' }])
    expect(run.completed).toMatchObject({ status: 'failed', error: { code: 'duration_exceeded' } })
  })

  it('X2: a flow that ran out of its own time goes on with the time of a resume', async () => {
    const run = await begin({ ...main(step('a'), step('b')), limits: { durationMs: 5_000 } })
    await run.advance(5_000)
    expect(run.steps()).toEqual({ a: 'failed: duration_exceeded', b: 'skipped: budget' })
    await run.resume({ limits: { durationMs: 60_000 } })
    await run.advance(59_000)
    await run.end('a')
    await run.advance(1_000)
    expect(run.completed).toMatchObject({ status: 'failed', error: { code: 'duration_exceeded' } })
    await run.resume({ limits: { durationMs: 60_000 } })
    await run.finish()
    expect(run.starts).toEqual(['a#1', 'a#1.2', 'b#1', 'b#1.2'])
    expect(run.status).toBe('succeeded')
  })

  it('X2: a flow that ends in time is left alone', async () => {
    const run = await begin({ ...main(step('a')), limits: { durationMs: 5_000 } })
    await run.end('a')
    await run.advance(60_000)
    expect(run.status).toBe('succeeded')
  })

  const first: FlowInput = { key: 'try', steps: [step('try')], onFailure: { nextFlow: 'repair' } }
  const flows = [{ key: 'repair', steps: [step('repair')] }]
  const request = { flows: ['try', 'repair'], limits: { durationMs: 5_000 } }

  it('X2: the duration of the request is that of the whole run: no failure route leads on from it', async () => {
    const run = await begin(first, { flows, request })
    await run.advance(5_000)
    expect(run.all('macro_route')).toEqual([])
    expect(run.completed).toMatchObject({ status: 'failed', error: { code: 'duration_exceeded' } })
  })

  it('X2: nor does one when the end of the run was torn off, and a resume comes to it again', async () => {
    const whole = await begin(first, { flows, request })
    await whole.advance(5_000)
    const [exceeded] = whole.all('budget_exceeded')
    const run = await dieAfter(whole, exceeded?.seq ?? 0)
    await run.resume()
    await run.finish()
    expect(run.all('macro_route')).toEqual([])
    expect(run.completed).toMatchObject({ status: 'failed', error: { code: 'duration_exceeded' } })
  })

  it('X2: that of a flow is a failure like any other', async () => {
    const late: FlowInput = {
      key: 'try',
      steps: [step('try')],
      limits: { durationMs: 5_000 },
      onFailure: { nextFlow: 'repair' },
    }
    const repair: FlowInput = { key: 'repair', steps: [step('repair')] }
    const run = await begin(late, { flows: [repair], request: { flows: ['try', 'repair'] } })
    await run.advance(5_000)
    expect(run.running).toEqual(['repair'])
  })
})
