import { allOf, checkJournal, collect, createHandClock, firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StepEngine } from '../../engine/engine.ts'
import type { StepResult } from '../../engine/result.ts'
import { defineFlow } from '../../flow/define-flow.ts'
import type { JsonValue } from '../../flow/json.ts'
import type { RunStorage } from '../../storage/storage.ts'
import { createOrchestrator } from '../create-orchestrator.ts'
import { createMemoryStorage } from '../memory/memory-storage.ts'

const flow = defineFlow({ key: 'main', steps: [{ id: 'ask', prompt: 'Ask' }] })
const busy: StepResult = {
  status: 'failed',
  output: '',
  error: { code: 'busy', message: 'Busy', retryable: true },
}

/** An engine that tells sessions in its first attempt, fails it, and remembers what it was given. */
function createTeller(...sessions: readonly JsonValue[]): StepEngine & { readonly given: unknown[] } {
  const given: unknown[] = []
  return {
    specVersion: 1,
    id: 'teller',
    given,
    async *runStep({ attempt, session }) {
      given.push(session)
      if (attempt > 1) return { status: 'succeeded', output: 'ok' }
      for (const told of sessions) yield { type: 'session', session: told }
      return busy
    },
  }
}

async function play(engine: StepEngine, storage: RunStorage = createMemoryStorage()) {
  const clock = createHandClock()
  const run = createOrchestrator({ flows: [flow], engines: [engine], storage, clock }).executeStream({
    runId: 'run-1',
  })
  const events = []
  for await (const event of run) {
    events.push(event)
    if (event.type === 'step_error') clock.advance(60_000)
  }
  return events
}

/** A promise that a test resolves. */
function createGate(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = (): void => {}
  const promise = new Promise<void>((open) => {
    resolve = open
  })
  return { promise, resolve: () => resolve() }
}

const messages = (characters: number): JsonValue => [{ role: 'user', content: 'x'.repeat(characters) }]

describe('S5: a session', () => {
  it('stands in its event while it is small', async () => {
    const engine = createTeller({ id: 'conversation-7' })
    const events = await play(engine)
    expect(firstOf(events, 'step_session').session).toEqual({ id: 'conversation-7' })
    expect(engine.given).toEqual([undefined, { id: 'conversation-7' }])
    const [, again] = allOf(events, 'step_start')
    expect(again?.sessionDigest).toBe(firstOf(events, 'step_session').digest)
  })

  it('lies in an artifact when it is large, and is given to the next attempt whole', async () => {
    const storage = createMemoryStorage()
    const engine = createTeller({ id: 'old' }, messages(200_000))
    const told = allOf(await play(engine, storage), 'step_session')[1]
    expect(told?.session).toBeUndefined()
    expect(told?.sessionRef).toBe(`main/sessions/ask.1.1.${told?.digest?.slice(0, 16)}.json`)
    expect(await storage.artifacts('run-1').get(told?.sessionRef ?? '')).toBe(
      JSON.stringify(messages(200_000)),
    )
    expect(engine.given[1]).toEqual(messages(200_000))
  })

  it('is read back by another process, which folds the journal', async () => {
    const storage = createMemoryStorage()
    const hanging: StepEngine = {
      ...createTeller(),
      async *runStep({ signal }) {
        yield { type: 'session', session: messages(200_000) }
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        return busy
      },
    }
    const orchestrator = createOrchestrator({ flows: [flow], engines: [hanging], storage })
    for await (const event of orchestrator.executeStream({ runId: 'run-1' })) {
      if (event.type === 'step_session') break
    }
    const engine = createTeller()
    const another = createOrchestrator({ flows: [flow], engines: [engine], storage })
    expect(await another.resume('run-1')).toMatchObject({ status: 'succeeded' })
    expect(engine.given).toEqual([messages(200_000)])
    expect(checkJournal(await collect(storage.readEvents('run-1')))).toEqual([])
  })

  it('over 1 MiB is told with its size, and the one before does not come back', async () => {
    const engine = createTeller('old', messages(1_048_576))
    const events = await play(engine)
    expect(engine.given).toEqual([undefined, undefined])
    expect(allOf(events, 'step_session').at(-1)).not.toHaveProperty('session')
    expect(firstOf(events, 'diagnostic')).toMatchObject({
      code: 'engine_event_invalid',
      message: expect.stringMatching(/at most 1048576 characters, and this has 1048606/),
    })
  })

  it.each([
    ['gone', undefined],
    ['another one', '"other"'],
  ])('whose artifact is %s is told, and the attempt begins without it', async (_, found) => {
    const storage = createMemoryStorage()
    const forgetful: RunStorage = {
      ...storage,
      artifacts: (runId) => ({ ...storage.artifacts(runId), get: async () => found }),
    }
    const engine = createTeller(messages(200_000))
    const events = await play(engine, forgetful)
    expect(engine.given).toEqual([undefined, undefined])
    expect(firstOf(events, 'diagnostic')).toMatchObject({ code: 'session_lost' })
  })

  it('that is told when its run is canceled leaves the engine its cleanup', async () => {
    const storage = createMemoryStorage()
    const cleaned = createGate()
    const written = createGate()
    const begun = createGate()
    const slow: RunStorage = {
      ...storage,
      artifacts: (runId) => ({
        ...storage.artifacts(runId),
        put: async (path) => {
          if (!path.includes('sessions')) return
          begun.resolve()
          await written.promise
        },
      }),
    }
    const engine: StepEngine = {
      ...createTeller(),
      async *runStep() {
        try {
          yield { type: 'session', session: messages(200_000) }
          return busy
        } finally {
          cleaned.resolve()
        }
      },
    }
    const run = await createOrchestrator({ flows: [flow], engines: [engine], storage: slow }).start()
    await begun.promise
    const canceled = run.cancel()
    for await (const event of run.events()) if (event.type === 'step_error') break
    written.resolve()
    await cleaned.promise
    await canceled
    expect(await run.result).toMatchObject({ status: 'canceled' })
  })

  it('is not repeated by the receipt, which has its digest', async () => {
    const storage = createMemoryStorage()
    const events = await play(createTeller({ id: 'secret-conversation' }), storage)
    const receipt = (await storage.artifacts('run-1').get('main/receipts/ask-agent.1.1.json')) ?? ''
    expect(JSON.parse(receipt).session_digest).toBe(firstOf(events, 'step_session').digest)
    expect(receipt).not.toContain('secret-conversation')
  })
})
