import { describe, expect, it } from 'vitest'
import type { DurableEvent } from '../events/swarm-event.ts'
import type { StepFunction } from '../flow/flow.ts'
import { main, step } from './hand-call.fixture.ts'
import { begin, type HandRun, play } from './hand-run.fixture.ts'
import { openRequestsOf, statusOf, summarizeRun } from './summary.ts'

const push: StepFunction = async ({ approve }) => {
  const { approved } = await approve({ name: 'push', input: { force: true } }, { deadlineMs: 60_000 })
  return approved
}
const gate = { id: 'gate', kind: 'approval', prompt: 'Ship?', needs: [] } as const

/** The status by the record up to an event. */
function statusAfter(run: HandRun, matches: (event: DurableEvent) => boolean): string {
  const at = run.events.findIndex(matches)
  if (at < 0) throw new Error('There is no such event')
  return summarizeRun(run.events.slice(0, at + 1)).status
}

const is =
  (type: DurableEvent['type'], stepId?: string) =>
  (event: DurableEvent): boolean =>
    event.type === type && (stepId === undefined || ('stepId' in event && event.stepId === stepId))

describe('status', () => {
  it('S3: a run that was created and not ended is running', async () => {
    const run = await begin(main(step('a')))
    for (const type of ['run_created', 'run_started', 'flow_start', 'step_start'] as const) {
      expect(statusAfter(run, is(type))).toBe('running')
    }
  })

  it.each([
    ['succeeded', {}],
    ['failed', { a: { fail: 'broken' } }],
  ])('S3: %s is final', async (status, script) => {
    expect(statusOf((await play(main(step('a')), script)).state)).toBe(status)
  })

  it('S3: partial and canceled are final', async () => {
    const partial = await play(main(step('a', { allowFailure: true })), { a: { fail: 'broken' } })
    expect(statusOf(partial.state)).toBe('partial')
    const canceled = await begin(main(step('a')))
    await canceled.orchestrator.open(canceled.events[0]?.runId ?? '').cancel()
    await canceled.advance(0)
    expect(statusOf(canceled.state)).toBe('canceled')
  })

  it('S3: a run that only a human can move waits', async () => {
    const run = await begin(main(gate, step('after', { needs: ['gate'] })))
    expect(statusOf(run.state)).toBe('waiting')
    await run.answer('gate', { approved: true })
    expect(statusOf(run.state)).toBe('running')
  })

  it('S3: one in which something else runs is running', async () => {
    const run = await begin(main(gate, step('a', { needs: [] })))
    expect(statusOf(run.state)).toBe('running')
    await run.end('a')
    expect(statusOf(run.state)).toBe('waiting')
  })

  it('S3: one in which something is about to start is running', async () => {
    const run = await begin(main(gate, step('a', { needs: [] }), step('b', { needs: ['a'] })))
    await run.end('a')
    await run.end('b')
    expect(statusAfter(run, is('step_end', 'a'))).toBe('running')
    expect(statusAfter(run, is('step_end', 'b'))).toBe('waiting')
  })

  it('S3: so is one with a route, a check or the end of a child that is not recorded yet', async () => {
    const routed = await begin(
      main(gate, step('a', { needs: [], routing: { kind: 'linear', next: 'b' } }), step('b')),
    )
    await routed.end('a')
    expect(statusAfter(routed, is('step_end', 'a'))).toBe('running')

    const child = { key: 'child', steps: [step('one')] }
    const parent = await begin(main(gate, { id: 'down', kind: 'flow', flow: 'child', needs: [] }), {
      flows: [child],
    })
    await parent.end('one')
    expect(statusAfter(parent, is('step_end', 'one'))).toBe('running')
    expect(statusAfter(parent, is('flow_end'))).toBe('running')
    expect(statusOf(parent.state)).toBe('waiting')
  })

  it('S3: one that tries something again later is running', async () => {
    const run = await begin(main(gate, step('a', { needs: [] })))
    await run.end('a', { fail: 'busy', retryable: true })
    expect(statusOf(run.state)).toBe('running')
  })

  it('S3: a call that waits for its human counts as waiting, one beside it that works does not', async () => {
    const asking = step('asking', {
      needs: [],
      run: async (context) => (await context.approve({ name: 'push' })).approved,
    })
    const run = await begin(main(asking, step('a', { needs: [] })))
    expect(statusOf(run.state)).toBe('running')
    await run.end('a')
    expect(statusOf(run.state)).toBe('waiting')
  })

  it('S3: a callback is waited for like a human', async () => {
    const run = await begin(main({ id: 'ci', kind: 'wait', correlation: 'build-1', deadlineMs: 60_000 }))
    expect(statusOf(run.state)).toBe('waiting')
  })

  it('S3: paused and stopped are told by the record', async () => {
    const run = await begin(main(step('a'), step('b'), step('c')))
    const handle = run.orchestrator.open(run.events[0]?.runId ?? '')
    await handle.pause()
    expect(statusOf(run.state)).toBe('running')
    await run.end('a')
    expect(statusOf(run.state)).toBe('paused')
    await handle.continue()
    await run.advance(0)
    expect(statusOf(run.state)).toBe('running')
    await handle.stop()
    await run.end('b')
    await run.advance(0)
    expect(run.all('run_stopped')).toHaveLength(1)
    expect(statusOf(run.state)).toBe('stopped')
  })
})

