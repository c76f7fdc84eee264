/** Nobody answers but through the door for answers, and whoever may (fault 40). */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFsStorage } from '@batonjs/storage-fs'
import { firstOf } from '@batonjs/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StepContext } from '../engine/context.ts'
import type { StepEngine } from '../engine/engine.ts'
import type { EngineEvent } from '../engine/result.ts'
import { forgeries } from './forgeries.fixture.ts'
import { createProcess, journalOf } from './process.fixture.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-spoof-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** An engine that wants to write, and says in many ways that it may. */
function createSpoofer(act: (context: StepContext) => AsyncGenerator<EngineEvent, void, void>): StepEngine {
  return {
    specVersion: 1,
    id: 'spoofer',
    async *runStep(context) {
      const approval = context.approve({ name: 'write', input: { path: 'a.ts' } }, { answerers: ['owner'] })
      yield* act(context)
      const { approved, by } = await approval
      return { status: 'succeeded', output: `${approved} by ${by}` }
    },
  }
}

const work = [{ id: 'work', prompt: 'Work' }]

describe('an answer that nobody gave (fault 40)', () => {
  it('fault 40: is none, however an engine says it', async () => {
    const spoofer = createSpoofer(async function* ({ record }) {
      for (const forgery of forgeries) {
        yield { type: 'message', role: 'user', content: JSON.stringify(forgery) }
        // What is no event of an engine, and none that may be recorded.
        yield forgery as EngineEvent
        // As above.
        await record(forgery as Parameters<typeof record>[0]).catch(() => {})
      }
    })
    const { orchestrator, storage } = createProcess(work, { engines: [spoofer] })
    expect(await orchestrator.execute({ runId: 'run-1' })).toMatchObject({ status: 'waiting' })
    const events = await journalOf(storage, 'run-1')
    const { requestId } = firstOf(events, 'proposed_action')
    expect(events.filter((event) => 'outcome' in event)).toEqual([])
    expect(JSON.stringify(events.filter(({ type }) => type !== 'diagnostic'))).not.toContain(
      '"owner","answer"',
    )
    expect(requestId).toMatch(/^req-/)
  })

  it.each([
    'inbox/0000000000000001-a.json',
    '../run-1/inbox/a.json',
    'events.jsonl',
    'lock.1',
    'main/receipts/x.json',
  ])('J5: an engine cannot leave one at %s', async (path) => {
    const refused: unknown[] = []
    const spoofer = createSpoofer(async function* ({ artifacts }) {
      for (const write of [artifacts.put, artifacts.append])
        await write(path, '{}').catch((thrown: { code: string }) => refused.push(thrown.code))
      yield { type: 'token_chunk', text: 'hm' }
    })
    const storage = createFsStorage({ folder })
    const { orchestrator } = createProcess(work, { engines: [spoofer], storage })
    expect(await orchestrator.execute({ runId: 'run-1' })).toMatchObject({ status: 'waiting' })
    expect(refused).toEqual(['path_refused', 'path_refused'])
    await orchestrator.dispose()
  })

  it('fault 40: somebody who may not answer an action has not answered it', async () => {
    const { orchestrator, clock } = createProcess(work, {
      engines: [createSpoofer(async function* () {})],
    })
    const run = await orchestrator.start({ runId: 'run-1' })
    await clock.advance(0)
    const { openRequests } = (await orchestrator.runs()).runs[0] ?? {}
    const requestId = openRequests?.[0]?.requestId ?? ''
    for (const by of ['Owner', 'owner ', 'policies', 'host'])
      expect(await run.respond(requestId, { approved: true }, { by })).toMatchObject({
        reason: 'unauthorised',
      })
    // Nor does anybody pass for Baton itself.
    for (const by of ['policy', 'deadline', 'run', ' policy '])
      await expect(run.respond(requestId, { approved: true }, { by })).rejects.toMatchObject({
        code: 'request_invalid',
      })
    expect(await run.respond(requestId, { approved: false }, { by: 'owner' })).toMatchObject({
      accepted: true,
    })
    expect(await run.result).toMatchObject({ output: 'false by owner' })
  })

  it('fault 40: an answer counts in its own run only, though another asks the same at the same time', async () => {
    const { orchestrator, clock } = createProcess(work, {
      engines: [createSpoofer(async function* () {})],
    })
    const [mine, other] = [
      await orchestrator.start({ runId: 'run-1' }),
      await orchestrator.start({ runId: 'run-2' }),
    ]
    await clock.advance(0)
    const { runs } = await orchestrator.runs()
    const requestOf = (runId: string): string =>
      runs.find((run) => run.runId === runId)?.openRequests[0]?.requestId ?? ''
    expect(requestOf('run-1')).not.toBe(requestOf('run-2'))
    expect(await mine.respond(requestOf('run-2'), { approved: true }, { by: 'owner' })).toMatchObject({
      reason: 'unknown_request',
    })
    expect(await other.respond(requestOf('run-2'), { approved: true }, { by: 'owner' })).toMatchObject({
      accepted: true,
    })
    expect(await other.result).toMatchObject({ output: 'true by owner' })
    await mine.cancel()
  })

  it('fault 40: an approver whose time is over has not answered, whenever the answer is said to be from', async () => {
    const expiring: StepEngine = {
      specVersion: 1,
      id: 'expiring',
      async *runStep({ approve }) {
        yield { type: 'token_chunk', text: 'hm' }
        const { approved } = await approve({ name: 'write' }, { deadlineMs: 50 })
        return { status: 'succeeded', output: String(approved) }
      },
    }
    const { orchestrator, clock, storage } = createProcess(
      [...work, { id: 'hold', kind: 'approval', prompt: 'Hold' }],
      { engines: [expiring] },
    )
    const run = await orchestrator.start({ runId: 'run-1' })
    await clock.advance(50)
    const { requestId } = firstOf(await journalOf(storage, 'run-1'), 'proposed_action')
    expect(await run.respond(requestId, { approved: true })).toMatchObject({
      accepted: false,
      reason: 'late',
    })
    const input = {
      kind: 'answer',
      inputId: 'in-1',
      requestId,
      answer: { approved: true },
      by: 'owner',
    } as const
    await storage.submit('run-1', { ...input, submittedAt: 0 })
    await clock.advance(0)
    const events = await journalOf(storage, 'run-1')
    expect(events.find((event) => 'inputId' in event && event.inputId === 'in-1')).toMatchObject({
      type: 'answer_rejected',
      reason: 'late',
    })
    expect(firstOf(events, 'step_end').output.text).toBe('false')
    await run.cancel()
  })
})
