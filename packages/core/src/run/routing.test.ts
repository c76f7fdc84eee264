import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../flow/json.ts'
import type { BranchCase, FieldCase, Routing } from '../flow/routing.ts'
import { type Deed, main, step } from './hand-call.fixture.ts'
import { begin, dieAfter, play } from './hand-run.fixture.ts'

/** `a` routes, each target ends the flow. */
const fork = (routing: Routing) =>
  main(
    step('a', { needs: [], routing }),
    ...['left', 'right', 'other'].map((id) => step(id, { needs: ['a'], triggerRule: 'all_done' })),
  )

const branch = (cases: readonly BranchCase[], fallback?: string): Routing => ({
  kind: 'branch',
  cases,
  ...(fallback === undefined ? {} : { default: fallback }),
})

describe('decisions', () => {
  it('L1: a step with routing is followed by one recorded decision, before what it leads to', async () => {
    const run = await play(main(step('a', { routing: { kind: 'linear', next: 'b' } }), step('b')))
    expect(run.events.map(({ type }) => type)).toEqual([
      'run_created',
      'run_started',
      'flow_start',
      'step_start',
      'step_end',
      'routing_decision',
      'step_start',
      'step_end',
      'flow_end',
      'run_completed',
    ])
    expect(run.all('routing_decision')).toMatchObject([
      { stepId: 'a', decision: 'advance', target: 'b', reason: 'linear', notTaken: [], source: 'spec' },
    ])
  })

  it('L1: a linear step without next goes to its successor, and at the end nowhere', async () => {
    const linear = { routing: { kind: 'linear' } } as const
    const run = await play(main(step('a', linear), step('b', linear)))
    expect(run.all('routing_decision')).toMatchObject([
      { stepId: 'a', decision: 'advance', target: 'b' },
      { stepId: 'b', decision: 'end' },
    ])
    expect(run.all('routing_decision')[1]).not.toHaveProperty('target')
  })

  it('L1: a branch takes the first case that holds, and says what it did not take', async () => {
    const cases = [
      { value: 'LEFT', next: 'left' },
      { when: 'steps.a.verdict == "LEFT" || steps.a.verdict == "RIGHT"', next: 'right' },
    ]
    const flow = fork(branch(cases, 'other'))
    const decide = async (verdict: string) =>
      (await play(flow, { a: { verdict } })).all('routing_decision').slice(0, 1)
    expect(await decide('LEFT')).toMatchObject([
      { decision: 'branch', target: 'left', reason: 'case:1', notTaken: ['right', 'other'] },
    ])
    expect(await decide('RIGHT')).toMatchObject([{ target: 'right', reason: 'case:2' }])
    expect(await decide('UP')).toMatchObject([
      { target: 'other', reason: 'default', notTaken: ['left', 'right'] },
    ])
  })

  it('L1: without a default the step fails with route_unmatched, and nothing it leads to starts', async () => {
    const flow = main(
      step('a', { needs: [], routing: branch([{ value: 'LEFT', next: 'left' }]) }),
      step('left'),
      step('after', { needs: ['a'] }),
    )
    const run = await play(flow, { a: { verdict: 'RIGHT' } })
    expect(run.steps()).toEqual({
      a: 'failed: route_unmatched',
      left: 'skipped: upstream_failed',
      after: 'skipped: needs_failed',
    })
    expect(run.all('routing_decision')).toMatchObject([{ decision: 'fail', reason: 'route_unmatched' }])
    expect(run.completed.error).toMatchObject({ code: 'route_unmatched' })
  })

  it('L1: a case that cannot be evaluated fails the step with condition_error', async () => {
    const flow = fork(branch([{ when: 'steps.a.data.nothing', next: 'left' }], 'other'))
    const run = await play(flow, { a: { value: { score: 1 } } })
    expect(run.steps().a).toBe('failed: condition_error')
  })

  it('L1: a failed step gets no decision', async () => {
    const run = await play(fork(branch([{ value: 'LEFT', next: 'left' }], 'other')), {
      a: { fail: 'broken' },
    })
    expect(run.all('routing_decision')).toEqual([])
  })

  it('L1: a step that succeeded without a decision is asked again on resume, but not called', async () => {
    const before = await play(main(step('a', { routing: { kind: 'linear', next: 'b' } }), step('b')))
    const [end] = before.all('step_end')
    const run = await dieAfter(before, end?.seq ?? 0)
    await run.resume()
    expect(run.routes).toEqual(['a: linear → b'])
    expect(run.running).toEqual(['b'])
    await run.finish()
    expect(run.counts).toEqual({ a: 1, b: 1 })
  })

  it('L1: a recorded decision is never evaluated again, even if the spec would decide otherwise', async () => {
    const routing = branch([{ value: 'GO', next: 'c' }], 'b')
    const before = await play(
      main(step('a', { routing }), step('b', { routing: { kind: 'terminal' } }), step('c')),
      {
        a: { verdict: 'GO' },
      },
    )
    const at = before.events.findIndex(({ type }) => type === 'routing_decision')
    const [decision] = before.all('routing_decision')
    if (decision === undefined) throw new Error('There is no decision')
    before.events[at] = { ...decision, target: 'b', source: 'navigator' }
    const run = await dieAfter(before, decision.seq)
    await run.resume()
    await run.finish()
    expect(run.steps()).toEqual({ a: 'succeeded', b: 'succeeded', c: 'skipped: terminal' })
    expect(run.all('routing_decision').filter(({ stepId }) => stepId === 'a')).toHaveLength(1)
  })
})

