import { createStubEngine } from '@batonjs/engine-stub'
import { collect } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { type DurableEvent, isDurable } from '../events/swarm-event.ts'
import { defineFlow } from '../flow/define-flow.ts'
import type { FlowInput } from '../flow/flow.ts'
import { createOrchestrator } from '../orchestrator/create-orchestrator.ts'
import { fold, foldRun } from './fold.ts'
import { itemStep, main, step } from './hand-call.fixture.ts'
import { begin, dieAfter, type HandRun } from './hand-run.fixture.ts'

const child: FlowInput = { key: 'child', steps: [step('one')] }

/** A run in which about everything happens that can happen to a step. */
async function eventful(): Promise<HandRun> {
  const flow = main(
    step('flaky', { needs: [] }),
    {
      id: 'each',
      kind: 'map',
      needs: ['flaky'],
      items: '["x", "y"]',
      itemKey: '$item',
      itemRule: 'all_done',
      step: itemStep,
    },
    { id: 'down', kind: 'flow', needs: ['flaky'], flow: 'child' },
    step('quick', { needs: ['down'] }),
    step('slow', { needs: [] }),
    step('race', { needs: ['quick', 'slow'], triggerRule: 'one_success', losers: 'cancel' }),
    step('aside', { needs: ['race'], when: 'false' }),
    step('judge', { needs: ['race'], routing: { kind: 'microloop', loopTarget: 'judge', maxIterations: 1 } }),
    { id: 'gate', kind: 'approval', needs: ['judge'], prompt: 'Go?' },
  )
  const before = await begin(flow, { flows: [child], request: { flow: 'main', initiator: 'ann' } })
  await before.end('flaky', { fail: 'busy', retryable: true })
  await before.advance(60_000)
  await before.end('flaky')
  await before.end('each[x]', { fail: 'broken' })
  const run = await dieAfter(before, before.events.length)
  await run.resume()
  for (const place of ['one', 'quick', 'race', 'judge', 'judge', 'each[y]']) await run.end(place)
  await run.answer('gate', { approved: true })
  return run
}

describe('envelopes', () => {
  it('E1: every event has its run, its time and its number, from 1 without a gap', async () => {
    const run = await eventful()
    const { events } = run
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    expect(new Set(events.map(({ runId }) => runId)).size).toBe(1)
    for (const { ts } of events) expect(new Date(ts).toISOString()).toBe(ts)
    expect(run.status).toBe('partial')
  })

  it('E1: what belongs to a visit or an execution names it, and nothing else does', async () => {
    const { events } = await eventful()
    for (const event of events) {
      const isOfRun = event.type.startsWith('run_')
      expect('frame' in event).toBe(!isOfRun)
      if ('frame' in event) expect(event.frame).toBe(`${event.flowKey}#${event.visit}`)
      if ('item' in event) expect(event.stepId).toBe('each')
      if ('attempt' in event) expect(event.iteration).toBeGreaterThan(0)
    }
  })

  it('E1: the agent is the first of the step, or its station', async () => {
    const flow = defineFlow({
      key: 'main',
      steps: [
        { id: 'a', prompt: 'A', agents: ['writer', 'critic'] },
        { id: 'b', objective: 'B', station: 'review' },
        { id: 'c', prompt: 'C' },
      ],
    })
    const orchestrator = createOrchestrator({ flows: [flow], engines: [createStubEngine()] })
    const events = (await collect(orchestrator.executeStream())).filter(isDurable)
    const ends = events.filter((event) => event.type === 'step_end')
    expect(ends.map(({ agentKey }) => agentKey)).toEqual(['writer', 'review', undefined])
  })

  it('E2: chunks reach who reads now: unnumbered, after the last event, and in no journal', async () => {
    const flow = defineFlow({ key: 'main', steps: [{ id: 'a', prompt: 'A' }] })
    const engine = createStubEngine({ steps: { a: { text: 'twelve bytes', stream: { size: 6 } } } })
    const orchestrator = createOrchestrator({ flows: [flow], engines: [engine] })
    const seen = await collect(orchestrator.executeStream({ runId: 'run-e2' }))
    const chunks = seen.flatMap((event) => (event.type === 'token_chunk' ? [event] : []))
    expect(chunks.map(({ text }) => text).join('')).toBe('twelve bytes')
    for (const chunk of chunks) expect(chunk).not.toHaveProperty('seq')
    const [start] = seen.flatMap((event) => (event.type === 'step_start' ? [event.seq] : []))
    expect(new Set(chunks.map(({ after }) => after))).toEqual(new Set([start]))
    const stored = await collect(orchestrator.open('run-e2').events())
    expect(stored.filter((event) => !isDurable(event))).toEqual([])
  })
})

