import { describe, expect, it } from 'vitest'
import type { FlowInput } from '../flow/flow.ts'
import type { MicroloopRouting, Routing } from '../flow/routing.ts'
import { main, step } from './hand-call.fixture.ts'
import { begin, type HandRun, play } from './hand-run.fixture.ts'

const loop = (loopTarget: string, rest: Partial<MicroloopRouting> = {}): Routing => ({
  kind: 'microloop',
  loopTarget,
  ...rest,
})

const exitsOf = (run: HandRun): readonly string[] =>
  run.completed.census.loops.map(({ stepId, reason, rearms }) => `${stepId}: ${reason} after ${rearms}`)

describe('nested loops', () => {
  const nest = (inner = 2, outer = 2): FlowInput =>
    main(
      step('plan'),
      step('code'),
      step('test', { routing: loop('code', { maxIterations: inner }) }),
      step('review', { routing: loop('plan', { maxIterations: outer }) }),
      step('ship'),
    )

  it('L3: the counter of an inner loop returns to 0 when the outer one re-arms it', async () => {
    const run = await play(nest())
    expect(run.counts).toEqual({ plan: 3, code: 9, test: 9, review: 3, ship: 1 })
    const again = run
      .all('routing_decision')
      .filter(({ decision, stepId }) => decision === 'loop' && stepId === 'review')
    const resets = again.map((event) => event.resets)
    expect(resets).toEqual([['test:code'], ['test:code']])
  })

  it('L3: iterations go on and are never reset', async () => {
    const run = await play(nest(1, 1))
    expect(run.starts.filter((start) => start.startsWith('code'))).toEqual([
      'code#1',
      'code#2',
      'code#3',
      'code#4',
    ])
    expect(run.starts.filter((start) => start.startsWith('plan'))).toEqual(['plan#1', 'plan#2'])
  })

  it('L3: a counter that is reset begins its stall anew', async () => {
    const flow = main(
      step('plan'),
      step('code', { routing: loop('code', { maxIterations: 10, stallAfter: 2 }) }),
      step('review', { routing: loop('plan', { maxIterations: 1 }) }),
    )
    const run = await play(flow, { code: { value: 'same' } })
    expect(run.counts.code).toBe(6)
    expect(exitsOf(run)).toEqual([
      'code: stalled after 2',
      'code: stalled after 2',
      'review: max_iterations after 1',
    ])
  })

  it('L4: what is outside the inner but inside the outer loop waits for the inner exit only', async () => {
    const flow = main(
      step('outer', { needs: [] }),
      step('inner', { needs: ['outer'] }),
      step('inner_end', { needs: ['inner'], routing: loop('inner', { next: 'outer_end' }) }),
      step('watch_inner', { needs: ['inner'] }),
      step('outer_end', { needs: ['watch_inner'], routing: loop('outer') }),
      step('watch_outer', { needs: ['watch_inner'] }),
    )
    const run = await begin(flow)
    await run.end('outer')
    await run.end('inner')
    expect(run.running).toEqual(['inner_end'])
    await run.end('inner_end', { verdict: 'UNVERIFIED' })
    expect(run.running).toEqual(['inner'])
    await run.end('inner')
    await run.end('inner_end', { verdict: 'VERIFIED' })
    expect(run.running).toEqual(['watch_inner'])
    await run.end('watch_inner')
    expect(run.running).toEqual(['outer_end'])
    await run.end('outer_end', { verdict: 'UNVERIFIED' })
    expect(run.running).toEqual(['outer'])
    await run.finish({ inner_end: { verdict: 'VERIFIED' }, outer_end: { verdict: 'VERIFIED' } })
    expect(run.counts).toEqual({
      outer: 2,
      inner: 3,
      inner_end: 3,
      watch_inner: 2,
      outer_end: 2,
      watch_outer: 1,
    })
  })

  it('L4: a step outside sees what the last iteration gave', async () => {
    const flow = main(
      step('work', { needs: [], allowFailure: true }),
      step('judge', { needs: ['work'], triggerRule: 'all_done', routing: loop('work') }),
      step('good', { needs: ['work'] }),
      step('bad', { needs: ['work'], triggerRule: 'none_failed' }),
    )
    const verdicts = [{ verdict: 'UNVERIFIED' }, { verdict: 'VERIFIED' }]
    const mended = await play(flow, { work: [{ fail: 'broken' }, {}], judge: verdicts })
    expect(mended.steps()).toMatchObject({ good: 'succeeded', bad: 'succeeded' })
    const broken = await play(flow, { work: [{}, { fail: 'broken' }], judge: verdicts })
    expect(broken.steps()).toMatchObject({ good: 'skipped: needs_failed', bad: 'skipped: needs_failed' })
  })
})

describe('loops that share a target', () => {
  it('L3: each has its own counter, and the longer one resets the shorter', async () => {
    const flow = main(
      step('draft'),
      step('check', { routing: loop('draft', { maxIterations: 1 }) }),
      step('review', { routing: loop('draft', { maxIterations: 1 }) }),
    )
    const run = await play(flow)
    expect(run.routes).toEqual([
      'check: iteration:1 → draft',
      'check: max_iterations → review',
      'review: iteration:1 → draft',
      'check: iteration:1 → draft',
      'check: max_iterations → review',
      'review: max_iterations → end',
    ])
    expect(run.counts).toEqual({ draft: 4, check: 4, review: 2 })
  })

  it('L3: a re-arm by the shorter one leaves the counter of the longer alone', async () => {
    const flow = main(
      step('draft'),
      step('check', { routing: loop('draft', { maxIterations: 5 }) }),
      step('review', { routing: loop('draft', { maxIterations: 2 }) }),
    )
    const run = await play(flow, {
      check: [{}, { verdict: 'VERIFIED' }, {}, { verdict: 'VERIFIED' }, { verdict: 'VERIFIED' }],
    })
    expect(run.counts.review).toBe(3)
    expect(exitsOf(run).at(-1)).toBe('review: max_iterations after 2')
  })
})

