import type { StubAct } from '@batonjs/engine-stub'
import { allOf, type EventOf, firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { AskOptions } from '../../engine/context.ts'
import type { StepInput } from '../../flow/flow.ts'
import { createMemoryStorage } from '../memory/memory-storage.ts'
import { approve, beginAsking, reject, requestOf } from '../people.fixture.ts'
import { createProcess, journalOf, readUntil } from '../process.fixture.ts'

describe('a request inside a call', () => {
  const propose: StubAct = { kind: 'propose', action: { name: 'deploy', input: { to: 'prod' } } }
  const single: readonly StepInput[] = [{ id: 'act', prompt: 'Act' }]
  const script = (...acts: readonly StubAct[]) => ({ replies: { act: { acts } } })

  it('H1: a proposed action shows exactly what would be done, and the tool is used when it is approved', async () => {
    const { run, request, requestId, journal } = await beginAsking(single, script(propose))
    expect(request).toMatchObject({
      type: 'proposed_action',
      action: { name: 'deploy', input: { to: 'prod' } },
    })
    await run.respond(requestId, approve, { by: 'ada' })
    await run.result
    expect(firstOf(await journal(), 'tool_start')).toMatchObject({ tool: 'deploy', requestId })
  })

  it('H4: after a crash the call joins the open request', async () => {
    const storage = createMemoryStorage()
    const first = createProcess(single, { storage, ...script(propose) })
    const { runId, openRequests } = await first.orchestrator.execute()
    const second = createProcess(single, { storage, ...script(propose) })
    const asked: string[] = []
    await second.orchestrator.resume(runId, {
      onRequest: ({ requestId }) => {
        asked.push(requestId)
        return { answer: approve }
      },
    })
    expect(asked).toEqual([openRequests[0]?.requestId])
    expect(allOf(await journalOf(storage, runId), 'proposed_action')).toHaveLength(1)
    expect(second.called()).toEqual(['act#1.2'])
  })

  it('H4: after a crash the call takes the recorded answer', async () => {
    const storage = createMemoryStorage()
    const first = createProcess(single, {
      storage,
      replies: { act: { acts: [propose], ending: { kind: 'hang' } } },
    })
    const { runId, openRequests } = await first.orchestrator.execute()
    await first.orchestrator.open(runId).respond(openRequests[0]?.requestId ?? '', reject, { by: 'ada' })
    const second = createProcess(single, { storage, ...script(propose) })
    expect(await second.orchestrator.resume(runId)).toMatchObject({ status: 'succeeded' })
    expect(second.engine.calls[0]?.approvals).toEqual([
      { requestId: openRequests[0]?.requestId, approved: false, by: 'ada' },
    ])
    expect(allOf(await journalOf(storage, runId), 'proposed_action')).toHaveLength(1)
  })

  it('H4: an answer that a tool has used is asked for again, and the human is told so', async () => {
    const storage = createMemoryStorage()
    const first = createProcess(single, {
      storage,
      replies: { act: { acts: [propose], ending: { kind: 'hang' } } },
    })
    const run = await first.orchestrator.start({ runId: 'run-1' })
    const { requestId } = await requestOf(run)
    await run.respond(requestId, approve)
    await readUntil(run, ({ type }) => type === 'tool_end')
    await run.stop()
    await first.clock.drive(run.result)
    const second = createProcess(single, { storage, ...script(propose) })
    const { openRequests, status } = await second.orchestrator.resume('run-1')
    expect(status).toBe('waiting')
    const requests = allOf(await journalOf(storage, 'run-1'), 'proposed_action')
    expect(requests.map((request) => request.repeats)).toEqual([undefined, requestId])
    expect(openRequests[0]?.requestId).toBe(requests[1]?.requestId)
    expect(second.engine.calls[0]?.context.answers).toEqual([
      { requestId, answer: approve, by: 'host', used: true },
    ])
  })

  it('H4: the same question twice is two requests', async () => {
    const { orchestrator, storage } = createProcess(single, script(propose, propose))
    await orchestrator.execute({ runId: 'run-1', onRequest: () => ({ answer: reject }) })
    const ids = allOf(await journalOf(storage, 'run-1'), 'proposed_action').map(({ requestId }) => requestId)
    expect(new Set(ids).size).toBe(2)
  })

  it('H4: approval, question and wait steps run no code and keep their request over a resume', async () => {
    const storage = createMemoryStorage()
    const steps: readonly StepInput[] = [
      { id: 'one', kind: 'approval', prompt: 'One?', needs: [] },
      { id: 'two', kind: 'question', questions: [{ id: 'q', text: 'Two?' }], needs: [] },
      { id: 'three', kind: 'wait', correlation: 'three', needs: [] },
    ]
    const first = await createProcess(steps, { storage }).orchestrator.execute()
    const second = await createProcess(steps, { storage }).orchestrator.resume(first.runId)
    expect(second.openRequests).toEqual(first.openRequests)
    const starts: EventOf<'step_start'>[] = allOf(await journalOf(storage, first.runId), 'step_start')
    expect(starts.map(({ stepId, attempt }) => `${stepId}.${attempt}`)).toEqual(['one.1', 'two.1', 'three.1'])
  })

  it('H4: a function step repeats the code before its question', async () => {
    const storage = createMemoryStorage()
    let runs = 0
    const steps: readonly StepInput[] = [
      {
        id: 'ask',
        kind: 'function',
        run: async ({ ask }) => {
          runs += 1
          return await ask([{ id: 'q', text: 'Which?', options: ['x', 'y'] }])
        },
      },
    ]
    const { runId } = await createProcess(steps, { storage }).orchestrator.execute()
    const result = await createProcess(steps, { storage }).orchestrator.resume(runId, {
      onRequest: () => ({ answer: { answers: { q: 'y' } } }),
    })
    expect([runs, result.output]).toEqual([2, { q: 'y' }])
  })

  const question = { id: 'q', text: 'Which?', options: ['a', 'b'] }
  it.each<[string, AskOptions, string]>([
    [
      'a deadline whose answer is none',
      { deadlineMs: 20, onDeadline: { zzz: 1 } },
      'onDeadline is no answer to it',
    ],
    ['a question that nobody may answer', { answerers: [] }, 'answerers is a list of at least one name'],
  ])('H1: %s is refused before anybody is asked', async (_, options, message) => {
    const steps: readonly StepInput[] = [
      { id: 'act', kind: 'function', run: async (context) => await context.ask([question], options) },
    ]
    const { orchestrator, storage } = createProcess(steps)
    const result = await orchestrator.execute({ runId: 'run-1' })
    expect(result.error).toMatchObject({ code: 'request_invalid', message: expect.stringContaining(message) })
    expect(allOf(await journalOf(storage, 'run-1'), 'clarification_needed')).toEqual([])
  })
})
