import { createStubEngine } from '@batonjs/engine-stub'
import { allOf, collect, createHandClock } from '@batonjs/testkit'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { StepEngine } from '../engine/engine.ts'
import { SwarmError } from '../errors/swarm-error.ts'
import { defineFlow } from '../flow/define-flow.ts'
import type { StepInput } from '../flow/flow.ts'
import type { RunStorage } from '../storage/storage.ts'
import { createOrchestrator } from './create-orchestrator.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import { codeOf, createProcess, journalOf, readUntil, startOf } from './process.fixture.ts'

const single: readonly StepInput[] = [{ id: 'a', prompt: 'A' }]
const gate: readonly StepInput[] = [{ id: 'gate', kind: 'approval', prompt: 'Go?' }]

describe('watchers', () => {
  it('S8: are shown an event after it was appended, by its type or all', async () => {
    const { orchestrator, storage } = createProcess(single)
    const seen: string[] = []
    const kept: Promise<boolean>[] = []
    orchestrator.on('step_end', (event) => {
      expectTypeOf(event.durationMs).toEqualTypeOf<number | undefined>()
      seen.push(event.type)
      kept.push(journalOf(storage, event.runId).then((events) => events.includes(event)))
    })
    orchestrator.on('*', (event) => seen.push(`* ${event.type}`))
    await orchestrator.execute()
    expect(seen.filter((type) => !type.startsWith('*'))).toEqual(['step_end'])
    expect(seen.filter((type) => type.startsWith('*'))).toContain('* run_created')
    expect(seen.at(-1)).toBe('* run_completed')
    expect(await Promise.all(kept)).toEqual([true])
  })

  it('law 5: one that throws is told in the record and harms nobody else', async () => {
    const { orchestrator, storage } = createProcess(single)
    const seen: string[] = []
    orchestrator.on('step_start', () => {
      throw new Error('broken window')
    })
    orchestrator.on('step_start', ({ type }) => seen.push(type))
    expect(await orchestrator.execute({ runId: 'run-1' })).toMatchObject({ status: 'succeeded' })
    expect(seen).toEqual(['step_start'])
    const [diagnostic, ...others] = allOf(await journalOf(storage, 'run-1'), 'diagnostic')
    expect(diagnostic).toMatchObject({
      code: 'watcher_threw',
      message: expect.stringContaining('broken window'),
    })
    expect(others).toEqual([])
  })

  it('law 5: one that rejects is told in the record too, and does not end the process', async () => {
    const { orchestrator, storage } = createProcess([...single, ...gate])
    orchestrator.on('step_end', async () => {
      throw new Error('slow broken window')
    })
    await orchestrator.execute({ runId: 'run-1' })
    expect(allOf(await journalOf(storage, 'run-1'), 'diagnostic')).toMatchObject([
      { code: 'watcher_threw', message: 'A watcher of "step_end" threw: slow broken window' },
    ])
  })

  it('law 5: one that throws at everything does not keep the run busy', async () => {
    const { orchestrator } = createProcess(single)
    orchestrator.on('*', () => {
      throw new Error('broken window')
    })
    orchestrator.on('run_completed', () => Promise.reject(new Error('too late')))
    expect(await orchestrator.execute()).toMatchObject({ status: 'succeeded' })
  })

  it('S1: are shown nothing after they were taken away', async () => {
    const { orchestrator } = createProcess(single)
    const seen: string[] = []
    const stop = orchestrator.on('*', ({ type }) => seen.push(type))
    stop()
    await orchestrator.execute()
    expect(seen).toEqual([])
  })
})