describe('summaries', () => {
  it('S3: tell what a list of runs shows', async () => {
    const run = await begin(main(gate), { request: { initiator: 'ann' } })
    expect(summarizeRun(run.events)).toEqual({
      runId: run.events[0]?.runId,
      status: 'waiting',
      flows: ['main'],
      initiator: 'ann',
      createdAt: '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-01-01T00:00:00.000Z',
      lastSeq: run.events.length,
      openRequests: openRequestsOf(run.state),
    })
  })

  it('S3: open requests are told oldest first, with what somebody needs to answer them', async () => {
    const run = await begin(
      main(
        { ...gate, answerers: ['ann'], deadlineMs: 60_000 },
        { id: 'ci', kind: 'wait', correlation: 'build-1', title: 'The build', needs: [] },
        {
          id: 'ask',
          kind: 'question',
          needs: [],
          questions: [{ id: 'area', text: 'Which?', options: ['src', 'docs'] }],
        },
        step('act', { needs: [], run: push }),
      ),
    )
    const asked = { requestId: expect.any(String), askedAt: '2026-01-01T00:00:00.000Z' }
    const hashed = { ...asked, contentHash: expect.stringMatching(/^[0-9a-f]{64}$/) }
    expect(openRequestsOf(run.state)).toEqual([
      {
        ...hashed,
        kind: 'approval',
        step: 'main#1/gate',
        prompt: 'Ship?',
        answerSchema: expect.objectContaining({ required: ['approved'] }),
        answerers: ['ann'],
        deadlineAt: run.clock.now() + 60_000,
        deadlineAnswer: { approved: false },
      },
      {
        ...hashed,
        kind: 'callback',
        step: 'main#1/ci',
        prompt: 'The build',
        correlation: 'build-1',
        answerSchema: {},
      },
      {
        ...hashed,
        kind: 'clarification',
        step: 'main#1/ask',
        prompt: '',
        questions: [{ id: 'area', text: 'Which?', options: ['src', 'docs'] }],
        answerSchema: expect.objectContaining({ required: ['area'] }),
      },
      {
        ...hashed,
        kind: 'action',
        step: 'main#1/act',
        prompt: 'push',
        action: { name: 'push', input: { force: true } },
        answerSchema: expect.objectContaining({ required: ['approved'] }),
        deadlineAt: expect.any(Number),
        deadlineAnswer: { approved: false },
      },
    ])
    await run.answer('gate', { approved: true }, 'ann')
    expect(openRequestsOf(run.state)).toHaveLength(3)
  })
})
