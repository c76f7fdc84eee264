import { describe, expect, it } from 'vitest'
import type { FlowInput, FunctionStepInput } from '../flow/flow.ts'
import { HandChecks, itemStep, main, step } from './hand-call.fixture.ts'
import { begin, dieAfter, play } from './hand-run.fixture.ts'

const race = (losers: 'run' | 'cancel', policy: Partial<FunctionStepInput> = {}): FunctionStepInput =>
  step('race', { needs: ['quick', 'slow'], triggerRule: 'one_success', losers, ...policy })

describe('losers that run on', () => {
  const flow = main(
    step('quick', { needs: [] }),
    step('slow', { needs: [] }),
    race('run'),
    step('after', { needs: ['race'] }),
  )

  it('F5: slower needs run on, and the run waits for them', async () => {
    const run = await begin(flow)
    await run.end('quick')
    await run.end('race')
    await run.end('after')
    expect(run.steps()).toMatchObject({ slow: 'running', after: 'succeeded' })
    expect(run.all('flow_end')).toEqual([])
    await run.end('slow')
    expect(run.status).toBe('succeeded')
    expect(run.starts).toEqual(['quick#1', 'slow#1', 'race#1', 'after#1'])
  })

  it('F5: run is the default, and the winner is recorded with the start', async () => {
    const { losers: _, ...plain } = race('run')
    const run = await begin(main(step('quick', { needs: [] }), step('slow', { needs: [] }), plain))
    await run.end('quick')
    await run.end('slow')
    const [start] = run.all('step_start').filter(({ stepId }) => stepId === 'race')
    expect(start?.winner).toBe('quick')
    expect(run.counts).toEqual({ quick: 1, slow: 1, race: 1 })
  })

  it('F5: a loser that fails after the race has begun is absorbed by it', async () => {
    const run = await begin(flow)
    await run.end('quick')
    await run.finish({ slow: { fail: 'broken' } })
    expect(run.status).toBe('partial')
  })
})

