import { allOf, createHandClock, firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { createGatedEngine, side } from './gated-engine.fixture.ts'
import { createProcess, journalOf, readUntil, startOf } from './process.fixture.ts'

describe('slots', () => {
  it('B2: no more calls of a run than it has slots, and the next in the order of the flow', async () => {
    const { orchestrator, clock, called, storage } = createProcess(side('a', 'b', 'c', 'd', 'e'), {
      slots: { perRun: 2 },
      script: () => ({ acts: [{ kind: 'wait', ms: 100 }] }),
    })
    await clock.drive(orchestrator.execute({ runId: 'run-1' }))
    expect(called()).toEqual(['a#1.1', 'b#1.1', 'c#1.1', 'd#1.1', 'e#1.1'])
    const ends = allOf(await journalOf(storage, 'run-1'), 'step_end')
    expect(ends.map(({ queuedMs }) => queuedMs)).toEqual([0, 0, 100, 100, 200])
    expect(ends.map(({ durationMs }) => durationMs)).toEqual([100, 100, 100, 100, 100])
  })

  it('B2: an engine’s slots are shared by the runs of an orchestrator', async () => {
    const gated = createGatedEngine()
    const { orchestrator, clock } = createProcess(side('a', 'b'), {
      engines: [gated.engine],
      slots: { perEngine: { gated: 1 } },
    })
    const runs = [await orchestrator.start({ runId: 'run-1' }), await orchestrator.start({ runId: 'run-2' })]
    const order: string[] = []
    while (order.length < 4) {
      await clock.advance(0)
      order.push(...gated.running.keys())
      for (const end of gated.running.values()) end()
    }
    await Promise.all(runs.map((run) => run.result))
    expect(order).toEqual(['run-1/a', 'run-1/b', 'run-2/a', 'run-2/b'])
    expect(gated.most()).toBe(1)
  })

  it('B2: only engine calls and function steps take slots; a call gives its slot back while a human is asked', async () => {
    const { orchestrator, clock, called } = createProcess(
      [
        { id: 'gate', kind: 'approval', prompt: 'Go?', needs: [] },
        { id: 'asks', prompt: 'Ask', needs: [] },
        { id: 'code', kind: 'function', run: () => 'ran', needs: [] },
        { id: 'late', prompt: 'Late', needs: [] },
      ],
      {
        slots: { perRun: 1 },
        replies: { asks: { acts: [{ kind: 'ask', questions: [{ id: 'why', text: 'Why?' }] }] } },
      },
    )
    const result = await clock.drive(orchestrator.execute())
    expect(result).toMatchObject({ status: 'waiting', outputs: { code: 'ran', late: expect.any(String) } })
    expect(result.openRequests.map(({ kind }) => kind)).toEqual(['approval', 'clarification'])
    expect(called()).toEqual(['asks#1.1', 'late#1.1'])
  })

  it('B2: a call that got its answer waits for a slot before it goes on', async () => {
    const order: string[] = []
    const note = (name: string) => ({ kind: 'run' as const, run: () => void order.push(name) })
    const clock = createHandClock()
    const { orchestrator } = createProcess(side('asks', 'long'), {
      clock,
      slots: { perRun: 1 },
      replies: {
        asks: { acts: [{ kind: 'ask', questions: [{ id: 'why', text: 'Why?' }] }, note('asks goes on')] },
        long: { acts: [note('long begins'), { kind: 'wait', ms: 500 }, note('long ends')] },
      },
    })
    const run = await orchestrator.start()
    const events = await readUntil(run, startOf('long'))
    await clock.advance(100)
    await run.respond(firstOf(events, 'clarification_needed').requestId, { answers: { why: 'so' } })
    await clock.drive(run.result)
    expect(order).toEqual(['long begins', 'long ends', 'asks goes on'])
  })

  /** Two runs of a flow of two steps beside each other, each on an engine of its own. */
  async function twoRuns(perEngine: Readonly<Record<string, number>>) {
    const engines = [createGatedEngine('one'), createGatedEngine('two')]
    const { orchestrator, clock } = createProcess(
      [
        { id: 'a', prompt: 'a', engine: 'one', needs: [] },
        { id: 'b', prompt: 'b', engine: 'two', needs: [] },
      ],
      { engines: engines.map(({ engine }) => engine), slots: { perRun: 1, perEngine } },
    )
    const runs = [await orchestrator.start({ runId: 'run-1' }), await orchestrator.start({ runId: 'run-2' })]
    await clock.advance(0)
    const running = (): readonly string[] => engines.flatMap((engine) => [...engine.running.keys()]).sort()
    const end = async (call: string): Promise<void> => {
      for (const engine of engines) engine.running.get(call)?.()
      await clock.advance(0)
    }
    return { runs, running, end }
  }

  it('B2: a call that waits for a slot of its run holds none of its engine', async () => {
    const { runs, running, end } = await twoRuns({ two: 1 })
    expect(running()).toEqual(['run-1/a', 'run-2/a'])
    await end('run-2/a')
    expect(running()).toEqual(['run-1/a', 'run-2/b'])
    await end('run-1/a')
    expect(running()).toEqual(['run-2/b'])
    await end('run-2/b')
    expect(running()).toEqual(['run-1/b'])
    await end('run-1/b')
    await Promise.all(runs.map((run) => run.result))
  })

  it('B2: a call that waits for a slot of its engine holds none of its run', async () => {
    const { runs, running, end } = await twoRuns({ one: 1 })
    expect(running()).toEqual(['run-1/a', 'run-2/b'])
    await end('run-1/a')
    expect(running()).toEqual(['run-1/b', 'run-2/b'])
    await end('run-2/b')
    expect(running()).toEqual(['run-1/b', 'run-2/a'])
    for (const call of running()) await end(call)
    await Promise.all(runs.map((run) => run.result))
  })

  it('B2: a run that goes on by itself does not keep its slot from one that waits', async () => {
    const gated = createGatedEngine()
    const { orchestrator, clock } = createProcess(
      [
        { id: 'a', prompt: 'a' },
        { id: 'b', prompt: 'b' },
      ],
      {
        engines: [gated.engine],
        slots: { perEngine: { gated: 1 } },
      },
    )
    const runs = [await orchestrator.start({ runId: 'run-1' }), await orchestrator.start({ runId: 'run-2' })]
    const order: string[] = []
    while (order.length < 4) {
      await clock.advance(0)
      order.push(...gated.running.keys())
      for (const end of gated.running.values()) end()
    }
    await Promise.all(runs.map((run) => run.result))
    expect(order).toEqual(['run-1/a', 'run-2/a', 'run-1/b', 'run-2/b'])
  })

  it('B2: a call that waits for its rate holds no slot', async () => {
    const clock = createHandClock()
    const begun: string[] = []
    const { orchestrator } = createProcess(
      [...side('a', 'b'), { id: 'code', kind: 'function', needs: [], run: () => void begun.push('code') }],
      {
        clock,
        slots: { perRun: 1, rates: { stub: { calls: 1, perMs: 1_000 } } },
        script: ({ stepId }) => ({ acts: [{ kind: 'run', run: () => void begun.push(stepId) }] }),
      },
    )
    const result = orchestrator.execute()
    await clock.advance(999)
    expect(begun).toEqual(['a', 'code'])
    await clock.drive(result)
    expect(begun).toEqual(['a', 'code', 'b'])
  })

  it('B2: rates let calls begin on the clock, and no sooner', async () => {
    const clock = createHandClock()
    const begun: number[] = []
    const { orchestrator } = createProcess(side('a', 'b', 'c', 'd', 'e'), {
      clock,
      slots: { rates: { stub: { calls: 2, perMs: 1_000 } } },
      script: () => ({ acts: [{ kind: 'run', run: () => void begun.push(clock.monotonic()) }] }),
    })
    await clock.drive(orchestrator.execute())
    expect(begun).toEqual([0, 0, 1_000, 1_000, 2_000])
  })
})
