import { describe, expect, it } from 'vitest'
import type { FlowInput } from '../flow/flow.ts'
import { itemStep, main, type Script, step } from './hand-call.fixture.ts'
import { begin, type HandRun, play } from './hand-run.fixture.ts'

const broken: Script = { bad: { fail: 'broken' } }
const one = { triggerRule: 'one_success' } as const
const all = { triggerRule: 'all_done' } as const
const bad = step('bad', { needs: [] })
const good = step('good', { needs: [] })

const absorbedOf = (run: HandRun): Readonly<Record<string, boolean>> =>
  Object.fromEntries(run.completed.census.failures.map((failure) => [failure.step, failure.absorbed]))

describe('absorption', () => {
  it.each<[string, FlowInput, HandRun['status']]>([
    ['nothing that fails', main(step('a')), 'succeeded'],
    ['a failure that leads nowhere', main(bad, good), 'failed'],
    ['a step that may fail', main(step('bad', { needs: [], allowFailure: true }), good), 'partial'],
    [
      'a race that is won without it',
      main(bad, good, step('race', { needs: ['bad', 'good'], ...one })),
      'partial',
    ],
    [
      'a race behind a step that it skipped',
      main(bad, good, step('next', { needs: ['bad'] }), step('race', { needs: ['next', 'good'], ...one })),
      'partial',
    ],
    [
      'a race behind several steps that it skipped',
      main(
        bad,
        good,
        step('next', { needs: ['bad'] }),
        step('later', { needs: ['next'] }),
        step('race', { needs: ['later', 'good'], ...one }),
      ),
      'partial',
    ],
    [
      'a race behind a route that it did not take',
      main(
        step('bad', { needs: [], routing: { kind: 'linear', next: 'next' } }),
        good,
        step('next'),
        step('race', { needs: ['next', 'good'], ...one }),
      ),
      'partial',
    ],
    [
      'a step that waits for all, however they end',
      main(bad, good, step('end', { needs: ['bad', 'good'], ...all })),
      'failed',
    ],
    [
      'a race behind a step that ran in spite of it',
      main(
        bad,
        good,
        step('report', { needs: ['bad'], ...all }),
        step('race', { needs: ['report', 'good'], ...one }),
      ),
      'failed',
    ],
    [
      'a race behind a step that its own condition skipped',
      main(
        bad,
        good,
        step('report', { needs: ['bad'], ...all, when: 'false' }),
        step('race', { needs: ['report', 'good'], ...one }),
      ),
      'failed',
    ],
    ['a race that nobody wins', main(bad, step('race', { needs: ['bad'], ...one }), good), 'failed'],
  ])('X1: with %s', async (_, flow, status) => {
    const run = await play(flow, broken)
    expect(run.status).toBe(status)
    expect(run.all('flow_end')).toMatchObject([{ status }])
  })

  it('X1: a race that is won and fails itself absorbs nothing', async () => {
    const flow = main(bad, good, step('race', { needs: ['bad', 'good'], ...one }))
    const run = await play(flow, { ...broken, race: { fail: 'broken' } })
    expect(run.status).toBe('failed')
    expect(absorbedOf(run)).toEqual({ 'main#1/bad': false, 'main#1/race': false })
  })

  it('X1: one failure that nothing absorbs is enough', async () => {
    const flow = main(
      bad,
      good,
      step('worse', { needs: [] }),
      step('race', { needs: ['bad', 'good'], ...one }),
    )
    const run = await play(flow, { ...broken, worse: { fail: 'worse' } })
    expect(run.status).toBe('failed')
    expect(absorbedOf(run)).toEqual({ 'main#1/bad': true, 'main#1/worse': false })
    expect(run.completed.error).toMatchObject({ code: 'worse' })
  })

  it('X1: skipped steps harm nobody', async () => {
    const run = await play(main(step('a', { when: 'false' }), step('b', { when: 'false' })))
    expect(run.status).toBe('succeeded')
  })

  it('X1: an item that fails is absorbed by the rule of its map', async () => {
    const flow = main({
      id: 'each',
      kind: 'map',
      items: '[1, 2]',
      itemKey: '$index',
      itemRule: 'all_done',
      step: itemStep,
    })
    const run = await play(flow, { 'each[0]': { fail: 'broken' } })
    expect(run.completed).toMatchObject({ status: 'partial', census: { items: { succeeded: 1, failed: 1 } } })
  })
})

