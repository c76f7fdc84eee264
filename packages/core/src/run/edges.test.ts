import { describe, expect, it } from 'vitest'
import type { TriggerRule } from '../flow/definition.ts'
import type { FlowInput, FunctionStepInput } from '../flow/flow.ts'
import type { BranchRouting } from '../flow/routing.ts'
import { HandChecks, main, step } from './hand-call.fixture.ts'
import { begin, type HandRun, play } from './hand-run.fixture.ts'

describe('ways in', () => {
  it('F1: in a sequence only the first step starts by itself, each other follows', async () => {
    const run = await begin(main(step('a'), step('b'), step('c')))
    expect(run.steps()).toEqual({ a: 'running', b: 'pending', c: 'pending' })
    await run.end('a')
    expect(run.steps()).toEqual({ a: 'succeeded', b: 'running', c: 'pending' })
    await run.finish()
    expect(run.starts).toEqual(['a#1', 'b#1', 'c#1'])
  })

  it('F1: in a graph the first step and every step with needs: [] start by themselves', async () => {
    const run = await begin(main(step('a'), step('b', { needs: [] }), step('c', { needs: ['a', 'b'] })))
    expect(run.running).toEqual(['a', 'b'])
    await run.end('a')
    expect(run.running).toEqual(['b'])
    await run.end('b')
    expect(run.running).toEqual(['c'])
  })

  it('F2: a step that only a route leads to needs no needs', async () => {
    const next = { kind: 'linear', next: 'c' } as const
    const run = await play(main(step('a', { routing: next }), step('b', { needs: ['a'] }), step('c')))
    expect(run.starts).toEqual(['a#1', 'b#1', 'c#1'])
  })

  it('F2: a next onto a step that already needs this one adds no edge', async () => {
    const flow = main(
      step('a', { routing: { kind: 'linear', next: 'c' }, allowFailure: true }),
      step('b', { needs: [] }),
      step('c', { needs: ['a', 'b'], triggerRule: 'one_success' }),
    )
    const run = await play(flow, { a: { fail: 'broken' } })
    expect(run.steps().c).toBe('succeeded')
  })

  it('F6: a step starts the moment its own edges allow, whatever its siblings do', async () => {
    const flow = main(
      step('slow', { needs: [] }),
      step('a', { needs: [] }),
      step('b', { needs: ['a'] }),
      step('c', { needs: ['b'] }),
      step('end', { needs: ['slow', 'c'] }),
    )
    const run = await begin(flow)
    for (const quick of ['a', 'b', 'c']) await run.end(quick)
    expect(run.steps()).toEqual({
      slow: 'running',
      a: 'succeeded',
      b: 'succeeded',
      c: 'succeeded',
      end: 'pending',
    })
    expect(run.all('flow_end')).toEqual([])
    await run.finish()
    expect(run.starts.at(-1)).toBe('end#1')
  })
})

describe('trigger rules', () => {
  /** Needs `a` and `b`, each behind a step that tells it to go or not. */
  const join = (triggerRule: TriggerRule): FlowInput =>
    main(
      ...['a', 'b'].flatMap((id) => [
        step(`${id}0`, { needs: [] }),
        step(id, { needs: [`${id}0`], when: `steps.${id}0.verdict == "GO"` }),
      ]),
      step('join', { needs: ['a', 'b'], triggerRule }),
    )

  /** `a+` succeeds, `a-` fails, `a0` is skipped. */
  async function act(run: HandRun, [id, how]: string): Promise<void> {
    await run.end(`${id}0`, { verdict: how === '0' ? 'STAY' : 'GO' })
    if (how !== '0') await run.end(`${id}`, how === '-' ? { fail: 'broken' } : {})
  }

  it.each<[TriggerRule, string, string]>([
    ['all_success', 'a+', 'pending'],
    ['all_success', 'a+ b+', 'running'],
    ['all_success', 'a-', 'skipped: needs_failed'],
    ['all_success', 'a0', 'skipped: needs_skipped'],
    ['all_success', 'a+ b-', 'skipped: needs_failed'],
    ['all_success', 'a+ b0', 'skipped: needs_skipped'],
    ['none_failed', 'a+', 'pending'],
    ['none_failed', 'a0', 'pending'],
    ['none_failed', 'a+ b+', 'running'],
    ['none_failed', 'a+ b0', 'running'],
    ['none_failed', 'a0 b+', 'running'],
    ['none_failed', 'a-', 'skipped: needs_failed'],
    ['none_failed', 'a+ b-', 'skipped: needs_failed'],
    ['none_failed', 'a0 b0', 'skipped: needs_skipped'],
    ['one_success', 'a+', 'running'],
    ['one_success', 'a-', 'pending'],
    ['one_success', 'a0', 'pending'],
    ['one_success', 'a- b+', 'running'],
    ['one_success', 'a0 b+', 'running'],
    ['one_success', 'a- b-', 'skipped: needs_failed'],
    ['one_success', 'a0 b-', 'skipped: needs_failed'],
    ['one_success', 'a0 b0', 'skipped: needs_skipped'],
    ['all_done', 'a+', 'pending'],
    ['all_done', 'a-', 'pending'],
    ['all_done', 'a+ b+', 'running'],
    ['all_done', 'a- b-', 'running'],
    ['all_done', 'a0 b0', 'running'],
    ['all_done', 'a- b0', 'running'],
  ])('F4: %s after %s leaves the join %s', async (rule, acts, stand) => {
    const run = await begin(join(rule))
    for (const one of acts.split(' ')) await act(run, one)
    expect(run.steps().join).toBe(stand)
  })

  it('F4: all_success is the default', async () => {
    const run = await play(
      main(
        step('a', { needs: [] }),
        step('b', { needs: [] }),
        step('join', { needs: ['a', 'b'] }),
        step('after', { needs: ['join'], triggerRule: 'all_done' }),
      ),
      { a: { fail: 'broken' } },
    )
    expect(run.steps().join).toBe('skipped: needs_failed')
    expect(run.steps().after).toBe('succeeded')
  })

  it('F4: a step with routes waits until all of them are decided, and starts when one is taken', async () => {
    const branch = (target: string): BranchRouting => ({
      kind: 'branch',
      cases: [{ value: 'GO', next: 'meet' }],
      default: target,
    })
    const flow = main(
      step('a', { needs: [], routing: branch('aside') }),
      step('b', { needs: [], routing: branch('aside') }),
      step('aside'),
      step('meet'),
    )
    const run = await begin(flow)
    await run.end('a', { verdict: 'GO' })
    expect(run.steps()).toMatchObject({ meet: 'pending', aside: 'pending' })
    await run.end('b', { verdict: 'STAY' })
    expect(run.steps()).toMatchObject({ meet: 'running', aside: 'running' })
  })

  it('F4: a step with routes of which none is taken is skipped, and takes no route itself', async () => {
    const flow = main(
      step('a', {
        routing: { kind: 'branch', cases: [{ value: 'LEFT', next: 'left' }], default: 'right' },
      }),
      step('left', { routing: { kind: 'linear', next: 'end' } }),
      step('right', { routing: { kind: 'linear', next: 'end' } }),
      step('end'),
    )
    const run = await play(flow, { a: { verdict: 'LEFT' } })
    expect(run.steps()).toEqual({
      a: 'succeeded',
      left: 'succeeded',
      right: 'skipped: not_routed',
      end: 'succeeded',
    })
  })

  it('F4: a step with needs and routes wants both', async () => {
    const flow = main(
      step('need', { needs: [] }),
      step('a', {
        needs: [],
        routing: { kind: 'branch', cases: [{ value: 'GO', next: 'both' }], default: 'other' },
      }),
      step('both', { needs: ['need'] }),
      step('other'),
    )
    const taken = await begin(flow)
    await taken.end('a', { verdict: 'GO' })
    expect(taken.steps().both).toBe('pending')
    await taken.end('need')
    expect(taken.steps().both).toBe('running')

    const notTaken = await play(flow, { a: { verdict: 'STAY' } })
    expect(notTaken.steps().both).toBe('skipped: not_routed')

    const unmet = await begin(flow)
    await unmet.end('need', { fail: 'broken' })
    expect(unmet.steps().both).toBe('skipped: needs_failed')
  })
})

