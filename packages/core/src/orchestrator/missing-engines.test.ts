import { createStubEngine, type StubReplies } from '@batonjs/engine-stub'
import { typesOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { SwarmError } from '../errors/swarm-error.ts'
import { defineFlow } from '../flow/define-flow.ts'
import type { Flow, StepInput } from '../flow/flow.ts'
import type { RunStorage } from '../storage/storage.ts'
import { createOrchestrator, type Orchestrator } from './create-orchestrator.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import type { ResumeOptions, RunRequest } from './options.ts'
import { journalOf, startOf } from './process.fixture.ts'

const WAYS = 'Give it to createOrchestrator.'

/** A process with these engines and no flows, as one that goes on with a run that another began. */
function processWith(storage: RunStorage, ...engines: readonly string[]): Orchestrator {
  return createOrchestrator({ storage, engines: engines.map((id) => createStubEngine(undefined, { id })) })
}

interface Leaving extends RunRequest {
  /** Where the run is left. */
  readonly at: string
  readonly replies?: Readonly<Record<string, StubReplies>>
}

/** A run of these flows with the engines `one` and `two`, left when a step starts. */
async function left(flows: readonly Flow[], { at, replies, ...request }: Leaving): Promise<RunStorage> {
  const storage = createMemoryStorage()
  const script = { steps: { ...replies, [at]: { ending: { kind: 'hang' } } } } as const
  const engines = ['one', 'two'].map((id) => createStubEngine(script, { id }))
  const orchestrator = createOrchestrator({ flows, engines, storage })
  for await (const event of orchestrator.executeStream({ runId: 'run-1', flows: ['main'], ...request })) {
    if (startOf(at)(event)) break
  }
  return storage
}

function flow(key: string, ...steps: readonly StepInput[]): Flow {
  return defineFlow({ key, steps })
}

const pair = flow('main', { id: 'a', prompt: 'A', engine: 'one' }, { id: 'b', prompt: 'B', engine: 'two' })

/** What a promise rejects with, as code and message. */
async function refusalOf(promise: Promise<unknown>): Promise<readonly string[]> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (SwarmError.is(thrown)) return [thrown.code, thrown.message]
  throw new Error('It was not refused')
}

describe('a run that is to begin without an engine', () => {
  const child = flow('child', { id: 'deep', prompt: 'Deep' })
  const main = flow('main', { id: 'call', kind: 'flow', flow: 'child' })

  it('law 6: is refused with its steps, and leaves nothing behind', async () => {
    const orchestrator = createOrchestrator({ flows: [main, child] })
    expect(await refusalOf(orchestrator.execute({ flow: 'main' }))).toEqual([
      'unknown_engine',
      `The run needs an engine, but none is configured, for child/deep. ${WAYS}`,
    ])
    expect(await orchestrator.runs()).toEqual({ runs: [] })
  })

  it('law 6: begins when none of its steps calls one', async () => {
    const code: StepInput = { id: 'code', kind: 'function', version: '1', run: () => 'done' }
    const functions = createOrchestrator({ flows: [flow('main', code)] })
    expect(await functions.execute()).toMatchObject({ status: 'succeeded' })
    const range = createOrchestrator({ flows: [flow('main', code, { id: 'a', prompt: 'A' })] })
    expect(await range.execute({ endStep: 'code' })).toMatchObject({ status: 'succeeded' })
  })
})

