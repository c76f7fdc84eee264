import { createStubEngine, type StubEngine, type StubReplies } from '@batonjs/engine-stub'
import { allOf, checkJournal } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StepInput } from '../flow/flow.ts'
import { createOrchestrator } from './create-orchestrator.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import { createProcess, journalOf, type ProcessOptions } from './process.fixture.ts'

const unable = { fail: { code: 'engine_unavailable', message: 'Not installed' } }
const one: readonly StepInput[] = [{ id: 'a', prompt: 'A', model: 'large' }]
const chain = { first: [{ engine: 'second', model: 'small' }, { engine: 'third' }] }

function named(id: string, replies: Readonly<Record<string, StubReplies>> = {}): StubEngine {
  return Object.assign(createStubEngine({ steps: replies }), { id })
}

/** Runs a step whose engines answer so, and tells who was called. */
async function run(
  engines: readonly StubEngine[],
  options: Pick<ProcessOptions, 'fallbacks'> & { readonly steps?: readonly StepInput[] } = {},
) {
  const { steps = one, ...rest } = options
  const storage = createMemoryStorage()
  const { orchestrator } = createProcess(steps, {
    storage,
    engines,
    fallbacks: chain,
    retry: { delayMs: 0 },
    ...rest,
  })
  const result = await orchestrator.execute({ runId: 'run-1' })
  const events = await journalOf(storage, 'run-1')
  expect(checkJournal(events)).toEqual([])
  return { result, events, storage, starts: allOf(events, 'step_start') }
}

describe('an engine that cannot run', () => {
  it('is stood in for by the next of its chain, which the journal and the receipts tell', async () => {
    const engines = [named('first', { a: unable }), named('second')]
    const { result, events, starts, storage } = await run(engines, {
      fallbacks: { first: [{ engine: 'second', model: 'small' }] },
    })
    expect(result.status).toBe('succeeded')
    expect(allOf(events, 'step_error')).toMatchObject([
      { willRetry: true, fallback: { from: 'first', engine: 'second', model: 'small' } },
    ])
    expect(starts).toMatchObject([
      { engine: 'first', model: 'large', attempt: 1 },
      { engine: 'second', model: 'small', attempt: 2 },
    ])
    const receipts = await Promise.all(
      ['1.1', '1.2'].map((place) => storage.artifacts('run-1').get(`main/receipts/a-agent.${place}.json`)),
    )
    expect(receipts.map((receipt) => JSON.parse(receipt ?? '{}'))).toMatchObject([
      { engine: 'first', status: 'failed', error: { code: 'engine_unavailable' } },
      { engine: 'second', status: 'succeeded', model: 'small' },
    ])
  })

  it('is followed through the whole chain, and fails the step at its end', async () => {
    const engines = ['first', 'second', 'third'].map((id) => named(id, { a: unable }))
    const { result, starts } = await run(engines)
    expect(starts.map(({ engine }) => engine)).toEqual(['first', 'second', 'third'])
    expect(result).toMatchObject({ status: 'failed', error: { code: 'engine_unavailable' } })
    expect(result.census?.earlierFailures).toBe(2)
  })

  it.each<[string, string, boolean, readonly string[]]>([
    ['a missing login', 'auth', false, ['first', 'second']],
    ['a failure of another kind', 'refusal', false, ['first']],
    ['what may pass is tried again first', 'engine_unavailable', true, ['first', 'first', 'first', 'second']],
  ])('stands for: %s', async (_, code, retryable, called) => {
    const engines = [named('first', { a: { fail: { code, retryable } } }), named('second'), named('third')]
    const { starts } = await run(engines)
    expect(starts.map(({ engine }) => engine)).toEqual(called)
  })

  it('costs the one that stands in none of its retries', async () => {
    const busy = { fail: { code: 'busy', retryable: true } }
    const second = named('second', { a: { attempts: [unable, busy, busy, {}] } })
    const { result, starts } = await run([named('first', { a: unable }), second, named('third')])
    expect(result.status).toBe('succeeded')
    expect(starts.map(({ engine }) => engine)).toEqual(['first', 'second', 'second', 'second'])
  })

  it('hands its session to nobody else', async () => {
    const acts = [{ type: 'session' as const, session: { id: 's-1' } }]
    const second = named('second')
    await run([named('first', { a: { acts, ...unable } }), second, named('third')])
    expect(second.calls[0]?.context.session).toBeUndefined()
  })

  it('S5: is not asked again after a crash of the one that stands in', async () => {
    const storage = createMemoryStorage()
    const hang = named('second', { a: { ending: { kind: 'hang' } } })
    const options = { fallbacks: { first: [{ engine: 'second' }] }, drainMs: 0, storage }
    const first = createProcess(one, { ...options, engines: [named('first', { a: unable }), hang] })
    const begun = await first.orchestrator.start({ runId: 'run-1' })
    for await (const event of begun.events()) if (event.type === 'step_start' && event.attempt === 2) break
    await begun.stop()
    await first.clock.drive(begun.result)
    const second = createProcess(one, {
      ...options,
      engines: [named('first', { a: unable }), named('second')],
    })
    expect(await second.orchestrator.resume('run-1')).toMatchObject({ status: 'succeeded' })
    const starts = allOf(await journalOf(storage, 'run-1'), 'step_start')
    expect(starts.map(({ engine }) => engine)).toEqual(['first', 'second', 'second'])
  })

  it('is asked again in the next iteration of a loop', async () => {
    const steps: readonly StepInput[] = [
      { id: 'a', prompt: 'A' },
      { id: 'b', prompt: 'B', engine: 'third', routing: { kind: 'microloop', loopTarget: 'a' } },
    ]
    const third = named('third', { b: [{ verdict: 'UNVERIFIED' }, {}] })
    const { starts } = await run([named('first', { a: [unable, {}] }), named('second'), third], { steps })
    const ofA = starts.filter(({ stepId }) => stepId === 'a')
    expect(ofA.map(({ engine }) => engine)).toEqual(['first', 'second', 'first'])
  })

  it('law 6: a chain of engines that are not there is refused', () => {
    const create = (): unknown =>
      createOrchestrator({ engines: [named('first')], fallbacks: { first: [{ engine: 'secnd' }] } })
    expect(create).toThrow(/fallbacks\.first\[0\]\.engine is "secnd"/)
  })
})
