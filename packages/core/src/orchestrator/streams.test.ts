import { allOf, checkJournal, collect, createHandClock, take, typesOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StepEngine } from '../engine/engine.ts'
import type { SwarmEvent } from '../events/swarm-event.ts'
import type { StepInput } from '../flow/flow.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import type { RunResult } from './options.ts'
import { createProcess, journalOf, readUntil, startOf } from './process.fixture.ts'

const pair: readonly StepInput[] = [
  { id: 'a', prompt: 'A' },
  { id: 'b', prompt: 'B of $a.output' },
]

describe('executeStream', () => {
  it('S1: nothing happens before the first event is asked for', async () => {
    const { orchestrator, called } = createProcess(pair)
    const stream = orchestrator.executeStream()
    expect(await orchestrator.runs()).toEqual({ runs: [] })
    await stream.return({} as RunResult) // its value is not looked at: nothing has begun
    expect(called()).toEqual([])
    expect(await orchestrator.runs()).toEqual({ runs: [] })
  })

  it('S1: the run goes on whether or not the reader pulls', async () => {
    const { orchestrator, storage, called } = createProcess(pair)
    const stream = orchestrator.executeStream({ runId: 'run-1' })
    await stream.next()
    const events = await collect(storage.readEvents('run-1', { follow: true }))
    expect(events.at(-1)?.type).toBe('run_completed')
    expect(called()).toEqual(['a#1.1', 'b#1.1'])
    expect(typesOf(await collect(stream))).toEqual(typesOf(events).slice(1))
  })

  it('S1: leaving the loop stops the run in order, and resumeStream continues it', async () => {
    const { orchestrator, engine, storage } = createProcess(pair, {
      replies: { a: { ending: { kind: 'hang' } } },
    })
    for await (const event of orchestrator.executeStream({ runId: 'run-1' })) {
      if (event.type === 'step_start') break
    }
    expect(engine.calls.map(({ state }) => state)).toEqual(['aborted'])
    const events = await journalOf(storage, 'run-1')
    expect(typesOf(events).slice(-2)).toEqual(['run_stopping', 'run_stopped'])
    expect(events.at(-1)).toMatchObject({ aborted: ['main#1/a#1.1'] })
    const again = createProcess(pair, { storage })
    const rest = await collect(again.orchestrator.resumeStream('run-1'))
    expect(rest.at(-1)).toMatchObject({ type: 'run_completed', status: 'succeeded' })
    expect(again.called()).toEqual(['a#1.2', 'b#1.1'])
    expect(checkJournal(await journalOf(storage, 'run-1'))).toEqual([])
  })

  it('S1: throwing in the loop stops the run too, and the error is the reader’s', async () => {
    const { orchestrator, storage } = createProcess(pair, { replies: { a: { ending: { kind: 'hang' } } } })
    const reading = async (): Promise<void> => {
      for await (const event of orchestrator.executeStream({ runId: 'run-1' })) {
        if (event.type === 'step_start') throw new Error('the reader broke')
      }
    }
    await expect(reading()).rejects.toThrow('the reader broke')
    expect((await journalOf(storage, 'run-1')).at(-1)?.type).toBe('run_stopped')
  })

  it('S1: an engine that ignores the abort holds a reader that leaves no longer than its grace', async () => {
    const { orchestrator, storage, clock } = createProcess(pair, {
      replies: { a: { stubborn: true, ending: { kind: 'hang' } } },
      graceMs: 700,
    })
    const leaving = (async () => {
      for await (const event of orchestrator.executeStream({ runId: 'run-1' })) {
        if (event.type === 'step_start') break
      }
    })()
    const before = clock.monotonic()
    await clock.drive(leaving)
    expect(clock.monotonic() - before).toBe(700)
    const events = await journalOf(storage, 'run-1')
    expect(allOf(events, 'diagnostic').map(({ code }) => code)).toEqual(['abandoned'])
    expect(events.at(-1)?.type).toBe('run_stopped')
  })

  it('S1: leaving the loop of a handle only stops reading', async () => {
    const { orchestrator } = createProcess(pair)
    const run = await orchestrator.start()
    await readUntil(run, startOf('a'))
    expect(await run.result).toMatchObject({ status: 'succeeded' })
  })

  it('S1: a signal stops the run in order, also one that has fired before', async () => {
    const { orchestrator } = createProcess(pair, { replies: { a: { ending: { kind: 'hang' } } }, drainMs: 1 })
    const result = await orchestrator.execute({ signal: AbortSignal.abort() })
    expect(result.status).toBe('stopped')
  })

  it('E2: chunks are streamed between the events that they followed, and are not stored', async () => {
    const { orchestrator, storage } = createProcess(pair, {
      replies: { a: { text: 'one two three four', stream: { size: 4 } } },
    })
    const events = await collect(orchestrator.executeStream({ runId: 'run-1' }))
    const chunks = allOf(events, 'token_chunk')
    expect(chunks.map(({ text }) => text).join('')).toBe('one two three four')
    expect(placesOf(events)).toEqual(chunks.map(({ after }) => after))
    expect(chunks.every((chunk) => !('seq' in chunk))).toBe(true)
    expect(typesOf(await journalOf(storage, 'run-1'))).not.toContain('token_chunk')
  })

  it('S4: what an engine says in one turn comes as one chunk, while the engine goes on', async () => {
    let open = (): void => {}
    const isRead = new Promise<void>((resolve) => {
      open = resolve
    })
    const engine: StepEngine = {
      specVersion: 1,
      id: 'speaker',
      async *runStep() {
        for (const text of ['one ', 'two ']) yield { type: 'token_chunk', text }
        await isRead
        yield { type: 'token_chunk', text: 'three' }
        return { status: 'succeeded', output: 'one two three' }
      },
    }
    const { orchestrator } = createProcess([{ id: 'a', prompt: 'Speak.' }], { engines: [engine] })
    const texts: string[] = []
    for await (const event of orchestrator.executeStream()) {
      if (event.type !== 'token_chunk') continue
      texts.push(event.text)
      open()
    }
    expect(texts).toEqual(['one two ', 'three'])
  })

  it('E1: every reader gets the events of the journal, numbered from 1 without a gap', async () => {
    const { orchestrator, storage } = createProcess(pair)
    const events = await collect(orchestrator.executeStream({ runId: 'run-1' }))
    expect(events).toEqual(await journalOf(storage, 'run-1'))
    expect(events.map((event) => ('seq' in event ? event.seq : 0))).toEqual(
      events.map((_, index) => index + 1),
    )
  })
})