describe('pairs', () => {
  const placeOf = (event: Extract<DurableEvent, { readonly stepId: string }>): string => {
    const item = 'item' in event && event.item !== undefined ? `[${event.item}]` : ''
    return `${event.frame}/${event.stepId}${item}#${event.iteration}.${event.attempt}`
  }

  it('E3: each start is closed by exactly one end, failure or loss', async () => {
    const run = await eventful()
    const ends = [
      ...run.all('step_end'),
      ...run.all('step_error'),
      ...run.all('step_skipped').filter(({ attempt }) => attempt !== undefined),
    ]
    expect(ends.map(placeOf).toSorted()).toEqual(run.all('step_start').map(placeOf).toSorted())
    expect(new Set(ends.map(placeOf)).size).toBe(ends.length)
    expect(
      run.all('step_error').map((event) => `${placeOf(event)} ${event.error.code} ${event.willRetry}`),
    ).toEqual([
      'main#1/flaky#1.1 busy true',
      'main#1/each[x]#1.1 broken false',
      'main#1/slow#1.1 interrupted true',
      'main#1/each[y]#1.1 interrupted true',
      'child#1/one#1.1 interrupted true',
    ])
  })

  it('E3: durations are measured: a clock that is set back or forward changes none', async () => {
    const run = await begin(main(step('a'), step('b')))
    await run.advance(1_500)
    run.clock.jump(-3_600_000)
    await run.end('a')
    await run.advance(250)
    run.clock.jump(86_400_000)
    await run.end('b', { fail: 'broken' })
    expect(run.all('step_end').map(({ durationMs }) => durationMs)).toEqual([1_500])
    expect(run.all('step_error').map(({ durationMs }) => durationMs)).toEqual([250])
  })
})

describe('the fold', () => {
  it('E4: needs nothing but the events as they are stored', async () => {
    const { events } = await eventful()
    const stored: readonly DurableEvent[] = events.map((event) => JSON.parse(JSON.stringify(event)))
    expect(foldRun(stored)).toEqual(foldRun(events))
  })

  it('E4: gives the same state all at once and one by one', async () => {
    const { events } = await eventful()
    const [first, ...rest] = events
    if (first === undefined) throw new Error('There is no event')
    const state = foldRun([first])
    for (const event of rest) fold(state, event)
    expect(state).toEqual(foldRun(events))
  })

  it('E4: takes definitions from the first event: a run goes on without the flow that began it', async () => {
    const flow = main(
      { id: 'gate', kind: 'approval', prompt: 'Go?' },
      { id: 'down', kind: 'flow', flow: 'rest' },
    )
    const rest: FlowInput = {
      key: 'rest',
      steps: [{ id: 'ask', kind: 'question', questions: [{ id: 'q', text: 'Which?' }] }],
    }
    const before = await begin(flow, { flows: [rest] })
    const run = await dieAfter(before, before.events.length, [{ key: 'main', steps: [step('another')] }])
    await run.resume({ flow: 'stored' })
    await run.answer('gate', { approved: true })
    await run.answer('ask', { answers: { q: 'this' } })
    expect(run.completed).toMatchObject({ status: 'succeeded', result: { data: { q: 'this' } } })
  })

  it('E4: takes items, re-arms and counters as they were recorded, whatever the spec would give', async () => {
    const flow = main(
      { id: 'each', kind: 'map', items: '["x", "y"]', itemKey: '$item', step: itemStep },
      step('judge', { routing: { kind: 'microloop', loopTarget: 'judge', maxIterations: 2 } }),
    )
    const before = await begin(flow)
    await before.finish()
    const events = before.events.map((event): DurableEvent => {
      if (event.type === 'map_expanded') return { ...event, items: event.items.slice(0, 1) }
      if (event.type === 'routing_decision' && event.decision === 'loop')
        return { ...event, loopState: { 'judge:judge': 2 } }
      return event
    })
    const at = events.findIndex((event) => event.type === 'routing_decision')
    const own = events.slice(0, at + 1).filter((event) => !('item' in event && event.item === 'y'))
    const state = foldRun(own.map((event, index) => ({ ...event, seq: index + 1 })))
    const [frame] = state.frames.values()
    expect(frame?.steps[0]?.map?.executions).toHaveLength(1)
    expect(frame?.loops.get('judge:judge')?.count).toBe(2)
  })

  it('E4: refuses a journal that does not begin with run_created', () => {
    expect(() => foldRun([])).toThrow(expect.objectContaining({ code: 'journal_corrupt' }))
    const started: DurableEvent = { type: 'run_started', owner: 'x', runId: 'r', seq: 1, ts: '' }
    expect(() => foldRun([started])).toThrow(expect.objectContaining({ code: 'journal_corrupt' }))
  })
})
