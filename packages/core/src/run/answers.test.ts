import { describe, expect, it } from 'vitest'
import type { StepInput } from '../flow/flow.ts'
import type { JsonValue } from '../flow/json.ts'
import type { AnswerInput } from '../storage/storage.ts'
import { judgeAnswer } from './answers.ts'
import { main, step } from './hand-call.fixture.ts'
import { begin, type HandRun } from './hand-run.fixture.ts'
import type { RequestState } from './state.ts'

type Approval = Extract<StepInput, { kind: 'approval' }>
const approval = (policy: Partial<Approval> = {}): Approval => ({
  id: 'gate',
  kind: 'approval',
  prompt: 'Ship?',
  ...policy,
})
const approve: JsonValue = { approved: true }
const reject: JsonValue = { approved: false, comment: 'too early' }

/** The only request of a run. */
function requestOf(run: HandRun): RequestState {
  const [request] = run.state.requests.values()
  if (request === undefined) throw new Error('Nobody is asked')
  return request
}

function answer(run: HandRun, rest: Partial<AnswerInput> = {}): AnswerInput {
  const { requestId } = requestOf(run)
  return {
    kind: 'answer',
    inputId: 'in-1',
    submittedAt: run.clock.now(),
    requestId,
    answer: approve,
    by: 'ann',
    ...rest,
  }
}

/** The reason of a refusal, or how the request ends. */
function judge(run: HandRun, rest: Partial<AnswerInput> = {}): string {
  const draft = judgeAnswer(run.state, answer(run, rest))
  if (draft.type === 'answer_rejected') return draft.reason
  return 'outcome' in draft ? draft.outcome : draft.type
}

describe('judging answers', () => {
  it('H1: a valid answer ends the request, with who gave it', async () => {
    const run = await begin(main(approval()))
    expect(judgeAnswer(run.state, answer(run))).toMatchObject({
      type: 'approval_resolved',
      frame: 'main#1',
      stepId: 'gate',
      outcome: 'answered',
      answer: approve,
      by: 'ann',
      inputId: 'in-1',
    })
  })

  it.each<[string, Partial<AnswerInput>, string]>([
    ['to nothing that was asked', { requestId: 'req-0' }, 'unknown_request'],
    ['by somebody who may not answer', { by: 'bob' }, 'unauthorised'],
    ['that its schema does not allow', { answer: { approved: 'maybe' } }, 'invalid'],
    ['that is no object', { answer: 'approve' }, 'invalid'],
    ['with members that nobody asked for', { answer: { approved: true, force: true } }, 'invalid'],
    ['in time', { submittedAt: Date.UTC(2026, 0, 1) + 59_999 }, 'answered'],
    ['at its deadline', { submittedAt: Date.UTC(2026, 0, 1) + 60_000 }, 'late'],
  ])('H1: an answer %s: %j is %s', async (_, rest, result) => {
    const run = await begin(main(approval({ answerers: ['ann'], deadlineMs: 60_000 })))
    expect(judge(run, rest)).toBe(result)
  })

  it('H1: what is late counts before what is unauthorised, and both before what is invalid', async () => {
    const run = await begin(main(approval({ answerers: ['ann'], deadlineMs: 60_000 })))
    const late = run.clock.now() + 60_000
    expect(judge(run, { submittedAt: late, by: 'bob', answer: null })).toBe('late')
    expect(judge(run, { by: 'bob', answer: null })).toBe('unauthorised')
  })

  it('H1: the first valid answer wins, the second is a duplicate', async () => {
    const run = await begin(main(approval(), step('after')))
    await run.answer('gate', approve, 'ann')
    expect(judge(run, { answer: reject, by: 'bob' })).toBe('duplicate')
    expect(requestOf(run)).toMatchObject({ status: 'answered', by: 'ann', answer: approve })
  })

  it('H1: after the deadline has given the default an answer is late', async () => {
    const run = await begin(main(approval({ deadlineMs: 60_000, onDeadline: 'approve' }), step('after')))
    await run.advance(60_000)
    expect(run.all('approval_resolved')).toMatchObject([
      { outcome: 'defaulted', by: 'deadline', answer: approve },
    ])
    expect(run.steps().gate).toBe('succeeded')
    expect(judge(run)).toBe('late')
  })

  it('H1: a request that was withdrawn or canceled is stale', async () => {
    const run = await begin(main(approval({ needs: [] }), step('a', { needs: [] })))
    await run.orchestrator.open(run.events[0]?.runId ?? '').cancel()
    await run.advance(0)
    expect(run.all('approval_resolved')).toMatchObject([{ outcome: 'canceled', by: 'host' }])
    expect(judge(run)).toBe('stale')
  })

  it('H1: a refusal is recorded with its reason, and the request stays open', async () => {
    const run = await begin(main(approval()))
    expect(await run.answer('gate', { approved: 'maybe' })).toMatchObject({
      accepted: false,
      reason: 'invalid',
    })
    expect(run.all('answer_rejected')).toMatchObject([{ reason: 'invalid', by: 'host' }])
    expect(requestOf(run).status).toBe('open')
  })
})