describe('runs, open and remove', () => {
  it('S3: runs are listed by status, the newest first', async () => {
    const storage = createMemoryStorage()
    const done = createProcess(single, { storage })
    await done.orchestrator.execute({ runId: 'run-1' })
    await createProcess(gate, { storage }).orchestrator.execute({ runId: 'run-2', initiator: 'ada' })
    const { runs } = await done.orchestrator.runs()
    expect(runs.map(({ runId, status }) => [runId, status])).toEqual([
      ['run-2', 'waiting'],
      ['run-1', 'succeeded'],
    ])
    const waiting = await done.orchestrator.runs({ status: 'waiting' })
    expect(waiting.runs).toMatchObject([
      { runId: 'run-2', initiator: 'ada', openRequests: [{ kind: 'approval' }] },
    ])
  })

  it('S3: the result of a run that rests is told at once, also when nobody owns it', async () => {
    const storage = createMemoryStorage()
    await createProcess(gate, { storage }).orchestrator.execute({ runId: 'run-1' })
    const { orchestrator } = createProcess(gate, { storage })
    expect(await orchestrator.open('run-1').result).toMatchObject({
      status: 'waiting',
      openRequests: [{ kind: 'approval' }],
    })
  })

  it('S3: a run that was stopped once and goes on is waited for', async () => {
    const storage = createMemoryStorage()
    const clock = createHandClock()
    const first = createProcess(single, { storage, clock, replies: { a: { ending: { kind: 'hang' } } } })
    for await (const { type } of first.orchestrator.executeStream({ runId: 'run-1' }))
      if (type === 'step_start') break
    const second = createProcess(single, {
      storage,
      clock,
      replies: { a: { acts: [{ kind: 'wait', ms: 500 }] } },
    })
    const resumed = second.orchestrator.resume('run-1')
    await clock.advance(1)
    const watched = createProcess(single, { storage, clock }).orchestrator.open('run-1').result
    expect(await clock.drive(watched)).toMatchObject({ status: 'succeeded' })
    await resumed
  })

  it('S3: after a loop the handle gives the result that the loop dropped', async () => {
    const { orchestrator } = createProcess(single)
    const stream = orchestrator.executeStream({ runId: 'run-1' })
    let next = await stream.next()
    while (next.done !== true) next = await stream.next()
    expect(next.value).toMatchObject({ status: 'succeeded', outputs: { a: expect.any(String) } })
    expect(await orchestrator.open('run-1').result).toEqual(next.value)
    const waits = createProcess(gate).orchestrator
    for await (const event of waits.executeStream({ runId: 'run-2' }))
      if (event.type === 'approval_requested') break
    const stopped = await waits.open('run-2').result
    expect(stopped).toMatchObject({ status: 'stopped', openRequests: [{ kind: 'approval' }] })
  })

  it('S3: the result of a run that another process parks is told when that one lets it go', async () => {
    const storage = createMemoryStorage()
    const clock = createHandClock()
    const slow = { id: 'slow', prompt: 'Take your time' }
    const owner = createProcess([slow, ...gate], {
      storage,
      clock,
      script: () => ({ acts: [{ kind: 'wait', ms: 5_000 }] }),
    })
    const parked = owner.orchestrator.execute({ runId: 'run-1' })
    await clock.advance(1)
    const watched = createProcess(gate, { storage, clock }).orchestrator.open('run-1').result
    expect(await clock.drive(watched)).toMatchObject({
      status: 'waiting',
      openRequests: [{ kind: 'approval' }],
    })
    await parked
  })

  it('S3: the result of a run whose process died is told: it is interrupted', async () => {
    const storage = createMemoryStorage()
    const clock = createHandClock()
    const owner = createProcess(single, { storage, clock, replies: { a: { ending: { kind: 'hang' } } } })
    const run = await owner.orchestrator.start({ runId: 'run-1' })
    await readUntil(run, startOf('a'))
    let isAlive = true
    const seen: RunStorage = {
      ...storage,
      async listRuns(query) {
        const { runs } = await storage.listRuns(query)
        const dead = { pid: 7, host: 'here', alive: false }
        return { runs: isAlive ? runs : runs.map((one) => ({ ...one, status: 'interrupted', owner: dead })) }
      },
    }
    const watched = createProcess(single, { storage: seen, clock }).orchestrator.open('run-1').result
    await clock.advance(10_000)
    isAlive = false
    expect(await clock.drive(watched)).toMatchObject({ status: 'interrupted' })
    await run.cancel()
  })

  it('H2: lists, reads and answers without any flow, but starts nothing', async () => {
    const storage = createMemoryStorage()
    const owner = createProcess(gate, { storage })
    const run = await owner.orchestrator.start({ runId: 'run-1' })
    await readUntil(run, ({ type }) => type === 'approval_requested')
    const desk = createOrchestrator({ storage })
    const [waiting] = (await desk.runs({ status: 'waiting' })).runs
    const { requestId = '' } = waiting?.openRequests[0] ?? {}
    const answer = await desk.open('run-1').respond(requestId, { approved: true })
    expect(answer).toMatchObject({ accepted: true })
    expect(await desk.open('run-1').result).toMatchObject({ status: 'succeeded' })
    expect(await codeOf(desk.execute())).toBe('flows_missing')
    expect(await codeOf(desk.start({ flow: 'main' }))).toBe('flows_missing')
  })

  it('J5: a handle on an id that is none is refused at once, and on a run that is none when it is used', async () => {
    const { orchestrator } = createProcess(single)
    expect(() => orchestrator.open('../run')).toThrow(expect.objectContaining({ code: 'path_refused' }))
    const run = orchestrator.open('run-1')
    expect(await codeOf(run.result)).toBe('run_not_found')
    expect(await codeOf(run.pause())).toBe('run_not_found')
    expect(await codeOf(collect(run.events()))).toBe('run_not_found')
    expect(await codeOf(orchestrator.resume('run-1'))).toBe('run_not_found')
    expect(await codeOf(orchestrator.planResume('run-1'))).toBe('run_not_found')
  })

  it('S7: a run is removed when nobody owns it', async () => {
    const { orchestrator } = createProcess(single)
    await orchestrator.execute({ runId: 'run-1' })
    await orchestrator.remove('run-1')
    expect(await orchestrator.runs()).toEqual({ runs: [] })
    await orchestrator.execute({ runId: 'run-1' })
  })

  it('S7: a run is not begun twice under one id', async () => {
    const { orchestrator } = createProcess(single)
    await orchestrator.execute({ runId: 'run-1' })
    expect(await codeOf(orchestrator.execute({ runId: 'run-1' }))).toBe('run_exists')
  })
})

