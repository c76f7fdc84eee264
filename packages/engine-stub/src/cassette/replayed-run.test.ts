import {
  createMemoryStorage,
  createOrchestrator,
  defineFlow,
  type RequestHandler,
  type RunStorage,
  type StepEngine,
  type SwarmEvent,
} from '@batonjs/core'
import { collect, testCrashes } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StubScript } from '../script.ts'
import { createStubEngine } from '../stub-engine.ts'
import { temporaryFolder } from './cassette.fixture.ts'
import { recordEngine } from './record-engine.ts'
import { createReplayEngine } from './replay-engine.ts'

const flowWith = (review: string) =>
  defineFlow({
    key: 'build',
    steps: [
      { id: 'plan', prompt: 'Plan $params.what.', retry: { maxRetries: 1, delayMs: 1 } },
      {
        id: 'count',
        prompt: 'How many? $plan.output',
        output: { type: 'object', properties: { files: { type: 'number' } }, required: ['files'] },
      },
      { id: 'write', prompt: 'Write it: $plan.output' },
      {
        id: 'review',
        prompt: `${review} $write.output`,
        routing: { kind: 'microloop', loopTarget: 'write' },
      },
      {
        id: 'each',
        kind: 'map',
        items: "['a', 'b']",
        concurrency: 1,
        step: { prompt: 'Look at $item after $review.output.' },
      },
    ],
  })

const flow = flowWith('Is it fine?')

const script: StubScript = {
  steps: {
    plan: { attempts: [{ fail: { code: 'overloaded', retryable: true } }, { text: 'The plan' }] },
    count: { text: 'some', data: { files: 'some' }, repairs: [{ data: { files: 2 } }] },
    write: {
      acts: [
        { type: 'session', session: 's' },
        { kind: 'propose', action: { name: 'write', input: { path: 'a' } } },
        { kind: 'ask', questions: [{ id: 'sure', text: 'Sure?' }] },
        { kind: 'facts', facts: [{ key: 'language', value: 'TypeScript' }] },
        { kind: 'record', event: { type: 'custom', name: 'note', data: 1 } },
      ],
      text: 'Written',
      stream: { size: 3 },
    },
    ask: { acts: [{ kind: 'propose', action: { name: 'write' } }], text: 'Written' },
    review: [{ verdict: 'UNVERIFIED' }, { verdict: 'VERIFIED' }],
  },
}

const onRequest: RequestHandler = ({ action }) => ({
  answer: action === undefined ? { answers: { sure: 'yes' } } : { approved: true },
  by: 'me',
})

/** One whole run: what it told, but for what is streamed, and what it gave. */
async function run(engine: StepEngine, storage: RunStorage = createMemoryStorage()) {
  const orchestrator = createOrchestrator({
    flows: [flow],
    engines: [engine],
    storage,
  })
  const given = { params: { what: 'a house' }, onRequest }
  const events = await collect(orchestrator.executeStream(given))
  const { outputs, status, usage, costUsd } = await orchestrator.open(events[0]?.runId ?? '').result
  return { told: events.filter((event) => 'seq' in event).map(shown), outputs, status, usage, costUsd }
}

function shown(event: SwarmEvent): string {
  return 'stepId' in event ? `${event.type} ${event.stepId}#${event.iteration}.${event.attempt}` : event.type
}

describe('a run that is replayed', () => {
  it('tells the same events in the same order and gives the same outputs as the recorded one', async () => {
    const folder = temporaryFolder()
    const recorded = await run(recordEngine(createStubEngine(script), folder))
    expect(recorded).toMatchObject({
      status: 'succeeded',
      outputs: { count: { files: 2 }, write: 'Written' },
    })
    const engine = createReplayEngine(folder, { id: 'stub' })
    expect(await run(engine)).toEqual(recorded)
    expect(await engine.unplayed()).toEqual([])
  })

  it('fails at the step whose prompt has changed, and says in what', async () => {
    const folder = temporaryFolder()
    await run(recordEngine(createStubEngine(script), folder))
    const edited = flowWith('Any bugs?')
    const orchestrator = createOrchestrator({ flows: [edited], engines: [createReplayEngine(folder)] })
    const result = await orchestrator.execute({ params: { what: 'a house' }, onRequest })
    expect(result.status).toBe('failed')
    expect(result.error).toMatchObject({
      code: 'cassette_mismatch',
      message: expect.stringMatching(
        /build#1\/review#1\.1 .*\n- Is it fine\? Written\n\+ Any bugs\? Written\n/s,
      ),
    })
  })

  it('H3: waits for people where the recorded one did, and goes on in another process', async () => {
    const folder = temporaryFolder()
    const recorded = await runWithPause(() => recordEngine(createStubEngine(script), folder))
    expect(recorded.told.filter((line) => /step_error|tool_start/.test(line))).toEqual([
      'step_error ask#1.1',
      'tool_start ask#1.2',
    ])
    expect(await runWithPause(() => createReplayEngine(folder))).toEqual(recorded)
  })
})

describe('a replay that is killed', () => {
  it('S5: ends as the recorded run did, wherever it is killed', async () => {
    const folder = temporaryFolder()
    const flows = [
      defineFlow({
        key: 'short',
        steps: [
          { id: 'plan', prompt: 'Plan.', retry: { maxRetries: 1, delayMs: 1 } },
          { id: 'write', prompt: 'Write it: $plan.output' },
        ],
      }),
    ]
    const open = (storage: RunStorage, engine: StepEngine) =>
      createOrchestrator({ flows, engines: [engine], storage })
    const player = () => createReplayEngine(folder)
    await open(createMemoryStorage(), recordEngine(createStubEngine(script), folder)).execute({ onRequest })
    await testCrashes({
      storage: createMemoryStorage,
      run: (storage) => open(storage, player()).execute({ onRequest }),
      resume: (storage, runId) => open(storage, player()).resume(runId, { onRequest }),
    })
  })
})

const asking = defineFlow({ key: 'ask', steps: [{ id: 'ask', prompt: 'Write it.' }] })

/** A run whose first process leaves while a human thinks. */
async function runWithPause(createEngine: () => StepEngine) {
  const storage = createMemoryStorage()
  const open = () => createOrchestrator({ flows: [asking], engines: [createEngine()], storage })
  const { runId, openRequests } = await open().execute()
  await open()
    .open(runId)
    .respond(openRequests[0]?.requestId ?? '', { approved: true })
  const { status, output } = await open().resume(runId)
  return { status, output, told: (await collect(open().open(runId).events({ follow: false }))).map(shown) }
}
