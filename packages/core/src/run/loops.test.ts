import { describe, expect, it } from 'vitest'
import type { FlowInput } from '../flow/flow.ts'
import type { MicroloopRouting } from '../flow/routing.ts'
import { type Deed, main, step } from './hand-call.fixture.ts'
import { begin, type HandRun, play } from './hand-run.fixture.ts'

/** An author and a critic that sends back. */
const pair = (routing: Partial<MicroloopRouting> = {}): FlowInput =>
  main(
    step('author'),
    step('critic', { routing: { kind: 'microloop', loopTarget: 'author', ...routing } }),
    step('next'),
  )

const reasonsOf = (run: HandRun): readonly string[] => run.all('routing_decision').map(({ reason }) => reason)
const last = (run: HandRun): string | undefined => reasonsOf(run).at(-1)

/** Deeds of the critic that give the body the same evidence each time. */
const same = (deed: Deed = {}): Record<string, Deed> => ({
  author: { value: 'draft' },
  critic: { value: 'no', verdict: 'UNVERIFIED', ...deed },
})

describe('reasons', () => {
  it('L2: a success verdict exits to next', async () => {
    const run = await play(pair(), { critic: [{ verdict: 'UNVERIFIED' }, { verdict: 'verified' }] })
    expect(run.routes).toEqual(['critic: iteration:1 → author', 'critic: verified → next'])
    expect(run.starts).toEqual(['author#1', 'critic#1', 'author#2', 'critic#2', 'next#1'])
    expect(run.status).toBe('succeeded')
  })

  it('L2: no verdict is never success, and neither is the status', async () => {
    const run = await play(pair(), { critic: { value: 'VERIFIED' } })
    expect(reasonsOf(run)).toEqual(['iteration:1', 'iteration:2', 'iteration:3', 'max_iterations'])
  })

  it('L2: further help that is denied ends the loop', async () => {
    const handoff = { canFurtherIterationHelp: false }
    const run = await play(pair(), { critic: { verdict: 'UNVERIFIED', handoff } })
    expect(run.routes).toEqual(['critic: no_further_help → next'])
  })

  it('L2: help that is expected does not', async () => {
    const handoff = { canFurtherIterationHelp: true }
    const run = await play(pair({ maxIterations: 1 }), { critic: { verdict: 'UNVERIFIED', handoff } })
    expect(reasonsOf(run)).toEqual(['iteration:1', 'max_iterations'])
  })

  it('L2: the verdict BLOCKED ends the loop', async () => {
    const run = await play(pair(), { critic: { verdict: 'Blocked' } })
    expect(run.routes).toEqual(['critic: blocked → next'])
  })

  it('L2: equal evidence of the whole body three times in a row is a stall', async () => {
    const run = await play(pair({ maxIterations: 10 }), same())
    expect(reasonsOf(run)).toEqual(['iteration:1', 'iteration:2', 'iteration:3', 'stalled'])
    expect(run.all('routing_decision').map(({ stalledFor }) => stalledFor)).toEqual([0, 1, 2, 3])
    expect(run.counts).toEqual({ author: 4, critic: 4, next: 1 })
  })

  it('L2: stallAfter says how often', async () => {
    const run = await play(pair({ maxIterations: 10, stallAfter: 1 }), same())
    expect(reasonsOf(run)).toEqual(['iteration:1', 'stalled'])
  })

  it('L2: evidence that changes anywhere in the body starts the count anew', async () => {
    const authors = ['a', 'a', 'b', 'b', 'b'].map((value) => ({ value }))
    const run = await play(pair({ maxIterations: 10, stallAfter: 2 }), { ...same(), author: authors })
    expect(run.all('routing_decision').map(({ stalledFor }) => stalledFor)).toEqual([0, 1, 0, 1, 2])
    expect(last(run)).toBe('stalled')
  })

  it('L2: a verdict alone is no evidence', async () => {
    const verdicts = ['UNVERIFIED', 'PARTIAL', 'UNVERIFIED', 'PARTIAL'].map((verdict) => ({
      value: 'no',
      verdict,
    }))
    const run = await play(pair({ maxIterations: 10 }), { ...same(), critic: verdicts })
    expect(last(run)).toBe('stalled')
  })

  it.each<[string, Deed, Partial<MicroloopRouting>]>([
    ['verified', { verdict: 'VERIFIED', handoff: { canFurtherIterationHelp: false } }, {}],
    ['no_further_help', { verdict: 'BLOCKED', handoff: { canFurtherIterationHelp: false } }, {}],
    ['blocked', { verdict: 'BLOCKED' }, { maxIterations: 0 }],
    ['max_iterations', {}, { maxIterations: 3 }],
    ['stalled', {}, { maxIterations: 4 }],
  ])('L2: %s is tried before what comes after it', async (reason, deed, routing) => {
    expect(last(await play(pair(routing), same(deed)))).toBe(reason)
  })

  it('L2: BLOCKED can be a success value', async () => {
    const run = await play(pair({ successValues: ['VERIFIED', 'BLOCKED'] }), {
      critic: { verdict: 'blocked' },
    })
    expect(reasonsOf(run)).toEqual(['verified'])
  })

  it('L6: a field can be read instead of the verdict, as the worklist of the sources does', async () => {
    const routing = { field: 'pending_blocking', successValues: ['0'] }
    const run = await play(pair(routing), {
      critic: [
        { value: { pending_blocking: 10 }, verdict: 'VERIFIED' },
        { value: { pending_blocking: '3' } },
        { value: { pending_blocking: 0 } },
      ],
    })
    expect(run.all('routing_decision').map(({ reason, value }) => `${reason} ${value}`)).toEqual([
      'iteration:1 10',
      'iteration:2 3',
      'verified 0',
    ])
  })
})

