import { collect, createHandClock, firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { RunError } from '../errors/swarm-error.ts'
import { defineFlow } from '../flow/define-flow.ts'
import type { StepInput } from '../flow/flow.ts'
import type { RunStorage } from '../storage/storage.ts'
import { chain, edited, leftAt } from './left-run.fixture.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import { codeOf, createProcess, journalOf, readUntil } from './process.fixture.ts'

describe('where a run is resumed from', () => {
  it('S5: a stop, and nothing that had ended before is repeated', async () => {
    const storage = await leftAt('b')
    const again = createProcess(chain, { storage })
    expect(await again.orchestrator.resume('run-1')).toMatchObject({ status: 'succeeded' })
    expect(firstOf(await journalOf(storage, 'run-1'), 'run_resumed').resumedFrom).toBe('stop')
    expect(again.called()).toEqual(['b#1.2', 'c#1.1'])
  })

  it('S5: a wait', async () => {
    const gate: readonly StepInput[] = [{ id: 'gate', kind: 'approval', prompt: 'Go?' }]
    const { orchestrator, storage } = createProcess(gate)
    await orchestrator.execute({ runId: 'run-1' })
    await orchestrator.resume('run-1')
    expect(firstOf(await journalOf(storage, 'run-1'), 'run_resumed').resumedFrom).toBe('wait')
  })

  it('S5: a pause whose process died', async () => {
    const storage = createMemoryStorage()
    const opened: Awaited<ReturnType<RunStorage['createRun']>>[] = []
    const watched: RunStorage = {
      ...storage,
      async createRun(...begin) {
        const writer = await storage.createRun(...begin)
        opened.push(writer)
        return writer
      },
    }
    const { orchestrator } = createProcess([{ id: 'gate', kind: 'approval', prompt: 'Go?' }], {
      storage: watched,
    })
    const run = await orchestrator.start({ runId: 'run-1' })
    await run.pause()
    await readUntil(run, ({ type }) => type === 'run_paused')
    for (const writer of opened) await writer.close()
    const again = createProcess([{ id: 'gate', kind: 'approval', prompt: 'Go?' }], { storage })
    const result = await again.orchestrator.resume('run-1', {
      onRequest: () => ({ answer: { approved: true } }),
    })
    expect(result.status).toBe('succeeded')
    expect(firstOf(await journalOf(storage, 'run-1'), 'run_resumed').resumedFrom).toBe('pause')
  })

  it('S5: a run that is over and has nothing to do is refused with the way out', async () => {
    const { orchestrator } = createProcess(chain)
    await orchestrator.execute({ runId: 'run-1' })
    expect(await codeOf(orchestrator.resume('run-1'))).toBe('run_over')
    expect(await codeOf(orchestrator.resume('run-1', { retryFailed: true }))).toBe('run_over')
    await expect(collect(orchestrator.resumeStream('run-1'))).rejects.toThrow(/succeeded.*Start a new run/)
  })

  it('S7: takeover is asked of the storage, and only when the host says so', async () => {
    const memory = createMemoryStorage()
    const asked: unknown[] = []
    const storage: RunStorage = {
      ...memory,
      openRun(runId, options) {
        asked.push(options)
        return memory.openRun(runId, options)
      },
    }
    await leftAt('a', chain, { storage })
    await createProcess(chain, { storage }).orchestrator.resume('run-1', { takeover: true })
    expect(asked).toEqual([{ takeover: true }])
  })
})

describe('what runs again', () => {
  const broken = { b: { fail: { code: 'broken' } } }

  it('S5: retryFailed leaves a failure that was absorbed alone', async () => {
    const steps: readonly StepInput[] = [
      { id: 'weak', prompt: 'Weak', needs: [], allowFailure: true },
      { id: 'b', prompt: 'B', needs: [] },
    ]
    const fail = { fail: { code: 'broken' } }
    const first = createProcess(steps, { replies: { weak: fail, b: fail } })
    await first.orchestrator.execute({ runId: 'run-1' })
    const again = createProcess(steps, { storage: first.storage })
    expect(await again.orchestrator.resume('run-1', { retryFailed: true })).toMatchObject({
      status: 'partial',
    })
    expect(again.called()).toEqual(['b#1.2'])
  })

  it('S5: a failed run without retryFailed is refused, and says what would help', async () => {
    const { orchestrator } = createProcess(chain, { replies: broken })
    await orchestrator.execute({ runId: 'run-1' })
    await expect(orchestrator.resume('run-1')).rejects.toThrow(/failed.*retryFailed/)
  })

  it('X2: raised limits let through what they had kept from running', async () => {
    const { orchestrator, storage, called } = createProcess(chain)
    const first = await orchestrator.execute({ runId: 'run-1', limits: { stepExecutions: 2 } })
    expect(first).toMatchObject({ status: 'failed' })
    expect(called()).toHaveLength(2)
    const again = createProcess(chain, { storage })
    expect(await again.orchestrator.resume('run-1', { limits: { stepExecutions: 9 } })).toMatchObject({
      status: 'succeeded',
    })
    expect(again.called()).toHaveLength(2)
  })

  it('X2: a raised duration lets a run go on that had run out of time', async () => {
    const clock = createHandClock()
    const replies = { b: { acts: [{ kind: 'wait' as const, ms: 500 }] } }
    const first = createProcess(chain, { clock, replies })
    const result = await clock.drive(
      first.orchestrator.execute({ runId: 'run-1', limits: { durationMs: 100 } }),
    )
    expect(result).toMatchObject({ status: 'failed' })
    const again = createProcess(chain, { clock, replies, storage: first.storage })
    const resumed = again.orchestrator.resume('run-1', { limits: { durationMs: 60_000 } })
    expect(await clock.drive(resumed)).toMatchObject({ status: 'succeeded' })
    expect(again.called()).toEqual(['b#1.2', 'c#1.1'])
  })

  it('X2: limits that are none are refused before the run is touched', async () => {
    const storage = await leftAt('a')
    const { orchestrator } = createProcess(chain, { storage })
    const before = await journalOf(storage, 'run-1')
    expect(await codeOf(orchestrator.resume('run-1', { limits: { stepExecutions: -1 } }))).toBe(
      'request_invalid',
    )
    expect(await journalOf(storage, 'run-1')).toEqual(before)
    expect(await orchestrator.resume('run-1')).toMatchObject({ status: 'succeeded' })
  })
})

describe('a flow that was edited (fault 36)', () => {
  it('S6: is flow_changed with the steps named, and the run is left as it was', async () => {
    const storage = await leftAt('c')
    const { orchestrator } = createProcess(edited('b', 'Better B'), { storage })
    const before = await journalOf(storage, 'run-1')
    const thrown = await orchestrator.resume('run-1').catch((error: unknown) => error)
    expect(RunError.is(thrown) && [thrown.code, thrown.details]).toEqual([
      'flow_changed',
      { flows: [{ flow: 'main', steps: ['b'] }] },
    ])
    expect(await journalOf(storage, 'run-1')).toEqual(before)
    expect(await createProcess(chain, { storage }).orchestrator.resume('run-1')).toMatchObject({
      status: 'succeeded',
    })
  })

  it('S6: stored goes on with the old definition', async () => {
    const storage = await leftAt('b')
    const { orchestrator, engine, called } = createProcess(edited('b', 'Better B'), { storage })
    await orchestrator.resume('run-1', { flow: 'stored' })
    expect(called()).toEqual(['b#1.2', 'c#1.1'])
    expect(engine.calls[0]?.context.promptParts.task).toContain('\nB of ')
  })

  it('S6: current records the revision and reuses every step whose key still matches', async () => {
    const storage = await leftAt('c')
    const { orchestrator, engine, called } = createProcess(edited('b', 'Better B of $a.output'), { storage })
    expect(await orchestrator.resume('run-1', { flow: 'current' })).toMatchObject({ status: 'succeeded' })
    expect(called()).toEqual(['b#1.2', 'c#1.2'])
    expect(engine.calls[0]?.context.promptParts.task).toContain('\nBetter B of ')
    const revised = firstOf(await journalOf(storage, 'run-1'), 'flow_revised')
    expect(revised.reused).toEqual(['main#1/a', 'main#1/side'])
    expect(revised.rearmed.map(({ stepId }) => stepId)).toContain('b')
  })

  it('S6: current reuses a step wherever it stands now', async () => {
    const storage = await leftAt('c')
    const moved = [...chain.filter(({ id }) => id === 'side'), ...chain.filter(({ id }) => id !== 'side')]
    const { orchestrator, called } = createProcess(moved, { storage })
    expect(await orchestrator.resume('run-1', { flow: 'current' })).toMatchObject({ status: 'succeeded' })
    expect(called()).toEqual(['c#1.2'])
  })

  it('S6: what is only documentation reuses everything', async () => {
    const storage = await leftAt('c')
    const told = chain.map((step) => ({ ...step, title: `The step ${step.id}` }))
    const { orchestrator, called } = createProcess(told, { storage })
    expect(await orchestrator.resume('run-1', { flow: 'current' })).toMatchObject({ status: 'succeeded' })
    expect(called()).toEqual(['c#1.2'])
  })

  it('S6: a function step counts by its version', async () => {
    const calls: string[] = []
    const steps = (version: string): readonly StepInput[] => [
      { id: 'code', kind: 'function', version, run: () => void calls.push(version), needs: [] },
      { id: 'end', prompt: 'End', needs: ['code'] },
    ]
    const storage = await leftAt('end', steps('1'))
    expect(await codeOf(createProcess(steps('2'), { storage }).orchestrator.resume('run-1'))).toBe(
      'flow_changed',
    )
    expect(
      await codeOf(createProcess(steps('2'), { storage }).orchestrator.resume('run-1', { flow: 'stored' })),
    ).toBe('flow_changed')
    await createProcess(steps('2'), { storage }).orchestrator.resume('run-1', { flow: 'current' })
    expect(calls).toEqual(['1', '2'])
  })

  it('S6: a flow that the orchestrator no longer has goes on as it was stored', async () => {
    const storage = await leftAt('b')
    const other = [defineFlow({ key: 'other', steps: [{ id: 'x', prompt: 'X' }] })]
    const { orchestrator, called } = createProcess(other, { storage })
    expect(await orchestrator.resume('run-1')).toMatchObject({ status: 'succeeded' })
    expect(called()).toEqual(['b#1.2', 'c#1.1'])
  })
})