describe('terminal', () => {
  const flow = main(
    step('end', { needs: [], routing: { kind: 'terminal' } }),
    step('running', { needs: [] }),
    step('behind', { needs: ['running'] }),
    step('join', { needs: ['end', 'behind'], triggerRule: 'all_done' }),
  )

  it('L1: nothing new starts, running steps finish, the rest is skipped', async () => {
    const run = await begin(flow)
    await run.end('end')
    expect(run.steps()).toEqual({
      end: 'succeeded',
      running: 'running',
      behind: 'skipped: terminal',
      join: 'skipped: terminal',
    })
    expect(run.all('flow_end')).toEqual([])
    await run.end('running')
    expect(run.status).toBe('succeeded')
    expect(run.all('routing_decision')).toMatchObject([{ decision: 'terminate', reason: 'terminal' }])
  })

  it('L1: a running step that fails is tried again, and may still fail the flow', async () => {
    const run = await begin(flow)
    await run.end('end')
    await run.end('running', { fail: 'busy', retryable: true })
    await run.advance(60_000)
    await run.end('running', { fail: 'broken' })
    expect(run.starts).toEqual(['end#1', 'running#1', 'running#1.2'])
    expect(run.status).toBe('failed')
  })

  it('L1: a loop that runs beside it ends where it is', async () => {
    const looping = main(
      step('end', { needs: [], routing: { kind: 'terminal' } }),
      step('work', { needs: [] }),
      step('judge', { needs: ['work'], routing: { kind: 'microloop', loopTarget: 'work', next: 'after' } }),
      step('after'),
    )
    const run = await begin(looping)
    await run.end('work')
    await run.end('end')
    await run.end('judge', { verdict: 'UNVERIFIED' })
    expect(run.routes).toEqual(['end: terminal → end', 'judge: terminal → end'])
    expect(run.steps()).toMatchObject({ work: 'succeeded', after: 'skipped: terminal' })
    expect(run.status).toBe('succeeded')
  })

  it('L1: a failed terminal step ends nothing', async () => {
    const run = await begin(flow)
    await run.end('end', { fail: 'broken' })
    await run.finish()
    expect(run.steps()).toMatchObject({ behind: 'succeeded', join: 'succeeded' })
  })

  it('L1: it ends its own visit only', async () => {
    const child = { key: 'child', steps: [step('stop', { routing: { kind: 'terminal' } as const })] }
    const run = await play(main({ id: 'a', kind: 'flow', flow: 'child' }, step('b')), {}, { flows: [child] })
    expect(run.steps()).toEqual({ a: 'succeeded', b: 'succeeded' })
  })
})

