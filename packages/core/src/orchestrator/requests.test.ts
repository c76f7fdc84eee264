import { createHash } from 'node:crypto'
import { allOf, checkJournal, collect, firstOf, typesOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../flow/digest.ts'
import type { StepInput } from '../flow/flow.ts'
import { approve, beginAsking, DAY, gate, reject } from './people.fixture.ts'
import { createProcess, readUntil, startOf } from './process.fixture.ts'

describe('a request', () => {
  it('H1: records what is shown, its SHA-256, the schema of its answer, its deadline and who may answer', async () => {
    const { request, clock, run } = await beginAsking(
      gate({ deadlineMs: DAY, answerers: ['ada'], onDeadline: 'approve' }),
    )
    expect(request).toMatchObject({
      type: 'approval_requested',
      prompt: 'Ship?',
      answerers: ['ada'],
      deadlineAt: clock.now() + DAY,
      deadlineAnswer: approve,
      answerSchema: { required: ['approved'] },
    })
    const shown = canonicalJson({ prompt: request.prompt, schema: request.answerSchema })
    expect(request.contentHash).toBe(createHash('sha256').update(shown).digest('hex'))
    await run.cancel()
  })

  it('H1: the first valid answer wins and is recorded with who gave it', async () => {
    const { run, requestId, journal } = await beginAsking(gate())
    const acknowledgement = await run.respond(requestId, { ...approve, comment: 'fine' }, { by: 'ada' })
    expect(await run.result).toMatchObject({ status: 'succeeded' })
    const resolved = firstOf(await journal(), 'approval_resolved')
    expect(acknowledgement).toEqual({ accepted: true, seq: resolved.seq })
    expect(resolved).toMatchObject({ outcome: 'answered', by: 'ada', answer: { comment: 'fine' } })
  })

  it.each<[string, string, object, unknown, string]>([
    ['one that does not match its schema', 'invalid', {}, { approved: 'perhaps' }, 'ada'],
    ['one with more than was asked', 'invalid', {}, { ...approve, limit: 5 }, 'ada'],
    ['one by somebody who may not answer', 'unauthorised', { answerers: ['grace'] }, approve, 'ada'],
  ])('H1: %s is answer_rejected, and the request stays open', async (_, reason, policy, answer, by) => {
    const { run, requestId, journal } = await beginAsking(gate(policy))
    // Whatever a human may send.
    expect(await run.respond(requestId, answer as never, { by })).toMatchObject({ accepted: false, reason })
    expect(firstOf(await journal(), 'answer_rejected')).toMatchObject({ reason, by, requestId })
    expect(await run.respond(requestId, approve, { by: 'grace' })).toMatchObject({ accepted: true })
    expect(await run.result).toMatchObject({ status: 'succeeded' })
  })

  it('H1: of two answers at once one wins, the other is a duplicate (fault 14)', async () => {
    const { run, requestId, journal } = await beginAsking([
      ...gate(),
      { id: 'hold', kind: 'approval', prompt: 'Hold', needs: [] },
    ])
    const acknowledgements = await Promise.all([
      run.respond(requestId, approve, { by: 'ada' }),
      run.respond(requestId, reject, { by: 'grace' }),
    ])
    expect(acknowledgements).toEqual([
      expect.objectContaining({ accepted: true }),
      expect.objectContaining({ accepted: false, reason: 'duplicate' }),
    ])
    const events = await journal()
    expect(allOf(events, 'approval_resolved')).toEqual([expect.objectContaining({ by: 'ada' })])
    expect(checkJournal(events)).toEqual([])
    await run.cancel()
  })

  it('H1: an answer before its question is refused (fault 14)', async () => {
    const { run } = await beginAsking(gate())
    expect(await run.respond('req-0000000000000000', approve)).toMatchObject({
      accepted: false,
      reason: 'unknown_request',
    })
    await run.cancel()
  })

  it('H1: an answer to a question that nobody waits for any more is stale (fault 14)', async () => {
    const { run, requestId, journal } = await beginAsking([
      { id: 'gate', kind: 'approval', prompt: 'Ship?', needs: [] },
      { id: 'quick', prompt: 'Quick', needs: [] },
      { id: 'race', prompt: 'Race', needs: ['gate', 'quick'], triggerRule: 'one_success', losers: 'cancel' },
      { id: 'hold', kind: 'approval', prompt: 'Hold', needs: ['race'] },
    ])
    await readUntil(run, startOf('hold'))
    expect(await run.respond(requestId, approve)).toMatchObject({ accepted: false, reason: 'stale' })
    expect(firstOf(await journal(), 'approval_resolved')).toMatchObject({ outcome: 'withdrawn' })
    await run.cancel()
  })

  it('H1: the deadline gives the default, once, and a later answer is late', async () => {
    const { run, requestId, clock, journal } = await beginAsking([
      ...gate({ deadlineMs: DAY, onDeadline: 'approve' }),
      { id: 'hold', kind: 'approval', prompt: 'Hold', needs: [] },
    ])
    await clock.advance(DAY - 1)
    expect(typesOf(await journal())).not.toContain('approval_resolved')
    await clock.advance(1)
    expect(firstOf(await journal(), 'approval_resolved')).toMatchObject({
      outcome: 'defaulted',
      by: 'deadline',
    })
    expect(await run.respond(requestId, reject)).toMatchObject({ accepted: false, reason: 'late' })
    await run.cancel()
  })

  it('H1: without a default the deadline fails the step with request_expired', async () => {
    const { run, clock } = await beginAsking([
      { id: 'ask', kind: 'question', questions: [{ id: 'why', text: 'Why?' }], deadlineMs: 50 },
    ])
    await clock.advance(50)
    expect(await run.result).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('ask') },
    })
  })

  it('H1: a wait ends with its callback, reminds once, and the payload is the output', async () => {
    const { run, request, clock, journal } = await beginAsking([
      {
        id: 'build',
        kind: 'wait',
        correlation: 'build-7',
        schema: { type: 'object', required: ['ok'] },
        warnAfterMs: 1_000,
      },
    ])
    expect(request).toMatchObject({ type: 'callback_awaited', correlation: 'build-7' })
    await clock.advance(5_000)
    const reminders = allOf(await journal(), 'diagnostic').filter(({ code }) => code === 'callback_overdue')
    expect(reminders).toHaveLength(1)
    expect(await run.respond(request.requestId, { payload: { no: 1 } })).toMatchObject({
      accepted: false,
      reason: 'invalid',
    })
    await run.respond(request.requestId, { payload: { ok: true } }, { by: 'ci' })
    expect(await run.result).toMatchObject({ status: 'succeeded', output: { ok: true } })
  })
})

