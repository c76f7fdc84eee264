import { createHandClock, firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StepInput } from '../flow/flow.ts'
import { createGatedEngine, side } from './gated-engine.fixture.ts'
import { createProcess, readUntil, startOf } from './process.fixture.ts'
import { createSlotHouse } from './slots.ts'

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