describe('comparisons', () => {
  const taken = async (deed: Deed, fieldCase: Omit<FieldCase, 'next'>): Promise<boolean> => {
    const run = await play(fork(branch([{ ...fieldCase, next: 'left' }], 'other')), { a: deed })
    return run.all('routing_decision')[0]?.target === 'left'
  }

  it.each<[JsonValue, JsonValue, boolean]>([
    ['VERIFIED', 'VERIFIED', true],
    ['verified', 'VERIFIED', true],
    ['UNVERIFIED', 'VERIFIED', false],
    ['VERIFIED with concerns', 'VERIFIED', false],
    ['', 'VERIFIED', false],
    [true, true, true],
    [true, 'true', true],
    ['TRUE', true, true],
    ['yes', true, false],
    [true, 1, false],
    [false, 'false', true],
    [null, false, false],
    [0, '0', true],
    ['0', 0, true],
    [10, '1', false],
    [0, '', false],
    [null, 'null', true],
  ])('L6: a field that is %j equals %j: %s', async (value, expected, holds) => {
    expect(await taken({ value: { field: value } }, { field: 'field', value: expected })).toBe(holds)
  })

  it.each<[FieldCase['operator'], JsonValue, JsonValue, boolean]>([
    ['not_equals', 'MERGE', 'merge', false],
    ['not_equals', 'BOUNCE', 'MERGE', true],
    ['in', 'bounce', ['MERGE', 'BOUNCE'], true],
    ['in', 'MER', ['MERGE', 'BOUNCE'], false],
    ['not_in', 'ESCALATE', ['MERGE', 'BOUNCE'], true],
    ['not_in', 'merge', ['MERGE', 'BOUNCE'], false],
    ['contains', ['api', 'Auth'], 'auth', true],
    ['contains', ['authentication'], 'auth', false],
    ['contains', 'authentication', 'auth', false],
  ])('L6: %s of %j and %j is %s', async (operator, value, expected, holds) => {
    const fieldCase = { field: 'field', value: expected, ...(operator === undefined ? {} : { operator }) }
    expect(await taken({ value: { field: value } }, fieldCase)).toBe(holds)
  })

  it.each<[FieldCase['operator'], JsonValue, boolean]>([
    ['equals', '', false],
    ['not_equals', 'x', true],
    ['in', ['x'], false],
    ['not_in', ['x'], true],
    ['contains', 'x', false],
  ])('L6: a field that is missing: %s %j is %s', async (operator, expected, holds) => {
    const fieldCase = { field: 'missing', value: expected, ...(operator === undefined ? {} : { operator }) }
    expect(await taken({ value: { field: 1 } }, fieldCase)).toBe(holds)
  })

  it.each<[string, Deed]>([
    ['the data', { value: { risk: 'high' } }],
    ['the handoff', { handoff: { fields: { risk: 'high' } } }],
    ['the front matter', { value: '---\nrisk: high\n---\nThe report.' }],
    ['a JSON text', { value: '{"risk": "high"}' }],
    ['the data before the handoff', { value: { risk: 'high' }, handoff: { fields: { risk: 'low' } } }],
    [
      'the handoff before the front matter',
      { value: '---\nrisk: low\n---', handoff: { fields: { risk: 'high' } } },
    ],
  ])('L6: a named field is looked up in %s', async (_, deed) => {
    expect(await taken(deed, { field: 'risk', value: 'high' })).toBe(true)
  })

  it('L6: a path steps into objects', async () => {
    const value = { review: { risk: { level: 'high' } } }
    expect(await taken({ value }, { field: 'review.risk.level', value: 'high' })).toBe(true)
  })

  it('L6: without a field the verdict of the handoff counts, never the status or the output', async () => {
    expect(await taken({ verdict: 'GO' }, { value: 'GO' })).toBe(true)
    expect(await taken({ value: 'GO' }, { value: 'GO' })).toBe(false)
    expect(await taken({}, { value: 'succeeded' })).toBe(false)
    expect(await taken({ value: { verdict: 'GO' } }, { value: 'GO' })).toBe(false)
  })
})
