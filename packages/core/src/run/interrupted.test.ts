import { describe, expect, it } from 'vitest'
import type { FlowInput, StepInput } from '../flow/flow.ts'
import { itemStep, main, step } from './hand-call.fixture.ts'
import { begin, dieAfter, type HandRun, play } from './hand-run.fixture.ts'
import { closeInterrupted, failedSteps, interruptedCalls } from './interrupted.ts'

/** The run after its process died now, and somebody took it up. */
async function crash(run: HandRun): Promise<HandRun> {
  const again = await dieAfter(run, run.events.length)
  await again.resume()
  return again
}

describe('calls that were cut off', () => {
  it('S5: are closed as interrupted and begin again: attempt + 1, the same idempotency key', async () => {
    const before = await begin(
      main(step('a', { needs: [] }), step('b', { needs: [] }), step('c', { needs: [] })),
    )
    await before.end('b')
    const run = await crash(before)
    expect(run.all('run_resumed')).toMatchObject([
      { resumedFrom: 'crash', interrupted: ['main#1/a#1.1', 'main#1/c#1.1'] },
    ])
    expect(run.all('step_error')).toMatchObject([
      { stepId: 'a', error: { code: 'interrupted' }, willRetry: true },
      { stepId: 'c', error: { code: 'interrupted' }, willRetry: true },
    ])
    expect(run.starts).toEqual(['a#1', 'b#1', 'c#1', 'a#1.2', 'c#1.2'])
    const keys = run
      .all('step_start')
      .filter(({ stepId }) => stepId === 'a')
      .map((event) => event.idempotencyKey)
    expect(keys).toEqual([expect.stringContaining('/main#1/a#1@'), keys[0]])
    await run.finish()
    expect(run.completed).toMatchObject({
      status: 'succeeded',
      census: { interruptions: 2, earlierFailures: 0 },
    })
  })

  it('S5: what ended is not repeated, at whatever event the process died', async () => {
    const flow = main(
      step('a'),
      { id: 'each', kind: 'map', items: '["x", "y"]', itemKey: '$item', concurrency: 1, step: itemStep },
      step('b', { routing: { kind: 'microloop', loopTarget: 'a', maxIterations: 1 } }),
      step('c'),
    )
    const whole = await play(flow)
    for (const { seq } of whole.events.slice(0, -1)) {
      const run = await dieAfter(whole, seq)
      const ended = new Set(
        run.all('step_end').map(({ stepId, item, iteration }) => `${stepId} ${item} ${iteration}`),
      )
      await run.resume()
      await run.finish()
      const again = run.all('step_start').filter((event) => event.seq > seq)
      expect(
        again.filter(({ stepId, item, iteration }) => ended.has(`${stepId} ${item} ${iteration}`)),
      ).toEqual([])
      expect(run.completed.census).toMatchObject({ succeeded: 4, failed: 0 })
      expect(run.routes).toEqual(whole.routes)
    }
  })

  it('S5: an interruption costs no retry', async () => {
    let run = await begin(main(step('a', { retry: { maxRetries: 1 } })))
    for (let crashes = 0; crashes < 3; crashes += 1) run = await crash(run)
    await run.end('a', { fail: 'busy', retryable: true })
    await run.advance(60_000)
    expect(run.running).toEqual(['a'])
    await run.end('a', { fail: 'busy', retryable: true })
    expect(run.steps()).toEqual({ a: 'failed: busy' })
  })

  it('S5: more than 5 interruptions at one address are poisoned', async () => {
    let run = await begin(main(step('a', { needs: [] }), step('b', { needs: [] })))
    await run.end('b')
    for (let crashes = 1; crashes <= 5; crashes += 1) {
      run = await crash(run)
      expect(run.running).toEqual(['a'])
    }
    run = await crash(run)
    expect(run.steps()).toEqual({ a: 'failed: poisoned', b: 'succeeded' })
    expect(run.completed).toMatchObject({
      status: 'failed',
      error: { code: 'poisoned' },
      census: { interruptions: 5 },
    })
  })

  it('S5: each address has its own count, also each item and iteration', async () => {
    const flow = main({
      id: 'each',
      kind: 'map',
      items: '["x", "y"]',
      itemKey: '$item',
      concurrency: 1,
      step: itemStep,
    })
    let run = await begin(flow)
    for (let crashes = 1; crashes <= 5; crashes += 1) run = await crash(run)
    await run.end('each[x]')
    for (let crashes = 1; crashes <= 5; crashes += 1) run = await crash(run)
    await run.end('each[y]')
    expect(run.status).toBe('succeeded')

    let loop = await begin(
      main(step('a', { routing: { kind: 'microloop', loopTarget: 'a', maxIterations: 1 } })),
    )
    for (let crashes = 1; crashes <= 5; crashes += 1) loop = await crash(loop)
    await loop.end('a')
    for (let crashes = 1; crashes <= 5; crashes += 1) loop = await crash(loop)
    await loop.end('a')
    expect(loop.status).toBe('succeeded')
  })

  it('S5: a stop that cut a call off is no interruption that counts', async () => {
    const run = await begin(main(step('a')))
    for (let stops = 1; stops <= 7; stops += 1) {
      await run.orchestrator.open(run.events[0]?.runId ?? '').stop()
      await run.advance(30_000)
      expect(run.all('run_stopped')).toHaveLength(stops)
      await run.resume()
    }
    expect(run.running).toEqual(['a'])
    await run.finish()
    expect(run.status).toBe('succeeded')
  })

  it('S5: a call that only waited for a human was not to blame for the death of its process', async () => {
    const flow = main(
      step('act', { run: async (context) => (await context.approve({ name: 'push' })).approved }),
    )
    let run = await begin(flow)
    for (let crashes = 1; crashes <= 7; crashes += 1) run = await crash(run)
    await run.answer('act', { approved: true })
    expect(run.status).toBe('succeeded')
  })

  it('S5: a retry that was waited for is waited for again, to its own time', async () => {
    const before = await begin(main(step('a')))
    await before.end('a', { fail: 'busy', retryable: true })
    const [error] = before.all('step_error')
    const run = await crash(before)
    expect(run.running).toEqual([])
    await run.advance((error?.retryAt ?? 0) - run.clock.now())
    expect(run.starts).toEqual(['a#1', 'a#1.2'])
  })

  it('S5: steps that run nothing are not interrupted: they go on with what runs below them', async () => {
    const child: FlowInput = { key: 'child', steps: [step('one'), step('two')] }
    const before = await begin(main({ id: 'down', kind: 'flow', flow: 'child' }), { flows: [child] })
    await before.end('one')
    const run = await crash(before)
    expect(run.starts).toEqual(['down#1', 'one#1', 'two#1', 'two#1.2'])
    await run.finish()
    expect(run.status).toBe('succeeded')
  })

  it('S5: nothing to close is nothing to record', async () => {
    const { state } = await play(main(step('a')))
    expect(interruptedCalls(state)).toEqual([])
    expect(closeInterrupted(state)).toEqual([])
  })
})

