import { allOf, createHandClock, typesOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { StepEngine } from '../engine/engine.ts'
import type { StepInput } from '../flow/flow.ts'
import type { RunStorage } from '../storage/storage.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import { createProcess, journalOf, type ProcessOptions, readUntil, startOf } from './process.fixture.ts'

const chain: readonly StepInput[] = [
  { id: 'a', prompt: 'A' },
  { id: 'b', prompt: 'B' },
]

/** A run whose first step has begun. */
async function begin(options: ProcessOptions, steps: readonly StepInput[] = chain) {
  const process = createProcess(steps, options)
  const run = await process.orchestrator.start({ runId: 'run-1' })
  await readUntil(run, startOf('a'))
  const types = async () => typesOf(await journalOf(process.storage, 'run-1'))
  return { ...process, run, types }
}

describe('late and abandoned calls (faults 13 and 28)', () => {
  /** An engine that is deaf, and answers when the test says so. */
  function createDeafEngine() {
    let answer = (): void => {}
    const engine: StepEngine = {
      specVersion: 1,
      id: 'deaf',
      async *runStep({ stepId }) {
        yield { type: 'token_chunk', text: '.' }
        if (stepId === 'a')
          await new Promise<void>((resolve) => {
            answer = resolve
          })
        return { status: 'succeeded', output: `late ${stepId}` }
      },
    }
    return { engine, answer: () => answer() }
  }

  it('law 5: a signal that is asked for after the abort has fired already', async () => {
    const clock = createHandClock()
    const seen: boolean[] = []
    const { run } = await begin({ clock, graceMs: 200 }, [
      {
        id: 'a',
        kind: 'function',
        timeoutMs: 1_000,
        retry: { maxRetries: 0 },
        async run(context) {
          await new Promise<void>((resolve) => clock.setTimer(clock.now() + 1_100, resolve))
          seen.push(context.signal.aborted)
          return null
        },
      },
    ])
    await clock.drive(run.result)
    expect(seen).toEqual([true])
  })

  it('law 5: an engine that talks on after its step has lost is left at its next word', async () => {
    const clock = createHandClock()
    const words: string[] = []
    const engine: StepEngine = {
      specVersion: 1,
      id: 'talker',
      async *runStep({ stepId }) {
        if (stepId === 'a') return { status: 'succeeded', output: 'first' }
        try {
          for (let word = 1; word <= 50; word += 1) {
            await new Promise<void>((resolve) => clock.setTimer(clock.now() + 100, resolve))
            yield { type: 'token_chunk', text: `${word}` }
          }
        } finally {
          words.push('left')
        }
        words.push('said everything')
        return { status: 'succeeded', output: 'late' }
      },
    }
    const { run } = await begin({ engines: [engine], clock, graceMs: 60_000 }, [
      { id: 'a', prompt: 'A', needs: [] },
      { id: 'b', prompt: 'B', needs: [] },
      {
        id: 'race',
        kind: 'function',
        needs: ['a', 'b'],
        triggerRule: 'one_success',
        losers: 'cancel',
        run: () => 1,
      },
      { id: 'gate', kind: 'approval', prompt: 'Go?', needs: [] },
    ])
    await clock.advance(20_000)
    expect(words).toEqual(['left'])
    await run.cancel()
  })

  it('law 5: a call that has ended records nothing more, though its run goes on', async () => {
    const { run, clock, storage, engine } = await begin({}, [
      { id: 'a', prompt: 'A', needs: [] },
      { id: 'gate', kind: 'approval', prompt: 'Go?', needs: [] },
    ])
    await clock.advance(0)
    const kept = engine.calls[0]?.context
    const late = [
      kept?.record({ type: 'custom', name: 'late', data: 1 }),
      kept?.facts.put([{ key: 'late', value: 1 }]),
      kept?.ask([{ id: 'why', text: 'Why?' }]),
    ]
    for (const one of late) await expect(one).rejects.toMatchObject({ code: 'call_ended' })
    const types = typesOf(await journalOf(storage, 'run-1'))
    expect(types.slice(types.indexOf('step_end') + 1)).toEqual([])
    await run.cancel()
  })

  it('S2, fault 29: a call that outlives its timeout and its grace is abandoned, and its result does not count', async () => {
    const deaf = createDeafEngine()
    const { run, clock, storage } = await begin({ engines: [deaf.engine], graceMs: 200 }, [
      { id: 'a', prompt: 'A', needs: [], timeoutMs: 1_000, retry: { maxRetries: 0 } },
      { id: 'gate', kind: 'approval', prompt: 'Go?', needs: [] },
    ])
    await clock.advance(1_200)
    deaf.answer()
    await clock.advance(0)
    const events = await journalOf(storage, 'run-1')
    expect(allOf(events, 'diagnostic').map(({ code, address }) => [code, address])).toEqual([
      ['abandoned', 'main#1/a#1.1'],
      ['late_result', 'main#1/a#1.1'],
    ])
    expect(allOf(events, 'step_error')).toEqual([
      expect.objectContaining({ stepId: 'a', willRetry: false, durationMs: 1_200 }),
    ])
    expect(allOf(events, 'step_end')).toEqual([])
    await run.cancel()
  })

  it('S2: a result that comes after a timeout and within the grace is no success', async () => {
    const deaf = createDeafEngine()
    const { run, clock } = await begin({ engines: [deaf.engine] }, [
      { id: 'a', prompt: 'A', timeoutMs: 1_000, retry: { maxRetries: 0 } },
    ])
    await clock.advance(1_001)
    deaf.answer()
    expect(await run.result).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('timeout') },
    })
  })

  it.each([
    ['its timeout', 'timeout'],
    ['the end of a drain', 'stop'],
  ])('S2: a result that came before %s counts, however long it takes to store', async (_, by) => {
    const memory = createMemoryStorage()
    const clock = createHandClock()
    const put = (path: string, content: string | Uint8Array): Promise<void> =>
      new Promise((resolve) => {
        const write = (): void => resolve(memory.artifacts('run-1').put(path, content))
        if (path.includes('outputs')) clock.setTimer(clock.now() + 100, write)
        else write()
      })
    const storage: RunStorage = { ...memory, artifacts: (runId) => ({ ...memory.artifacts(runId), put }) }
    const huge = 'x'.repeat(50_000)
    const { run } = await begin(
      { clock, storage, drainMs: 400, replies: { a: { text: huge, acts: [{ kind: 'wait', ms: 350 }] } } },
      [
        { id: 'a', prompt: 'A', needs: [], ...(by === 'timeout' ? { timeoutMs: 400 } : {}) },
        { id: 'gate', kind: 'approval', prompt: 'Go?', needs: [] },
      ],
    )
    if (by === 'stop') await run.stop()
    await clock.advance(60_000)
    const events = await journalOf(memory, 'run-1')
    expect(allOf(events, 'step_end')).toMatchObject([{ stepId: 'a', output: { characters: huge.length } }])
    expect(allOf(events, 'diagnostic')).toEqual([])
    await run.cancel()
  })

  it('S2: a result that comes after a cancel is nowhere', async () => {
    const deaf = createDeafEngine()
    const { run, clock, types } = await begin({ engines: [deaf.engine], graceMs: 50 })
    await run.cancel()
    await clock.drive(run.result)
    deaf.answer()
    await clock.advance(100)
    expect((await types()).at(-1)).toBe('run_completed')
    expect(await types()).not.toContain('step_end')
  })
})