describe('bounds', () => {
  it('L3: the body runs at most 1 + maxIterations times, by default 4', async () => {
    const run = await play(pair(), { critic: { verdict: 'UNVERIFIED' } })
    expect(run.counts).toEqual({ author: 4, critic: 4, next: 1 })
    expect(last(run)).toBe('max_iterations')
  })

  it.each([0, 1, 2, 5])('L3: a bound of %i', async (maxIterations) => {
    const run = await play(pair({ maxIterations }), { critic: { verdict: 'UNVERIFIED' } })
    expect(run.counts).toEqual({ author: maxIterations + 1, critic: maxIterations + 1, next: 1 })
  })

  it('L3: what is re-armed, reset and counted stands in the decision', async () => {
    const run = await play(pair({ maxIterations: 2 }), { critic: { verdict: 'UNVERIFIED' } })
    const [first, second, exit] = run.all('routing_decision')
    expect(first).toMatchObject({
      decision: 'loop',
      target: 'author',
      rearmed: [
        { stepId: 'author', iteration: 2 },
        { stepId: 'critic', iteration: 2 },
      ],
      resets: [],
      loopState: { 'critic:author': 1 },
    })
    expect(second).toMatchObject({ loopState: { 'critic:author': 2 } })
    expect(exit).toMatchObject({ decision: 'advance', target: 'next' })
    expect(exit).not.toHaveProperty('rearmed')
  })

  it('L3: the census tells how each loop ended, and after how many re-arms', async () => {
    const run = await play(pair(), { critic: [{ verdict: 'UNVERIFIED' }, { verdict: 'VERIFIED' }] })
    expect(run.completed.census.loops).toEqual([
      { frame: 'main#1', stepId: 'critic', target: 'author', reason: 'verified', rearms: 1 },
    ])
  })

  it('L3: a step that failed in an iteration runs again in the next, and stands as it ended last', async () => {
    const flow = main(
      step('author'),
      step('critic', {
        allowFailure: true,
        routing: { kind: 'microloop', loopTarget: 'author', next: 'next' },
      }),
      step('next'),
    )
    const failing = await play(flow, { critic: { fail: 'broken' } })
    expect(failing.counts).toEqual({ author: 1, critic: 1, next: 1 })

    const body = main(
      step('author', { needs: [] }),
      step('check', { needs: ['author'], allowFailure: true }),
      step('critic', {
        needs: ['author', 'check'],
        triggerRule: 'all_done',
        routing: { kind: 'microloop', loopTarget: 'author' },
      }),
    )
    const mended = await play(body, {
      check: [{ fail: 'broken' }, {}],
      critic: [{ verdict: 'UNVERIFIED' }, { verdict: 'VERIFIED' }],
    })
    expect(mended.steps()).toEqual({ author: 'succeeded', check: 'succeeded', critic: 'succeeded' })
    expect(mended.status).toBe('succeeded')
    expect(mended.completed.census).toMatchObject({ failed: 0, earlierFailures: 1 })
  })

  it('L4: a loop whose decision step fails has exited', async () => {
    const flow = main(
      step('author', { needs: [] }),
      step('critic', { needs: ['author'], routing: { kind: 'microloop', loopTarget: 'author' } }),
      step('watch', { needs: ['author'] }),
    )
    const run = await begin(flow)
    await run.end('author')
    expect(run.steps().watch).toBe('pending')
    await run.end('critic', { fail: 'broken' })
    expect(run.running).toEqual(['watch'])
  })

  it('L4: and so has one whose decision step is skipped', async () => {
    const flow = main(
      step('author', { needs: [] }),
      step('critic', {
        needs: ['author'],
        when: 'false',
        routing: { kind: 'microloop', loopTarget: 'author', next: 'next' },
      }),
      step('watch', { needs: ['author'] }),
      step('next'),
    )
    const run = await play(flow)
    expect(run.starts).toEqual(['author#1', 'watch#1', 'next#1'])
  })
})