describe('losers that are canceled', () => {
  it('F5: the slower need is called off as lost the moment the race starts', async () => {
    const run = await begin(main(step('quick', { needs: [] }), step('slow', { needs: [] }), race('cancel')))
    await run.end('quick')
    expect(run.running).toEqual(['race'])
    expect(run.steps()).toEqual({ quick: 'succeeded', slow: 'skipped: lost', race: 'running' })
    await run.end('race')
    expect(run.status).toBe('succeeded')
    const ends = run.events.filter((event) => 'stepId' in event && event.stepId === 'slow')
    expect(ends.map(({ type }) => type)).toEqual(['step_start', 'step_skipped'])
  })

  it('H1: a loser that was cut off while it asked leaves no request open', async () => {
    const slow = step('slow', {
      needs: [],
      run: (context) => context.approve({ name: 'push' }).then(() => null),
    })
    const whole = await begin(main(step('quick', { needs: [] }), slow, race('cancel')))
    await whole.end('quick')
    const [won] = whole.all('step_end')
    const run = await dieAfter(whole, won?.seq ?? 0)
    await run.resume()
    expect(run.steps()).toMatchObject({ slow: 'skipped: lost', race: 'running' })
    expect(run.all('action_resolved')).toMatchObject([{ outcome: 'withdrawn' }])
    await run.end('race')
    expect(run.status).toBe('succeeded')
  })

  it('F5: so are the steps before and behind it that only the race depends on', async () => {
    const flow = main(
      step('quick', { needs: [] }),
      step('first', { needs: [] }),
      step('second', { needs: ['first'] }),
      step('slow', { needs: ['second'] }),
      race('cancel'),
    )
    const run = await begin(flow)
    await run.end('quick')
    expect(run.steps()).toMatchObject({
      first: 'skipped: lost',
      second: 'skipped: lost',
      slow: 'skipped: lost',
    })
    await run.finish()
    expect(run.status).toBe('succeeded')
  })

  it('F5: a step that something else depends on as well runs on', async () => {
    const flow = main(
      step('quick', { needs: [] }),
      step('source', { needs: [] }),
      step('slow', { needs: ['source'] }),
      step('other', { needs: ['source'] }),
      race('cancel'),
    )
    const run = await begin(flow)
    await run.end('quick')
    expect(run.steps()).toMatchObject({ source: 'running', slow: 'skipped: lost', other: 'pending' })
    await run.finish()
    expect(run.steps()).toMatchObject({ source: 'succeeded', other: 'succeeded' })
  })

  it('F5: what has settled before stays as it is, and so does a failure', async () => {
    const flow = main(
      step('bad', { needs: [] }),
      step('quick', { needs: [] }),
      step('slow', { needs: ['bad'], triggerRule: 'all_done' }),
      race('cancel'),
    )
    const run = await begin(flow)
    await run.end('bad', { fail: 'broken' })
    await run.end('quick')
    expect(run.steps()).toMatchObject({ bad: 'failed: broken', slow: 'skipped: lost' })
    await run.finish()
    expect(run.completed.census.failures).toMatchObject([{ step: 'main#1/bad', absorbed: true }])
    expect(run.status).toBe('partial')
  })

  it('F5: a loser between two attempts is not tried again', async () => {
    const run = await begin(main(step('quick', { needs: [] }), step('slow', { needs: [] }), race('cancel')))
    await run.end('slow', { fail: 'busy', retryable: true })
    await run.end('quick')
    await run.advance(60_000)
    await run.finish()
    expect(run.counts).toEqual({ quick: 1, slow: 1, race: 1 })
    expect(run.steps().slow).toBe('skipped: lost')
  })

  it('F5: a loser that waits for a human is withdrawn', async () => {
    const flow = main(
      step('quick', { needs: [] }),
      { id: 'slow', kind: 'approval', prompt: 'Good?', needs: [] },
      race('cancel'),
    )
    const run = await begin(flow)
    await run.end('quick')
    expect(run.all('approval_resolved')).toMatchObject([{ outcome: 'withdrawn', by: 'run' }])
    await run.finish()
    expect(run.status).toBe('succeeded')
  })

  it('F5: a map that loses takes its items with it, started or not', async () => {
    const flow = main(
      step('quick', { needs: [] }),
      {
        id: 'slow',
        kind: 'map',
        needs: [],
        items: '[1, 2, 3]',
        itemKey: '$index',
        concurrency: 2,
        step: itemStep,
      },
      race('cancel'),
    )
    const run = await begin(flow)
    await run.end('slow[0]')
    await run.end('quick')
    expect(run.running).toEqual(['race'])
    await run.end('race')
    expect(run.completed.census.items).toEqual({ succeeded: 1, failed: 0, skipped: 2 })
    expect(run.status).toBe('succeeded')
  })

  const child: FlowInput = { key: 'child', steps: [step('one'), step('two')] }

  it('F5: a child flow that loses ends with its steps', async () => {
    const flow = main(
      step('quick', { needs: [] }),
      { id: 'slow', kind: 'flow', flow: 'child', needs: [] },
      race('cancel'),
    )
    const run = await begin(flow, { flows: [child] })
    expect(run.running).toEqual(['quick', 'one'])
    await run.end('quick')
    expect(run.running).toEqual(['race'])
    expect(run.steps('child#1')).toEqual({ one: 'skipped: lost', two: 'skipped: lost' })
    expect(run.all('flow_end')).toMatchObject([
      { frame: 'child#1', status: 'failed', error: { code: 'lost' } },
    ])
    await run.end('race')
    expect(run.status).toBe('succeeded')
  })

  it('F5: a step of a lost child flow that was about to be checked is called off too', async () => {
    const checked: FlowInput = {
      key: 'child',
      steps: [step('one', { verify: { commands: [{ command: 'check' }] } })],
    }
    const flow = main(
      step('quick', { needs: [] }),
      { id: 'slow', kind: 'flow', flow: 'child', needs: [] },
      race('cancel'),
    )
    const checks = new HandChecks()
    const run = await begin(flow, { flows: [checked], checks })
    await run.end('one')
    expect(run.steps('child#1')).toEqual({ one: 'ended' })
    await run.end('quick')
    expect(run.steps('child#1')).toEqual({ one: 'failed: lost' })
    checks.pass()
    await run.end('race')
    expect(run.all('verification_passed')).toEqual([])
    expect(run.status).toBe('succeeded')
  })

  it('F5: a loop that has lost does not go round again', async () => {
    const flow = main(
      step('quick', { needs: [] }),
      step('work', { needs: [] }),
      step('side', { needs: ['work'] }),
      step('judge', {
        needs: ['work', 'side'],
        triggerRule: 'one_success',
        routing: { kind: 'microloop', loopTarget: 'work', next: 'slow' },
      }),
      step('slow'),
      race('cancel'),
    )
    const run = await begin(flow)
    await run.end('work')
    await run.end('judge', { verdict: 'UNVERIFIED' })
    expect(run.routes).toEqual([])
    await run.end('quick')
    expect(run.routes).toEqual(['judge: lost → end'])
    await run.finish()
    expect(run.counts.work).toBe(1)
    expect(run.status).toBe('succeeded')
  })
})

describe('races in bodies', () => {
  const flow = main(
    step('target', { needs: [] }),
    step('quick', { needs: ['target'] }),
    step('slow', { needs: ['target'] }),
    race('run', { routing: { kind: 'microloop', loopTarget: 'target' } }),
  )

  it('L3: a re-arm waits for a loser that runs on', async () => {
    const run = await begin(flow)
    await run.end('target')
    await run.end('quick')
    await run.end('race', { verdict: 'UNVERIFIED' })
    expect(run.running).toEqual(['slow'])
    expect(run.routes).toEqual([])
    await run.end('slow')
    expect(run.routes).toEqual(['race: iteration:1 → target'])
    expect(run.running).toEqual(['target'])
  })

  it('F5: each iteration of a race has its own winner', async () => {
    const run = await begin(flow)
    for (const [first, second] of [
      ['quick', 'slow'],
      ['slow', 'quick'],
    ]) {
      await run.end('target')
      await run.end(first ?? '')
      await run.end('race', { verdict: 'UNVERIFIED' })
      await run.end(second ?? '')
    }
    const winners = run.all('step_start').flatMap(({ winner }) => winner ?? [])
    expect(winners).toEqual(['quick', 'slow'])
  })

  it('F5: losers are canceled in each iteration', async () => {
    const run = await play(
      main(
        step('target', { needs: [] }),
        step('quick', { needs: ['target'] }),
        step('slow', { needs: ['target'] }),
        race('cancel', { routing: { kind: 'microloop', loopTarget: 'target', maxIterations: 1 } }),
      ),
    )
    expect(run.starts).toEqual([
      'target#1',
      'quick#1',
      'slow#1',
      'race#1',
      'target#2',
      'quick#2',
      'slow#2',
      'race#2',
    ])
    expect(run.all('step_skipped').map(({ stepId, iteration }) => `${stepId}#${iteration}`)).toEqual([
      'slow#1',
      'slow#2',
    ])
  })
})