describe('retryFailed', () => {
  it('S5: runs failed steps again and what they skipped, and nothing else', async () => {
    const flow = main(
      step('a', { needs: [] }),
      step('bad', { needs: ['a'] }),
      step('behind', { needs: ['bad'], routing: { kind: 'linear', next: 'routed' } }),
      step('routed'),
      step('far', { needs: ['behind'] }),
      step('aside', { needs: ['a'], when: 'false' }),
    )
    const run = await play(flow, { bad: { fail: 'broken' } })
    const again = ['bad', 'behind', 'far', 'routed'].map((id) => `main#1/${id}`)
    expect(failedSteps(run.state).toSorted()).toEqual(again)
    await run.resume({ retryFailed: true })
    await run.finish()
    expect(run.starts).toEqual(['a#1', 'bad#1', 'bad#1.2', 'behind#1', 'far#1', 'routed#1'])
    expect(run.status).toBe('succeeded')
    expect(run.all('run_completed').map(({ status }) => status)).toEqual(['failed', 'succeeded'])
  })

  it('S5: leaves failures alone that were absorbed', async () => {
    const flow = main(step('bad', { needs: [], allowFailure: true }), step('worse', { needs: [] }))
    const run = await play(flow, { bad: { fail: 'broken' }, worse: { fail: 'broken' } })
    expect(failedSteps(run.state)).toEqual(['main#1/worse'])
  })

  it('S5: of a map only the items that failed run again', async () => {
    const flow = main({ id: 'each', kind: 'map', items: '["x", "y", "z"]', itemKey: '$item', step: itemStep })
    const run = await play(flow, { 'each[y]': { fail: 'broken' } })
    await run.resume({ retryFailed: true })
    expect(run.running).toEqual(['each[y]'])
    await run.finish()
    expect(run.completed).toMatchObject({
      status: 'succeeded',
      census: { items: { succeeded: 3, failed: 0 } },
    })
  })

  it.each<[string, StepInput]>([
    ['a', step('a')],
    ['a[x]', { id: 'a', kind: 'map', items: '["x"]', itemKey: '$item', step: itemStep }],
  ])('S5: counts the interruptions of a poisoned %s anew', async (place, input) => {
    let run = await begin(main(input))
    for (let crashes = 1; crashes <= 6; crashes += 1) run = await crash(run)
    expect(run.status).toBe('failed')
    await run.resume({ retryFailed: true })
    for (let crashes = 1; crashes <= 5; crashes += 1) run = await crash(run)
    expect(run.running).toEqual([place])
    expect((await crash(run)).all('step_error').at(-1)?.error.code).toMatch(/poisoned|map_items_failed/)
  })

  it('S5: reaches down into child flows', async () => {
    const child: FlowInput = { key: 'child', steps: [step('one'), step('two'), step('three')] }
    const run = await play(
      main({ id: 'down', kind: 'flow', flow: 'child' }, step('after')),
      { two: { fail: 'broken' } },
      { flows: [child] },
    )
    await run.resume({ retryFailed: true })
    await run.finish()
    expect(run.starts).toEqual(['down#1', 'one#1', 'two#1', 'down#1.2', 'two#1.2', 'three#1', 'after#1'])
    expect(run.all('flow_start')).toHaveLength(2)
    expect(run.status).toBe('succeeded')
  })

  it('S5: looks at the condition of a step again when that is what failed', async () => {
    const flow = main(
      step('a', { needs: [] }),
      step('bad', { needs: [] }),
      step('b', { needs: ['a'], when: 'facts.go == "yes"' }),
    )
    const run = await begin(flow)
    await run.end('a')
    expect(run.steps().b).toBe('failed: condition_error')
    await run.end('bad', { fail: 'broken' })
    await run.resume({ retryFailed: true })
    await run.end('bad')
    expect(run.steps().b).toBe('failed: condition_error')
    expect(run.counts).toEqual({ a: 1, bad: 2, b: 2 })
  })

  it('S5: a step that failed in a loop goes on in the same iteration', async () => {
    const flow = main(step('a'), step('b', { routing: { kind: 'microloop', loopTarget: 'a' } }))
    const run = await play(flow, { a: [{}, { fail: 'broken' }] })
    expect(run.steps()).toEqual({ a: 'failed: broken', b: 'skipped: upstream_failed' })
    await run.resume({ retryFailed: true })
    await run.finish({ b: { verdict: 'VERIFIED' } })
    expect(run.starts).toEqual(['a#1', 'b#1', 'a#2', 'a#2.2', 'b#2'])
    expect(run.status).toBe('succeeded')
  })

  it('S5: what a human stopped can be asked again', async () => {
    const run = await begin(
      main({ id: 'gate', kind: 'approval', prompt: 'Go?', onReject: 'stop' }, step('after')),
    )
    await run.answer('gate', { approved: false })
    await run.resume({ retryFailed: true })
    const [first, second] = run.all('approval_requested')
    expect(second?.repeats).toBe(first?.requestId)
    expect(second?.requestId).not.toBe(first?.requestId)
    await run.answer('gate', { approved: true })
    await run.finish()
    expect(run.status).toBe('succeeded')
  })
})