describe('a settled step', () => {
  const sequence = (policy: Partial<FunctionStepInput>): FlowInput =>
    main(step('a'), step('b', policy), step('c'), step('d'))

  it('F3: a failed step takes no route; what only it leads to is skipped', async () => {
    const run = await play(sequence({}), { b: { fail: 'broken' } })
    expect(run.steps()).toEqual({
      a: 'succeeded',
      b: 'failed: broken',
      c: 'skipped: upstream_failed',
      d: 'skipped: upstream_failed',
    })
    expect(run.status).toBe('failed')
  })

  const left = [{ value: 'LEFT', next: 'd' }]

  it.each<[string, FunctionStepInput['routing'], readonly string[]]>([
    ['its successor', undefined, ['c', 'd']],
    ['its next', { kind: 'linear', next: 'd' }, ['d']],
    ['the next of its loop', { kind: 'microloop', loopTarget: 'b', next: 'd' }, ['d']],
    ['the successor of its loop', { kind: 'microloop', loopTarget: 'b' }, ['c', 'd']],
    ['its default', { kind: 'branch', cases: left, default: 'd' }, ['d']],
    ['its successor without a default', { kind: 'branch', cases: left }, ['c', 'd']],
    ['its successor, terminal as it is', { kind: 'terminal' }, ['c', 'd']],
  ])(
    'F3: skipped by its own when, or failed with allowFailure, a step takes %s',
    async (_, routing, then) => {
      const toB = { kind: 'branch', cases: [{ value: 'ASIDE', next: 'c' }], default: 'b' } as const
      const own = routing === undefined ? {} : { routing }
      const flow = (policy: Partial<FunctionStepInput>): FlowInput =>
        main(step('a', { routing: toB }), step('b', { ...own, ...policy }), step('c'), step('d'))

      const skipped = await play(flow({ when: 'false' }))
      expect(skipped.starts.slice(1)).toEqual(then.map((id) => `${id}#1`))
      const failed = await play(flow({ allowFailure: true }), { b: { fail: 'broken' } })
      expect(failed.starts.slice(2)).toEqual(then.map((id) => `${id}#1`))
      expect([...skipped.all('routing_decision'), ...failed.all('routing_decision')].length).toBe(2)
    },
  )

  it('F3: in a graph a step that is skipped or allowed to fail has no successor to take', async () => {
    const flow = main(step('a', { needs: [], when: 'false' }), step('b', { needs: ['a'] }))
    expect((await play(flow)).steps()).toEqual({ a: 'skipped: condition', b: 'skipped: needs_skipped' })
  })

  it('F3: the edges of a step are decided after its verification and its routing', async () => {
    const flow = main(
      step('a', { needs: [], verify: { commands: [{ command: 'check' }] } }),
      step('b', { needs: ['a'] }),
    )
    const checks = new HandChecks()
    const run = await begin(flow, { checks })
    await run.end('a')
    expect(run.steps()).toEqual({ a: 'ended', b: 'pending' })
    checks.pass()
    await run.advance(0)
    expect(run.steps()).toEqual({ a: 'succeeded', b: 'running' })
  })
})