describe('dispose', () => {
  it('S1: stops the runs in order, then releases engines and storage', async () => {
    const order: string[] = []
    const memory = createMemoryStorage()
    const stub = createStubEngine({ steps: { a: { ending: { kind: 'hang' } } } })
    const engine: StepEngine = { ...stub, dispose: async () => void order.push('engine') }
    const orchestrator = createOrchestrator({
      flows: [defineFlow({ key: 'main', steps: single })],
      engines: [engine],
      storage: { ...memory, dispose: async () => void order.push('storage') },
      drainMs: 1,
    })
    const run = await orchestrator.start({ runId: 'run-1' })
    await readUntil(run, startOf('a'))
    orchestrator.on('run_stopped', () => order.push('stopped'))
    await orchestrator.dispose()
    expect(order).toEqual(['stopped', 'engine', 'storage'])
  })

  it('law 5: an engine that cannot be released is told after all else was', async () => {
    const order: string[] = []
    const memory = createMemoryStorage()
    const broken = (id: string, dispose: () => Promise<void>): StepEngine => ({
      ...createStubEngine(),
      id,
      dispose,
    })
    const orchestrator = createOrchestrator({
      flows: [defineFlow({ key: 'main', steps: single })],
      engines: [
        broken('one', () => {
          throw new Error('at once')
        }),
        broken('two', () => Promise.reject(new Error('later'))),
        broken('three', async () => void order.push('three')),
      ],
      storage: { ...memory, dispose: async () => void order.push('storage') },
    })
    const thrown = await orchestrator.dispose().catch((error: unknown) => error)
    expect(SwarmError.is(thrown) && [thrown.code, thrown.message]).toEqual([
      'dispose_failed',
      'Not released: engine "one": at once; engine "two": later',
    ])
    expect(order).toEqual(['three', 'storage'])
  })

  it('law 5: an engine that does not come back is waited for no longer than the grace', async () => {
    const engine: StepEngine = { ...createStubEngine(), dispose: () => new Promise(() => {}) }
    const { orchestrator, clock } = createProcess(single, { engines: [engine], graceMs: 300 })
    const thrown = await clock.drive(orchestrator.dispose().catch((error: unknown) => error))
    expect(SwarmError.is(thrown) && thrown.message).toBe(
      'Not released: engine "stub": its dispose() took more than 300 ms',
    )
  })
})
