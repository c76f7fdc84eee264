/** Leaving a stream, or a handle's events, while somebody waits for the next one. */
import { collect, typesOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { SwarmEvent } from '../events/swarm-event.ts'
import type { StepInput } from '../flow/flow.ts'
import type { RunResult } from './options.ts'
import { gate } from './people.fixture.ts'
import { createProcess, journalOf, readUntil, startOf } from './process.fixture.ts'

/** Pulls events until one of a type has come. */
async function pullTo(events: AsyncGenerator<SwarmEvent, unknown, void>, type: SwarmEvent['type']) {
  for (let next = await events.next(); next.done !== true; next = await events.next())
    if (next.value.type === type) return
  throw new Error(`There was no ${type}`)
}

/** What a reader returns by itself; nobody looks at it. */
const NOTHING = {} as RunResult

describe('leaving while the next event is awaited', () => {
  const slow: readonly StepInput[] = [{ id: 'a', prompt: 'A' }]
  const replies = { a: { acts: [{ kind: 'wait' as const, ms: 4_000 }] } }

  it('S1: stops the run of a stream, which otherwise would wait for people', async () => {
    const { orchestrator, storage } = createProcess(gate())
    const stream = orchestrator.executeStream({ runId: 'run-1' })
    await pullTo(stream, 'approval_requested')
    const pending = stream.next()
    expect(await stream.return(NOTHING)).toEqual({ done: true, value: NOTHING })
    expect(await pending).toMatchObject({ done: true, value: { status: 'stopped' } })
    expect(typesOf(await journalOf(storage, 'run-1')).at(-1)).toBe('run_stopped')
  })

  it('S1: throws into a stream what was thrown, after the run was stopped', async () => {
    const { orchestrator, storage } = createProcess(gate())
    const stream = orchestrator.executeStream({ runId: 'run-1' })
    await pullTo(stream, 'approval_requested')
    const pending = stream.next()
    await expect(stream.throw(new Error('the reader broke'))).rejects.toThrow('the reader broke')
    expect(await pending).toMatchObject({ done: true })
    expect(typesOf(await journalOf(storage, 'run-1')).at(-1)).toBe('run_stopped')
  })

  it('S1: only stops reading the events of a handle', async () => {
    const { orchestrator } = createProcess(gate())
    const run = await orchestrator.start()
    const events = run.events()
    await pullTo(events, 'approval_requested')
    const pending = events.next()
    expect(await events.return()).toEqual({ done: true, value: undefined })
    expect(await pending).toEqual({ done: true, value: undefined })
    expect((await orchestrator.runs({ runId: run.id })).runs[0]?.status).toBe('waiting')
    await run.cancel()
  })

  it('S1: a run that drains after a stop is not waited for by who leaves', async () => {
    const { orchestrator, clock, engine } = createProcess(slow, { replies, drainMs: 4_000 })
    const stream = orchestrator.executeStream({ runId: 'run-1' })
    await pullTo(stream, 'step_start')
    await orchestrator.open('run-1').stop()
    await stream.return(NOTHING)
    expect(engine.calls.map(({ state }) => state)).toEqual(['aborted'])
    expect(clock.pending).toEqual([])
  })

  it('S2: a stop that gives the same reason as leaving drains all the same', async () => {
    const { orchestrator, clock } = createProcess(slow, { replies, drainMs: 5_000 })
    const run = await orchestrator.start()
    await readUntil(run, startOf('a'))
    await run.stop({ reason: 'the reader left' })
    await clock.advance(4_000)
    expect(await run.result).toMatchObject({ status: 'succeeded' })
    expect((await collect(run.events())).map(({ type }) => type)).toContain('step_end')
  })
})