describe('a run that is resumed without an engine', () => {
  it('S6: is not opened again for a step that an edit has put in', async () => {
    const code: StepInput = { id: 'code', kind: 'function', version: '1', run: () => 'done' }
    const storage = createMemoryStorage()
    await createOrchestrator({ storage, flows: [flow('main', code)] }).execute({ runId: 'run-1' })
    const before = await journalOf(storage, 'run-1')
    const more = createOrchestrator({ storage, flows: [flow('main', code, { id: 'a', prompt: 'A' })] })
    const resumed = more.resume('run-1', { flow: 'current' })
    expect(await refusalOf(resumed)).toEqual([
      'unknown_engine',
      `Run "run-1" needs an engine, but none is configured, for main#1/a. ${WAYS}`,
    ])
    expect(await journalOf(storage, 'run-1')).toEqual(before)
  })

  const looped = flow(
    'main',
    { id: 'a', prompt: 'A', engine: 'one' },
    { id: 'b', prompt: 'B', engine: 'two', routing: { kind: 'microloop', loopTarget: 'a' } },
  )
  const call: StepInput = { id: 'call', kind: 'flow', flow: 'child', engine: 'two' }
  const child = flow('child', { id: 'deep', prompt: 'Deep' })
  const each: StepInput = {
    id: 'each',
    kind: 'map',
    items: '[1, 2]',
    step: { kind: 'agent', prompt: 'Do $item', engine: 'two' },
  }

  const cases: readonly [string, readonly Flow[], Leaving, readonly string[], string][] = [
    [
      'its step',
      [pair],
      { at: 'b' },
      ['one'],
      'engine "two", which is not configured, for main#1/b. Known are one.',
    ],
    [
      'any step at all',
      [pair],
      { at: 'a' },
      ['one'],
      'engine "two", which is not configured, for main#1/b. Known are one.',
    ],
    [
      'a step that a loop may lead back to',
      [looped],
      { at: 'b' },
      ['two'],
      'engine "one", which is not configured, for main#1/a. Known are two.',
    ],
    [
      'the items of a map',
      [flow('main', each)],
      { at: 'each' },
      ['one'],
      'engine "two", which is not configured, for main#1/each. Known are one.',
    ],
    [
      'a step of a flow that goes on',
      [flow('main', call), child],
      { at: 'deep' },
      ['one'],
      'engine "two", which is not configured, for child#1/deep. Known are one.',
    ],
    [
      'a step of a flow to come',
      [flow('main', { id: 'a', prompt: 'A', engine: 'one' }, call), child],
      { at: 'a' },
      ['one'],
      'engine "two", which is not configured, for child/deep. Known are one.',
    ],
    [
      'a listed flow to come',
      [
        flow('main', { id: 'a', prompt: 'A', engine: 'one' }),
        flow('other', { id: 'b', prompt: 'B', engine: 'two' }),
      ],
      { at: 'a', flows: ['main', 'other'] },
      ['one'],
      'engine "two", which is not configured, for other/b. Known are one.',
    ],
    [
      'the whole run, as its request says',
      [flow('main', { id: 'a', prompt: 'A' })],
      { at: 'a', engine: 'two' },
      ['one'],
      'engine "two", which is not configured, for main#1/a. Known are one.',
    ],
    [
      'steps that name none',
      [flow('main', { id: 'a', prompt: 'A' })],
      { at: 'a' },
      [],
      'an engine, but none is configured, for main#1/a.',
    ],
  ]

  it.each(cases)(
    'law 6: for %s it is refused, and can be resumed with it',
    async (_, flows, leaving, engines, why) => {
      const storage = await left(flows, leaving)
      const before = await journalOf(storage, 'run-1')
      const without = processWith(storage, ...engines)
      expect(await refusalOf(without.resume('run-1'))).toEqual([
        'unknown_engine',
        `Run "run-1" needs ${why} ${WAYS}`,
      ])
      expect(await journalOf(storage, 'run-1')).toEqual(before)
      expect(await processWith(storage, 'one', 'two').resume('run-1')).toMatchObject({ status: 'succeeded' })
    },
  )

  it('S5: goes on when what is left to do needs only engines that are here', async () => {
    const storage = await left([pair], { at: 'b' })
    expect(await processWith(storage, 'two').resume('run-1')).toMatchObject({ status: 'succeeded' })
  })

  it('S5: is refused for what retryFailed would run again', async () => {
    const storage = createMemoryStorage()
    const engines = ['one', 'two'].map((id) =>
      createStubEngine({ steps: { a: { fail: { code: 'broken' } } } }, { id }),
    )
    await createOrchestrator({ flows: [pair], engines, storage }).execute({ runId: 'run-1' })
    const retry: ResumeOptions = { retryFailed: true }
    expect(await refusalOf(processWith(storage, 'two').resume('run-1', retry))).toEqual([
      'unknown_engine',
      `Run "run-1" needs engine "one", which is not configured, for main#1/a. Known are two. ${WAYS}`,
    ])
    const [code] = await refusalOf(processWith(storage, 'two').resume('run-1'))
    expect(code).toBe('run_over')
  })

  it('S2: can be canceled all the same', async () => {
    const storage = await left([pair], { at: 'b' })
    const orchestrator = processWith(storage)
    expect(await orchestrator.open('run-1').cancel()).toMatchObject({ queued: true })
    expect(await orchestrator.resume('run-1')).toMatchObject({ status: 'canceled' })
    expect(typesOf(await journalOf(storage, 'run-1')).filter((type) => type === 'step_start')).toHaveLength(2)
  })

  it('S5: is planned as blocked, with the engines that are missing', async () => {
    const storage = await left([pair], { at: 'a' })
    const plan = await processWith(storage, 'one').planResume('run-1')
    expect(plan.steps).toMatchObject([
      { stepId: 'a', action: 'rerun', cause: 'interrupted' },
      { stepId: 'b', action: 'blocked', cause: 'engine "two" is not configured' },
    ])
    expect(plan.missingEngines).toEqual([{ engine: 'two', steps: ['main#1/b'] }])
    expect(await processWith(storage, 'one', 'two').planResume('run-1')).toMatchObject({ missingEngines: [] })
  })

  it('S5: is planned as blocked when there is no engine at all', async () => {
    const storage = await left([flow('main', { id: 'a', prompt: 'A' })], { at: 'a' })
    const plan = await processWith(storage).planResume('run-1')
    expect(plan.steps).toMatchObject([{ stepId: 'a', action: 'blocked', cause: 'no engine is configured' }])
    expect(plan.missingEngines).toEqual([{ steps: ['main#1/a'] }])
  })
})