describe('branches that point back', () => {
  const retry = (fallback?: string, maxIterations?: number): FlowInput =>
    main(
      step('work'),
      step('test', {
        routing: {
          kind: 'branch',
          cases: [
            { value: 'PASSED', next: 'done' },
            { value: 'FAILED', next: 'work' },
          ],
          ...(fallback === undefined ? {} : { default: fallback }),
          ...(maxIterations === undefined ? {} : { maxIterations }),
        },
      }),
      step('done'),
    )

  it('L2: a case that points back re-arms, another one goes on', async () => {
    const run = await play(retry(), { test: [{ verdict: 'FAILED' }, { verdict: 'PASSED' }] })
    expect(run.routes).toEqual(['test: case:2:iteration:1 → work', 'test: case:1 → done'])
    expect(run.starts).toEqual(['work#1', 'test#1', 'work#2', 'test#2', 'done#1'])
    expect(run.completed.census.loops).toMatchObject([{ stepId: 'test', target: 'work', rearms: 1 }])
  })

  it('L2: it has the same default bound; used up, the default is taken', async () => {
    const run = await play(retry('done'), { test: { verdict: 'FAILED' } })
    expect(run.counts).toEqual({ work: 4, test: 4, done: 1 })
    expect(last(run)).toBe('max_iterations')
    expect(run.status).toBe('succeeded')
  })

  it('L2: used up without a default the step fails with loop_exhausted', async () => {
    const run = await play(retry(undefined, 1), { test: { verdict: 'FAILED' } })
    expect(run.counts).toEqual({ work: 2, test: 2 })
    expect(run.steps()).toMatchObject({ test: 'failed: loop_exhausted', done: 'skipped: upstream_failed' })
    expect(run.completed.error?.code).toBe('loop_exhausted')
  })

  it('L2: a default that points back is bounded as well', async () => {
    const run = await play(retry('work', 2), { test: { verdict: 'UNCLEAR' } })
    expect(reasonsOf(run)).toEqual(['default:iteration:1', 'default:iteration:2', 'loop_exhausted'])
  })

  it('L2: a step that branches to itself is bounded', async () => {
    const routing = {
      kind: 'branch',
      cases: [{ value: false, field: 'passed', next: 'smoke' }],
      default: 'on',
    } as const
    const run = await play(main(step('smoke', { routing }), step('on')), {
      smoke: { value: { passed: false } },
    })
    expect(run.counts).toEqual({ smoke: 4, on: 1 })
  })

  it('L2: each target that it points back to has its own bound', async () => {
    const flow = main(
      step('plan'),
      step('code'),
      step('test', {
        routing: {
          kind: 'branch',
          cases: [
            { value: 'CODE', next: 'code' },
            { value: 'PLAN', next: 'plan' },
          ],
          default: 'done',
          maxIterations: 1,
        },
      }),
      step('done'),
    )
    const verdicts = ['CODE', 'PLAN', 'CODE', 'PLAN'].map((verdict) => ({ verdict }))
    const run = await play(flow, { test: verdicts })
    expect(reasonsOf(run)).toEqual([
      'case:1:iteration:1',
      'case:2:iteration:1',
      'case:1:iteration:1',
      'max_iterations',
    ])
    expect(run.counts).toEqual({ plan: 2, code: 4, test: 4, done: 1 })
  })
})
