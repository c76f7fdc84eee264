import { createHandClock, firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StepInput } from '../flow/flow.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import { createProcess, journalOf, readUntil } from './process.fixture.ts'
import { createRunClock } from './run-clock.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const START = Date.UTC(2026, 0, 1)

describe('the time of a run (fault 11)', () => {
  it('goes on when the clock is set back, and forward with it', async () => {
    const machine = createHandClock(START)
    const clock = createRunClock(machine, START)
    await machine.advance(1_000)
    machine.jump(-DAY)
    expect(clock.now()).toBe(START + 1_000)
    await machine.advance(1_000)
    expect(clock.now()).toBe(START + 2_000)
    machine.jump(3 * DAY)
    expect(clock.now()).toBe(machine.now())
  })

  it('begins no sooner than the last event', async () => {
    const machine = createHandClock(START)
    const clock = createRunClock(machine, START + DAY)
    await machine.advance(5)
    expect(clock.now()).toBe(START + DAY + 5)
  })

  it('lets a timer fire in its time when the clock is set back', async () => {
    const machine = createHandClock(START)
    const clock = createRunClock(machine, START)
    const fired: number[] = []
    clock.setTimer(START + 2 * HOUR, () => fired.push(machine.monotonic()))
    await machine.advance(HOUR)
    machine.jump(-DAY)
    await machine.advance(HOUR - 1)
    expect(fired).toEqual([])
    await machine.advance(1)
    expect(fired).toEqual([2 * HOUR])
  })
})

describe('a run whose clock is set back by a day (fault 11)', () => {
  const busy = { fail: { code: 'busy', retryable: true } }
  const steps: readonly [StepInput, StepInput, StepInput] = [
    { id: 'a', prompt: 'A', retry: { delayMs: 10_000 }, needs: [] },
    { id: 'ticks', prompt: 'T', needs: [] },
    { id: 'gate', kind: 'approval', prompt: 'Go?', deadlineMs: HOUR, needs: [] },
  ]
  const replies = { 'a#1.1': busy, ticks: { acts: [{ kind: 'wait', ms: 5_000 }] } } as const

  it('B1: makes its retry in its time, and H1: ends its request at its deadline', async () => {
    const machine = createHandClock(START)
    const { orchestrator, storage } = createProcess(steps, { clock: machine, random: () => 1, replies })
    const run = await orchestrator.start({ runId: 'run-1' })
    await readUntil(run, ({ type }) => type === 'step_error')
    machine.jump(-DAY)
    const { status } = await machine.drive(run.result)
    expect(status).toBe('failed')
    expect(machine.monotonic()).toBe(HOUR)
    const events = await journalOf(storage, 'run-1')
    const again = events.find((event) => event.type === 'step_start' && event.attempt === 2)
    expect(again?.ts).toBe(new Date(START + 10_000).toISOString())
    expect(firstOf(events, 'approval_resolved')).toMatchObject({ outcome: 'defaulted' })
  })

  it('S5: makes the retry in its time also when another process goes on with it', async () => {
    const storage = createMemoryStorage()
    const [a] = steps
    const first = createProcess([a], { storage, clock: createHandClock(START), random: () => 1, replies })
    const run = await first.orchestrator.start({ runId: 'run-1' })
    await readUntil(run, ({ type }) => type === 'step_error')
    await run.stop()
    await run.result
    const machine = createHandClock(START - DAY)
    const second = createProcess([a], { storage, clock: machine })
    await machine.drive(second.orchestrator.resume('run-1'))
    expect(second.called()).toContain('a#1.2')
    expect(machine.monotonic()).toBe(10_000)
  })

  it('X2: has its whole time anew when another process goes on with it', async () => {
    const storage = createMemoryStorage()
    const request = { runId: 'run-1', limits: { durationMs: HOUR } }
    const hang = { ticks: { ending: { kind: 'hang' } } } as const
    const [, ticks] = steps
    const first = createProcess([ticks], { storage, clock: createHandClock(START), replies: hang })
    for await (const { type } of first.orchestrator.executeStream(request)) if (type === 'step_start') break
    const machine = createHandClock(START - DAY)
    const second = createProcess([ticks], { storage, clock: machine, replies: hang })
    expect(await machine.drive(second.orchestrator.resume('run-1'))).toMatchObject({ status: 'failed' })
    expect(machine.monotonic()).toBe(HOUR)
    const stamps = (await journalOf(storage, 'run-1')).map(({ ts }) => ts)
    expect(stamps).toEqual(stamps.toSorted())
  })
})