/** The last durable `seq` before each chunk, as the reader saw it. */
function placesOf(events: readonly SwarmEvent[]): readonly number[] {
  let last = 0
  return events.flatMap((event) => {
    if ('seq' in event) last = event.seq
    return event.type === 'token_chunk' ? [last] : []
  })
}

describe('execute', () => {
  it('S3: resolves with waiting and the open requests as soon as nothing else can go on', async () => {
    const { orchestrator, called } = createProcess([
      { id: 'ask', kind: 'approval', prompt: 'Ship?', needs: [] },
      { id: 'other', prompt: 'Other', needs: [] },
      { id: 'after', prompt: 'After', needs: ['ask'] },
    ])
    const result = await orchestrator.execute()
    expect(result).toMatchObject({
      status: 'waiting',
      openRequests: [{ kind: 'approval', step: 'main#1/ask', prompt: 'Ship?' }],
    })
    expect(called()).toEqual(['other#1.1'])
    expect((await orchestrator.runs()).runs[0]).toMatchObject({ status: 'waiting' })
  })

  it('S3: waits for a retry before it says that only people can move the run', async () => {
    const clock = createHandClock()
    const { orchestrator, called } = createProcess(
      [
        { id: 'ask', kind: 'approval', prompt: 'Ship?', needs: [] },
        { id: 'flaky', prompt: 'Flaky', needs: [] },
      ],
      { clock, replies: { 'flaky#1.1': { fail: { code: 'busy', retryable: true } } } },
    )
    const result = await clock.drive(orchestrator.execute())
    expect(result).toMatchObject({ status: 'waiting', outputs: { flaky: expect.any(String) } })
    expect(called()).toEqual(['flaky#1.1', 'flaky#1.2'])
  })

  it('S3: gives outputs by step, the census and what was used', async () => {
    const { orchestrator } = createProcess(pair, {
      replies: {
        a: { text: 'x', usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 }, costUsd: 0.5 },
        b: { data: { n: 1 }, usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 }, costUsd: 0.25 },
      },
    })
    expect(await orchestrator.execute()).toMatchObject({
      status: 'succeeded',
      output: { n: 1 },
      outputs: { a: 'x', b: { n: 1 } },
      census: { succeeded: 2, failed: 0, skipped: 0 },
      usage: { inputTokens: 2, outputTokens: 3, totalTokens: 5 },
      costUsd: 0.75,
    })
  })
})

