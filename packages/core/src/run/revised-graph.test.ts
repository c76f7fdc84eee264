/** Visits whose graph changes while they are open: by a navigator's events (N1) or by an edit of the flow (S6). */
import { describe, expect, it } from 'vitest'
import type { EventDraft } from '../events/swarm-event.ts'
import type { FlowInput } from '../flow/flow.ts'
import { foldRun } from './fold.ts'
import { main, step } from './hand-call.fixture.ts'
import { begin, dieAfter, HandRun, play } from './hand-run.fixture.ts'

const visit = { flowKey: 'main', visit: 1, frame: 'main#1' }
const approval = { kind: 'approval', id: 'check', prompt: 'Go on?' } as const

/** A run as its journal would be found with these events at its end, resumed. */
async function goOnAfter(run: HandRun, drafts: readonly EventDraft[]): Promise<HandRun> {
  const journal = await dieAfter(run, run.events.length)
  const [first] = run.events
  const place = { runId: first?.runId ?? '', ts: first?.ts ?? '' }
  const events = drafts.map((draft, index) => ({ ...place, seq: run.events.length + index + 1, ...draft }))
  const writer = await journal.storage.openRun(place.runId)
  await writer.append(events)
  await writer.close()
  const again = new HandRun(run.flows, journal.storage, run.options, [...run.events, ...events])
  await again.resume()
  return again
}

function injected(
  node: Extract<EventDraft, { type: 'node_injected' }>['node'],
  position: string,
): EventDraft {
  return { type: 'node_injected', ...visit, node, position, rationale: 'a test' }
}

async function approve(run: HandRun): Promise<void> {
  await run.answer('check', { approved: true })
}

describe('steps that a navigator puts in', () => {
  it('N1: run after the step that they follow and before the one that came next', async () => {
    const run = await goOnAfter(await begin(main(step('a'), step('b'))), [injected(approval, 'a')])
    await run.end('a')
    expect(run.steps()).toEqual({ a: 'succeeded', check: 'running', b: 'pending' })
    await approve(run)
    await run.finish()
    expect(run.starts).toEqual(['a#1', 'a#1.2', 'check#1', 'b#1'])
    expect(run.completed).toMatchObject({ status: 'succeeded', census: { succeeded: 3 } })
  })

  it('N1: may be a flow, which runs as a child and then lets the visit go on', async () => {
    const other: FlowInput = { key: 'other', steps: [step('x')] }
    const host = main(step('a'), step('b'), { kind: 'flow', id: 'c', flow: 'other' })
    const drafts: readonly EventDraft[] = [
      { type: 'flow_injected', ...visit, injectedFlow: 'other', triggerStep: 'a', resumePoint: 'b' },
      injected({ kind: 'flow', id: 'a-other-1', flow: 'other' }, 'a'),
    ]
    const run = await goOnAfter(await begin(host, { flows: [other] }), drafts)
    await run.finish()
    expect(run.starts).toEqual(['a#1', 'a#1.2', 'a-other-1#1', 'x#1', 'b#1', 'c#1', 'x#1'])
    expect(run.all('stack_push').map(({ stepId }) => stepId)).toEqual(['a-other-1', 'c'])
    expect(run.status).toBe('succeeded')
  })

  it('N1: stay in their visit when the flow is edited (S6)', async () => {
    const before = await goOnAfter(await begin(main(step('a'), step('b'))), [injected(approval, 'a')])
    await before.end('a')
    const edited = main(step('a'), step('b', { version: '2' }))
    const run = await dieAfter(before, before.events.length, [edited])
    await run.resume({ flow: 'current' })
    await approve(run)
    await run.finish()
    expect(run.steps()).toEqual({ a: 'succeeded', check: 'succeeded', b: 'succeeded' })
    expect(run.counts).toEqual({ a: 2, check: 1, b: 1 })
  })

  it('L1: never start when they come after a terminal step', async () => {
    const begun = await begin(
      main(step('done', { needs: [], routing: { kind: 'terminal' } }), step('other', { needs: [] })),
    )
    await begun.end('done')
    const run = await goOnAfter(begun, [injected({ ...approval, needs: [] }, 'other')])
    await run.finish()
    expect(run.steps()).toEqual({ done: 'succeeded', other: 'succeeded', check: 'skipped: terminal' })
  })

  it('N1: are in every refold of the journal', async () => {
    const run = await goOnAfter(await begin(main(step('a'), step('b'))), [injected(approval, 'a')])
    await run.end('a')
    const { frames } = foldRun(run.events)
    const state = frames.get('main#1')
    expect(state?.injected).toEqual([{ node: approval, after: 'a' }])
    expect(state?.graph.definition.digest).not.toBe(foldRun(run.events).flows.get('main')?.digest)
  })
})