describe('results', () => {
  const outputOf = (run: HandRun): unknown => run.completed.result?.data ?? run.completed.result?.output.text

  it('gives the output of the last declared step that succeeded', async () => {
    const flow = main(
      step('a', { needs: [] }),
      step('b', { needs: ['c'] }),
      step('c', { needs: ['a'] }),
      step('d', { needs: ['a'], when: 'false' }),
    )
    expect(outputOf(await play(flow, { b: { value: 'B' }, c: { value: 'C' } }))).toBe('C')
  })

  it('gives what the flow names as its output', async () => {
    const flow = { ...main(step('a'), step('b')), output: '$a.output.title' }
    expect(outputOf(await play(flow, { a: { value: { title: 'A' } } }))).toBe('A')
  })

  it.each([
    ['the last step', {}],
    ['what it names', { output: '$a.output' }],
  ])('X1: a flow that failed gives nothing, though %s gave something', async (_, what) => {
    const run = await play({ ...main(step('a'), step('b')), ...what }, { b: { fail: 'broken' } })
    expect(run.steps()).toEqual({ a: 'succeeded', b: 'failed: broken' })
    expect(run.completed).not.toHaveProperty('result')
  })
})

describe('census', () => {
  it('X1: every step of every visit is counted by how it ended, and why it was skipped', async () => {
    const child: FlowInput = { key: 'child', steps: [step('one'), step('two', { when: 'false' })] }
    const flow = main(
      bad,
      { id: 'down', kind: 'flow', flow: 'child', needs: [] },
      step('behind', { needs: ['bad'] }),
      step('far', { needs: ['behind'] }),
      step('race', { needs: ['far', 'down'], ...one }),
    )
    const run = await play(flow, broken, { flows: [child] })
    expect(run.completed.census).toEqual({
      succeeded: 3,
      failed: 1,
      skipped: 3,
      skippedBecause: { condition: 1, needs_failed: 1, needs_skipped: 1 },
      failures: [
        { step: 'main#1/bad', code: 'broken', message: 'bad failed as it was told to', absorbed: true },
      ],
      earlierFailures: 0,
      interruptions: 0,
      items: { succeeded: 0, failed: 0, skipped: 0 },
      loops: [],
    })
  })

  it('X1: attempts that were tried again are told as earlier failures', async () => {
    const run = await begin(main(step('a')))
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      await run.end('a', { fail: 'busy', retryable: true })
      await run.advance(60_000)
    }
    await run.end('a')
    expect(run.starts).toEqual(['a#1', 'a#1.2', 'a#1.3'])
    expect(run.completed).toMatchObject({ status: 'succeeded', census: { failed: 0, earlierFailures: 2 } })
  })

  it('X1: what had not settled when the run was canceled counts as stopped', async () => {
    const run = await begin(main(step('a'), step('b')))
    await run.orchestrator.open(run.events[0]?.runId ?? '').cancel({ by: 'ann' })
    await run.advance(0)
    expect(run.completed).toMatchObject({
      status: 'canceled',
      by: 'ann',
      census: { failed: 1, skipped: 1, skippedBecause: { stopped: 1 } },
    })
  })

  it('X1: usage is summed, and what is unknown stays unknown', async () => {
    const run = await play(main(step('a')))
    expect(run.completed).toMatchObject({ usage: {}, unpricedCalls: 0 })
    expect(run.completed).not.toHaveProperty('costUsd')
  })
})
