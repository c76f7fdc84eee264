import { allOf, createHandClock, firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StepContext } from '../engine/context.ts'
import type { StepEngine } from '../engine/engine.ts'
import type { StepInput } from '../flow/flow.ts'
import { createProcess, journalOf, readUntil, startOf } from './process.fixture.ts'
import { createSlotHouse } from './slots.ts'

/** An engine whose calls end when the test says so, and what is under way. */
function createGatedEngine(id = 'gated') {
  const running = new Map<string, () => void>()
  let most = 0
  const engine: StepEngine = {
    specVersion: 1,
    id,
    async *runStep(context) {
      const name = `${context.runId}/${context.stepId}`
      const ended = new Promise<void>((resolve) => running.set(name, resolve))
      most = Math.max(most, running.size)
      yield { type: 'token_chunk', text: '.' }
      await Promise.race([ended, abortOf(context)])
      running.delete(name)
      return { status: 'succeeded', output: name }
    },
  }
  return { engine, running, most: () => most }
}

function abortOf({ signal }: StepContext): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
}

const side = (...ids: readonly string[]): readonly StepInput[] =>
  ids.map((id) => ({ id, prompt: id, needs: [] }))

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

describe('slots of a run that rests or is over', () => {
  /** Two runs of which the first holds the only slot of the engine, and the second waits for it. */
  async function contend(steps: readonly StepInput[] = side('a')) {
    const gated = createGatedEngine()
    const process = createProcess(steps, {
      engines: [gated.engine],
      slots: { perEngine: { gated: 1 } },
      drainMs: 50,
    })
    const first = await process.orchestrator.start({ runId: 'run-1' })
    await process.clock.advance(0)
    const second = await process.orchestrator.start({ runId: 'run-2' })
    await process.clock.advance(0)
    expect([...gated.running.keys()]).toEqual(['run-1/a'])
    return { ...process, gated, first, second }
  }

  it.each(['stop', 'cancel'] as const)(
    'B2: a run that waits for a slot can be told to %s',
    async (control) => {
      const { clock, gated, first, second, orchestrator } = await contend()
      await second[control]()
      const status = control === 'stop' ? 'stopped' : 'canceled'
      expect(await clock.drive(second.result)).toMatchObject({ status })
      gated.running.get('run-1/a')?.()
      expect(await clock.drive(first.result)).toMatchObject({ status: 'succeeded' })
      const third = await orchestrator.start({ runId: 'run-3' })
      await clock.advance(0)
      expect([...gated.running.keys()]).toEqual(['run-3/a'])
      await third.cancel()
    },
  )

  it('B2: a call that is given up in the moment in which it is admitted has no slot', async () => {
    const clock = createHandClock()
    const slots = createSlotHouse({ perRun: 1 }, clock).openRun()
    const release = await slots.take(undefined)
    const second = slots.take(undefined)
    await clock.advance(0)
    release?.()
    slots.giveUp()
    expect(await second).toBeUndefined()
    expect(await slots.take(undefined)).toBeDefined()
  })

  it('B2: a run that waits for a slot pauses at once, and starts when it goes on and has one', async () => {
    const { clock, gated, first, second } = await contend()
    await second.pause()
    await readUntil(second, ({ type }) => type === 'run_paused')
    gated.running.get('run-1/a')?.()
    await clock.drive(first.result)
    expect(gated.running.size).toBe(0)
    await second.continue()
    await clock.advance(0)
    expect([...gated.running.keys()]).toEqual(['run-2/a'])
    gated.running.get('run-2/a')?.()
    expect(await clock.drive(second.result)).toMatchObject({ status: 'succeeded' })
  })

  it.each(['stop', 'cancel'] as const)('B2: the slot of a call is free after %s', async (control) => {
    const { clock, gated, first, second } = await contend()
    await first[control]()
    await clock.drive(first.result)
    await clock.advance(0)
    expect([...gated.running.keys()]).toEqual(['run-2/a'])
    gated.running.get('run-2/a')?.()
    expect(await clock.drive(second.result)).toMatchObject({ status: 'succeeded' })
  })

  it('B2: the slot of a call that asks for it back is free after a cancel', async () => {
    const clock = createHandClock()
    const { orchestrator } = createProcess(side('asks', 'long'), {
      clock,
      slots: { perEngine: { stub: 1 } },
      replies: {
        asks: { acts: [{ kind: 'ask', questions: [{ id: 'why', text: 'Why?' }] }] },
        long: { acts: [{ kind: 'wait', ms: 500 }] },
      },
    })
    const run = await orchestrator.start()
    const events = await readUntil(run, startOf('long'))
    await run.respond(firstOf(events, 'clarification_needed').requestId, { answers: { why: 'so' } })
    await run.cancel()
    await clock.drive(run.result)
    const next = await orchestrator.start()
    const requests = await readUntil(next, startOf('long'))
    await next.respond(firstOf(requests, 'clarification_needed').requestId, { answers: { why: 'so' } })
    expect(await clock.drive(next.result)).toMatchObject({ status: 'succeeded' })
  })

  it('S2: a canceled run is given up when what it cut off has cleaned up, or its grace is over', async () => {
    const { orchestrator, clock, engine } = createProcess(side('deaf'), {
      graceMs: 300,
      replies: { deaf: { stubborn: true, acts: [{ kind: 'wait', ms: 200 }] } },
    })
    const run = await orchestrator.start()
    await readUntil(run, startOf('deaf'))
    await run.cancel()
    const before = clock.monotonic()
    expect(await clock.drive(run.result)).toMatchObject({ status: 'canceled' })
    expect(clock.monotonic() - before).toBe(200)
    expect(engine.calls.map(({ state }) => state)).toEqual(['closed'])
  })
})