describe('a graph that a navigator extends', () => {
  const fork = main(step('a'), step('b', { needs: ['a'] }), step('c', { needs: ['a'] }))
  const extended = (...patch: Extract<EventDraft, { type: 'graph_extended' }>['patch']): EventDraft => ({
    type: 'graph_extended',
    ...visit,
    patch,
    rationale: 'a test',
  })

  it('N1: has the edges that the patch says, for this visit', async () => {
    const change = { op: 'replace', path: '/steps/2/needs', value: ['a', 'b'] }
    const run = await goOnAfter(await begin(fork), [extended(change)])
    await run.end('a')
    expect(run.running).toEqual(['b'])
    await run.end('b')
    expect(run.running).toEqual(['c'])
  })

  it('N1: keeps what has settled, and starts what its settled needs allow', async () => {
    const begun = await begin(fork)
    await begun.end('a')
    await begun.end('b')
    const node = { ...approval, needs: ['b'] }
    const run = await goOnAfter(begun, [extended({ op: 'add', path: '/steps/-', value: node })])
    expect(run.steps()).toEqual({ a: 'succeeded', b: 'succeeded', c: 'running', check: 'running' })
    await run.finish()
    await approve(run)
    expect(run.counts).toEqual({ a: 1, b: 1, c: 2, check: 1 })
    expect(run.status).toBe('succeeded')
  })
})

describe('a flow that is edited while a visit is open', () => {
  it('S6: lets nobody out of a loop that has not exited (L4)', async () => {
    const flow = (version: string) =>
      main(
        step('write', { needs: [] }),
        step('review', { needs: ['write'], routing: { kind: 'microloop', loopTarget: 'write' } }),
        step('publish', { needs: ['write'], version }),
      )
    const before = await begin(flow('1'))
    await before.end('write')
    const run = await dieAfter(before, before.events.length, [flow('2')])
    await run.resume({ flow: 'current' })
    expect(run.running).toEqual(['review'])
    await run.finish({ review: { verdict: 'VERIFIED' } })
    expect(run.starts).toEqual(['write#1', 'review#1', 'review#1.2', 'publish#1'])
  })

  const late = (version: string) =>
    main(step('a', { needs: [] }), step('b', { needs: ['a'] }), step('c', { needs: ['a', 'b'], version }))
  const fromB = { request: { flow: 'main', startStep: 'b' } }

  it('S6: does not wait for steps that startStep leaves out', async () => {
    const before = await begin(late('1'), fromB)
    const run = await dieAfter(before, before.events.length, [late('2')])
    await run.resume({ flow: 'current' })
    await run.finish()
    expect(run.steps()).toEqual({ a: 'skipped: out_of_range', b: 'succeeded', c: 'succeeded' })
  })

  it('S5: retryFailed does not wait for steps that startStep leaves out', async () => {
    const run = await begin(late('1'), fromB)
    await run.end('b', { fail: 'broken' })
    expect(run.status).toBe('failed')
    await run.resume({ retryFailed: true })
    await run.finish()
    expect(run.steps()).toEqual({ a: 'skipped: out_of_range', b: 'succeeded', c: 'succeeded' })
  })

  it('F8: a loop brings the steps that startStep leaves out into the range', async () => {
    const flow = main(
      step('a'),
      step('b'),
      step('c', { routing: { kind: 'microloop', loopTarget: 'a', maxIterations: 1 } }),
    )
    const run = await play(
      flow,
      { c: [{ verdict: 'UNVERIFIED' }, { verdict: 'VERIFIED' }] },
      {
        request: { flow: 'main', startStep: 'b' },
      },
    )
    expect(run.starts).toEqual(['b#1', 'c#1', 'a#2', 'b#2', 'c#2'])
    expect(run.status).toBe('succeeded')
  })
})