describe('readers of one run', () => {
  it('S4: two readers see the same sequence, one of them late and from the middle', async () => {
    const { orchestrator } = createProcess(pair)
    const run = await orchestrator.start()
    const first = collect(run.events())
    const [early, late] = await Promise.all([first, collect(run.events({ fromSeq: 4 }))])
    expect(late).toEqual(early.slice(3))
    expect(await collect(orchestrator.open(run.id).events())).toEqual(early)
  })

  it('S4: a reader that asks for no following gets what is there and ends', async () => {
    const { orchestrator } = createProcess([{ id: 'ask', kind: 'approval', prompt: 'Ship?' }])
    const run = await orchestrator.start()
    const seen = await readUntil(run, ({ type }) => type === 'approval_requested')
    expect(await collect(run.events({ follow: false }))).toEqual(seen)
    await run.cancel()
  })

  it('S4: a reader that has fallen far behind reads the journal again, without a gap or a repeat', async () => {
    const { orchestrator } = createProcess([
      { id: 'many', kind: 'map', items: '$params.items', step: { prompt: 'Do $item' } },
    ])
    const items = Array.from({ length: 900 }, (_, index) => index)
    const run = await orchestrator.start({ params: { items } })
    const slow = run.events()
    const first = await slow.next()
    await run.result
    const events = [...(first.done ? [] : [first.value]), ...(await collect(slow))]
    expect(events.length).toBeGreaterThan(1_800)
    expect(events.map((event) => ('seq' in event ? event.seq : 0))).toEqual(
      events.map((_, index) => index + 1),
    )
  })

  it('S4: a journal that is read in pieces is read on until the reader has caught up', async () => {
    const memory = createMemoryStorage()
    const storage = {
      ...memory,
      async *readEvents(...[runId, options = {}]: Parameters<typeof memory.readEvents>) {
        yield* options.follow
          ? memory.readEvents(runId, options)
          : await take(memory.readEvents(runId, options), 700)
      },
    }
    const { orchestrator } = createProcess(
      [{ id: 'many', kind: 'map', items: '$params.items', step: { prompt: 'Do $item' } }],
      { storage },
    )
    const items = Array.from({ length: 900 }, (_, index) => index)
    const run = await orchestrator.start({ params: { items } })
    const slow = run.events()
    await slow.next()
    await run.result
    expect((await collect(slow)).at(-1)?.type).toBe('run_completed')
  })

  it('S4: a reader that does not pull costs bounded memory, and is told exactly what it missed (fault 25)', async () => {
    const { orchestrator } = createProcess(pair, {
      replies: { a: { text: () => 'x'.repeat(4_000_000), stream: { size: 1_000 } } },
    })
    const run = await orchestrator.start()
    const slow = run.events()
    const first = await slow.next()
    await run.result
    const events = [...(first.done ? [] : [first.value]), ...(await collect(slow))]
    const kept = allOf(events, 'token_chunk').reduce((sum, { text }) => sum + text.length, 0)
    const missed = allOf(events, 'chunks_dropped').reduce((sum, { characters }) => sum + characters, 0)
    expect(kept + missed).toBe(4_000_000)
    expect(kept).toBeGreaterThan(0)
    expect(kept).toBeLessThanOrEqual(1024 * 1024)
    const durable = events.filter((event) => 'seq' in event)
    expect(durable.at(-1)?.type).toBe('run_completed')
    expect(durable.map(({ seq }) => seq)).toEqual(durable.map((_, index) => index + 1))
  })

  it('S4: a reader leaves a run that waits by its signal', async () => {
    const { orchestrator } = createProcess([{ id: 'ask', kind: 'approval', prompt: 'Ship?' }])
    const run = await orchestrator.start()
    const leave = new AbortController()
    const reading = collect(run.events({ signal: leave.signal }))
    await readUntil(run, ({ type }) => type === 'approval_requested')
    leave.abort()
    expect((await reading).at(-1)?.type).toBe('approval_requested')
    await run.cancel()
  })
})