describe('onReject', () => {
  it.each([
    [undefined, 'failed', ['needs_failed']],
    ['fail', 'failed', ['needs_failed']],
    ['skip', 'succeeded', ['rejected', 'needs_skipped']],
    ['stop', 'failed', ['stopped']],
  ] as const)('H5: %s ends the run %s', async (onReject, status, reasons) => {
    const { orchestrator } = createProcess(gate(onReject === undefined ? {} : { onReject }))
    const events = await collect(orchestrator.executeStream({ onRequest: () => ({ answer: reject }) }))
    expect(events.at(-1)).toMatchObject({ type: 'run_completed', status })
    expect(allOf(events, 'step_skipped').map(({ reason }) => reason)).toEqual(reasons)
    const errors = allOf(events, 'step_error').map(({ error }) => error.code)
    expect(errors).toEqual(onReject === 'skip' ? [] : ['approval_rejected'])
  })

  it('H5: an approval whose routing reads the verdict succeeds with APPROVED or REJECTED', async () => {
    const steps: readonly StepInput[] = [
      {
        id: 'gate',
        kind: 'approval',
        prompt: 'Ship?',
        routing: { kind: 'branch', cases: [{ value: 'REJECTED', next: 'mend' }], default: 'ship' },
      },
      { id: 'ship', prompt: 'Ship', routing: { kind: 'terminal' } },
      { id: 'mend', prompt: 'Mend' },
    ]
    const { orchestrator, called } = createProcess(steps)
    expect(await orchestrator.execute({ onRequest: () => ({ answer: reject }) })).toMatchObject({
      status: 'succeeded',
    })
    expect(called()).toEqual(['mend#1.1'])
  })
})