describe('bodies', () => {
  it('L3: a re-arm waits until no body step runs, whatever else is still to start in the body', async () => {
    const flow = main(
      step('target', { needs: [] }),
      step('quick', { needs: ['target'] }),
      step('slow', { needs: ['target'] }),
      step('slower', { needs: ['slow'] }),
      step('judge', { needs: ['quick', 'slower'], triggerRule: 'one_success', routing: loop('target') }),
    )
    const run = await begin(flow)
    await run.end('target')
    await run.end('quick')
    await run.end('judge', { verdict: 'UNVERIFIED' })
    await run.end('slow')
    expect(run.running).toEqual(['slower'])
    expect(run.routes).toEqual([])
    await run.end('slower')
    expect(run.running).toEqual(['target'])
    expect(run.all('routing_decision')[0]?.rearmed).toHaveLength(5)
  })

  it('L4: an exit does not wait for them, but a step behind them does', async () => {
    const flow = main(
      step('target', { needs: [] }),
      step('quick', { needs: ['target'] }),
      step('slow', { needs: ['target'] }),
      step('judge', {
        needs: ['quick', 'slow'],
        triggerRule: 'one_success',
        routing: loop('target', { next: 'next' }),
      }),
      step('next'),
      step('behind', { needs: ['slow'] }),
    )
    const run = await begin(flow)
    await run.end('target')
    await run.end('quick')
    await run.end('judge', { verdict: 'VERIFIED' })
    expect(run.running).toEqual(['slow', 'next'])
    await run.end('slow')
    expect(run.running).toEqual(['next', 'behind'])
  })

  it('L3: a branch inside a body is decided anew in each iteration', async () => {
    const flow = main(
      step('start', {
        needs: [],
        routing: { kind: 'branch', cases: [{ value: 'LEFT', next: 'left' }], default: 'right' },
      }),
      step('left', { routing: { kind: 'linear', next: 'judge' } }),
      step('right', { routing: { kind: 'linear', next: 'judge' } }),
      step('judge', { routing: loop('start') }),
    )
    const run = await play(flow, {
      start: [{ verdict: 'LEFT' }, { verdict: 'RIGHT' }],
      judge: [{}, { verdict: 'VERIFIED' }],
    })
    expect(run.starts).toEqual(['start#1', 'left#1', 'judge#1', 'start#2', 'right#2', 'judge#2'])
    expect(run.all('step_skipped').map(({ stepId, iteration }) => `${stepId}#${iteration}`)).toEqual([
      'right#1',
      'left#2',
    ])
  })

  it('L5: a branch out of a loop leaves it, and what it did not take is skipped', async () => {
    const flow = main(
      step('work'),
      step('triage', {
        routing: { kind: 'branch', cases: [{ value: 'HOPELESS', next: 'give_up' }], default: 'judge' },
      }),
      step('judge', { routing: loop('work', { next: 'ship' }) }),
      step('ship', { routing: { kind: 'terminal' } }),
      step('give_up'),
    )
    const run = await play(flow, {
      triage: [{ verdict: 'FINE' }, { verdict: 'HOPELESS' }],
      judge: { verdict: 'UNVERIFIED' },
    })
    expect(run.starts).toEqual(['work#1', 'triage#1', 'judge#1', 'work#2', 'triage#2', 'give_up#1'])
    expect(run.steps()).toMatchObject({ judge: 'skipped: not_routed', ship: 'skipped: not_routed' })
    expect(run.status).toBe('succeeded')
  })

  it('L4: a loop inside a parallel arm keeps nobody else waiting', async () => {
    const arm = (id: string) => [
      step(`${id}_work`, { needs: [] }),
      step(`${id}_judge`, { needs: [`${id}_work`], routing: loop(`${id}_work`, { next: `${id}_end` }) }),
      step(`${id}_end`),
    ]
    const run = await begin(main(...arm('a'), ...arm('b'), step('join', { needs: ['a_end', 'b_end'] })))
    await run.end('a_work')
    await run.end('a_judge', { verdict: 'UNVERIFIED' })
    await run.end('b_work')
    await run.end('b_judge', { verdict: 'VERIFIED' })
    expect(run.running).toEqual(['a_work', 'b_end'])
    await run.finish({ a_judge: { verdict: 'VERIFIED' } })
    expect(run.counts).toMatchObject({ a_work: 2, b_work: 1, join: 1 })
  })
})

describe('the retries of a step', () => {
  it('B1: are there anew in each iteration', async () => {
    const run = await begin(
      main(
        step('flaky', { retry: { maxRetries: 1 } }),
        step('critic', { routing: { kind: 'microloop', loopTarget: 'flaky', maxIterations: 1 } }),
      ),
    )
    for (const verdict of ['UNVERIFIED', 'VERIFIED']) {
      await run.end('flaky', { fail: 'busy', retryable: true })
      await run.advance(60_000)
      await run.end('flaky')
      await run.end('critic', { verdict })
    }
    expect(run.starts).toEqual(['flaky#1', 'flaky#1.2', 'critic#1', 'flaky#2', 'flaky#2.2', 'critic#2'])
    expect(run.status).toBe('succeeded')
  })
})
