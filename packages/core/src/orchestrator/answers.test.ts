import type { StubAct } from '@batonjs/engine-stub'
import { allOf, createHandClock, firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { Answer } from '../storage/storage.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import type { HostAnswer } from './options.ts'
import { approve, beginAsking, DAY, gate, requestOf } from './people.fixture.ts'
import { codeOf, createProcess, journalOf, readUntil, startOf } from './process.fixture.ts'

describe('respond', () => {
  it('H2: works from another process', async () => {
    const { run, requestId, storage, clock } = await beginAsking(gate())
    const other = createProcess(gate(), { storage, clock }).orchestrator.open('run-1')
    expect(await other.respond(requestId, { answers: { gate: 'yes' } })).toEqual({
      accepted: false,
      reason: 'invalid',
      message: expect.stringContaining('answered with { approved: true }'),
    })
    expect(await other.respond(requestId, approve, { by: 'ada' })).toMatchObject({ accepted: true })
    expect(await run.result).toMatchObject({ status: 'succeeded' })
    expect(await other.respond(requestId, approve)).toEqual({
      accepted: false,
      reason: 'run_over',
      message: 'Run "run-1" is over (succeeded).',
    })
  })

  it('H2: is queued when nobody owns the run, and counts with the time at which it was submitted', async () => {
    const storage = createMemoryStorage()
    const clock = createHandClock()
    const steps = gate({ deadlineMs: 3 * DAY })
    const first = createProcess(steps, { storage, clock })
    const { runId, openRequests } = await first.orchestrator.execute()
    const requestId = openRequests[0]?.requestId ?? ''
    await clock.advance(2 * DAY)
    const answer = await createProcess(steps, { storage, clock })
      .orchestrator.open(runId)
      .respond(requestId, approve)
    expect(answer).toEqual({ queued: true, inputId: expect.any(String) })
    await clock.advance(2 * DAY)
    const last = createProcess(steps, { storage, clock })
    expect(await last.orchestrator.resume(runId)).toMatchObject({ status: 'succeeded' })
    expect(firstOf(await journalOf(storage, runId), 'approval_resolved')).toMatchObject({
      outcome: 'answered',
    })
    expect(last.called()).toEqual(['after#1.1'])
  })

  it('H2: one that was submitted after the deadline is late, however soon the run is resumed', async () => {
    const storage = createMemoryStorage()
    const clock = createHandClock()
    const steps = gate({ deadlineMs: DAY, onReject: 'skip' })
    const first = createProcess(steps, { storage, clock })
    const { runId, openRequests } = await first.orchestrator.execute()
    await clock.advance(2 * DAY)
    await first.orchestrator.open(runId).respond(openRequests[0]?.requestId ?? '', approve)
    await createProcess(steps, { storage, clock }).orchestrator.resume(runId)
    const events = await journalOf(storage, runId)
    expect(firstOf(events, 'answer_rejected').reason).toBe('late')
    expect(firstOf(events, 'approval_resolved')).toMatchObject({ outcome: 'defaulted' })
  })

  it('J2: an answer that is delivered twice counts once (fault 12)', async () => {
    const { run, requestId, storage, journal, request } = await beginAsking([
      ...gate(),
      { id: 'hold', kind: 'approval', prompt: 'Hold', needs: [] },
    ])
    const input = {
      kind: 'answer' as const,
      inputId: 'in-1',
      submittedAt: 0,
      requestId,
      answer: approve,
      by: 'ada',
    }
    await storage.submit('run-1', input)
    await storage.submit('run-1', input)
    await readUntil(run, startOf('after'))
    await storage.submit('run-1', input)
    await run.pause()
    const events = await journal()
    expect(
      allOf(events, 'approval_resolved').filter((event) => event.requestId === request.requestId),
    ).toHaveLength(1)
    expect(allOf(events, 'answer_rejected')).toEqual([])
    await run.cancel()
  })

  it('H2: an answer that comes while the owner gives the run up is kept for the next one', async () => {
    const storage = createMemoryStorage()
    const first = createProcess(gate(), { storage })
    let answering: Promise<unknown> | undefined
    first.orchestrator.on('run_stopped', ({ runId }) => {
      answering = first.orchestrator.open(runId).respond(asked, approve)
    })
    let asked = ''
    for await (const event of first.orchestrator.executeStream({ runId: 'run-1' })) {
      if (event.type !== 'approval_requested') continue
      asked = event.requestId
      break
    }
    expect(await answering).toEqual({ queued: true, inputId: expect.any(String) })
    expect(await createProcess(gate(), { storage }).orchestrator.resume('run-1')).toMatchObject({
      status: 'succeeded',
    })
  })
})

describe('an answer that is no JSON (fault 24)', () => {
  it('H2: is refused as a rejection, and reaches no run', async () => {
    const { orchestrator, storage } = createProcess(gate())
    const { runId, openRequests } = await orchestrator.execute()
    const answer = { approved: 1n } as unknown as Answer // JavaScript hosts know no types.
    const responding = orchestrator.open(runId).respond(openRequests[0]?.requestId ?? '', answer)
    expect(await codeOf(responding)).toBe('not_serializable')
    expect(allOf(await journalOf(storage, runId), 'answer_rejected')).toEqual([])
  })
})

describe('onRequest', () => {
  it('H2: is called once per request, with what is shown, and answers it', async () => {
    const { orchestrator } = createProcess(gate())
    const asked: string[] = []
    const result = await orchestrator.execute({
      onRequest: ({ kind, prompt, content, runId }) => {
        asked.push(`${runId} ${kind} ${prompt} ${content.type}`)
        return { answer: approve, by: 'robot' }
      },
      runId: 'run-1',
    })
    expect(result).toMatchObject({ status: 'succeeded' })
    expect(asked).toEqual(['run-1 approval Ship? approval_requested'])
  })

  it('H2: may take its time, during which the run does not rest', async () => {
    const clock = createHandClock()
    const { orchestrator } = createProcess(gate(), { clock })
    const result = orchestrator.execute({
      onRequest: () =>
        new Promise((resolve) => clock.setTimer(clock.now() + DAY, () => resolve({ answer: approve }))),
    })
    expect(await clock.drive(result)).toMatchObject({ status: 'succeeded' })
  })

  it('H2: may leave a request open', async () => {
    const { orchestrator } = createProcess(gate())
    const result = await orchestrator.execute({ onRequest: () => undefined })
    expect(result).toMatchObject({ status: 'waiting', openRequests: [{ kind: 'approval' }] })
  })

  it('H2: one that throws leaves the request open, and that is told', async () => {
    const { orchestrator, storage } = createProcess(gate())
    const result = await orchestrator.execute({
      runId: 'run-1',
      onRequest: () => {
        throw new Error('no terminal')
      },
    })
    expect(result).toMatchObject({ status: 'waiting' })
    expect(firstOf(await journalOf(storage, 'run-1'), 'diagnostic')).toMatchObject({
      code: 'on_request_failed',
      message: expect.stringContaining('no terminal'),
    })
  })

  it.each([
    ['a text', 'approve', /onRequest gave "approve", but must give { answer, by\? }/],
    ['null', null, /onRequest gave null, but must give/],
    ['no answer', { by: 'ada' }, /onRequest gave { by }, but must give/],
    [
      'the bare answer',
      { approved: true },
      /onRequest gave { approved }.* such as { answer: { approved: true } }/,
    ],
    ['nobody', { answer: approve, by: { name: 'ada' } }, /onRequest gave { answer, by }/],
    ['what is no JSON', { answer: { approved: 1n } }, /must survive JSON/],
    [
      'a getter that throws',
      {
        answer: approve,
        get by() {
          throw new Error('who?')
        },
      },
      /who\?/,
    ],
  ])('H2: one that gives %s leaves the request open, and that is told (fault 24)', async (_, reply, why) => {
    const { orchestrator, storage } = createProcess(gate())
    // JavaScript hosts know no types.
    const onRequest = () => reply as HostAnswer
    const result = await orchestrator.execute({ runId: 'run-1', onRequest })
    expect(result).toMatchObject({ status: 'waiting' })
    expect(firstOf(await journalOf(storage, 'run-1'), 'diagnostic')).toMatchObject({
      code: 'on_request_failed',
      message: expect.stringMatching(why),
    })
  })

  it('H2: records an answer as JSON keeps it (fault 23)', async () => {
    const storage = createMemoryStorage()
    const questions = [{ id: 'name', text: 'Who?' }]
    const { orchestrator } = createProcess([{ id: 'ask', kind: 'question', questions }], { storage })
    const { outputs } = await orchestrator.execute({
      onRequest: () => ({ answer: { answers: { name: 'a\ud800' } } }),
    })
    expect(outputs).toEqual({ ask: { name: 'a\ufffd' } })
  })

  it('H1: an answer of the host is judged as any other', async () => {
    const { orchestrator, storage } = createProcess(gate({ answerers: ['ada'] }))
    await orchestrator.execute({ runId: 'run-1', onRequest: () => ({ answer: approve, by: 'robot' }) })
    expect(firstOf(await journalOf(storage, 'run-1'), 'answer_rejected').reason).toBe('unauthorised')
  })

  it('H2: is not asked on resume for what the inbox has answered', async () => {
    const storage = createMemoryStorage()
    const { runId, openRequests } = await createProcess(gate(), { storage }).orchestrator.execute()
    const asked: string[] = []
    const { orchestrator } = createProcess(gate(), { storage })
    await orchestrator.open(runId).respond(openRequests[0]?.requestId ?? '', approve, { by: 'ada' })
    await orchestrator.resume(runId, { onRequest: ({ prompt }) => void asked.push(prompt) })
    expect(asked).toEqual([])
  })

  it('H2: is asked on resume for what is open', async () => {
    const storage = createMemoryStorage()
    const { runId } = await createProcess(gate(), { storage }).orchestrator.execute()
    const { orchestrator } = createProcess(gate(), { storage })
    const result = await orchestrator.resume(runId, { onRequest: () => ({ answer: approve }) })
    expect(result).toMatchObject({ status: 'succeeded' })
  })
})

describe('waiting', () => {
  it('H3: unrelated branches go on, and no timeout runs while a human is asked', async () => {
    const clock = createHandClock()
    const ask: StubAct = { kind: 'ask', questions: [{ id: 'why', text: 'Why?' }] }
    const pause = (ms: number): StubAct => ({ kind: 'wait', ms })
    const { orchestrator, called } = createProcess(
      [
        {
          id: 'asks',
          prompt: 'Ask',
          needs: [],
          timeoutMs: 1_000,
          idleTimeoutMs: 1_000,
          retry: { maxRetries: 0 },
        },
        { id: 'other', prompt: 'Other', needs: [] },
      ],
      { clock, replies: { asks: { acts: [pause(600), ask, pause(300)] } } },
    )
    const run = await orchestrator.start()
    await clock.advance(600)
    const { requestId } = await requestOf(run)
    expect(called()).toEqual(['asks#1.1', 'other#1.1'])
    await clock.advance(DAY)
    await run.respond(requestId, { answers: { why: 'so' } })
    expect(await clock.drive(run.result)).toMatchObject({ status: 'succeeded' })
  })

  it('H3: the time of a call goes on where it stood when the human was asked', async () => {
    const clock = createHandClock()
    const ask: StubAct = { kind: 'ask', questions: [{ id: 'why', text: 'Why?' }] }
    const { orchestrator } = createProcess(
      [{ id: 'asks', prompt: 'Ask', timeoutMs: 1_000, retry: { maxRetries: 0 } }],
      {
        clock,
        replies: { asks: { acts: [{ kind: 'wait', ms: 600 }, ask, { kind: 'wait', ms: 500 }] } },
      },
    )
    const run = await orchestrator.start()
    await clock.advance(600)
    await run.respond((await requestOf(run)).requestId, { answers: { why: 'so' } })
    const before = clock.monotonic()
    expect(await clock.drive(run.result)).toMatchObject({ status: 'failed' })
    expect(clock.monotonic() - before).toBe(400)
  })
})
