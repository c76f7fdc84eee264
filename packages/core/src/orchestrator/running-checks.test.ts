import { allOf, typesOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import type { CheckContext, CheckRunner, CommandOutcome } from '../engine/check-runner.ts'
import { defineFlow } from '../flow/define-flow.ts'
import type { StepInput } from '../flow/flow.ts'
import { createProcess, journalOf, readUntil } from './process.fixture.ts'

const PASSED: CommandOutcome = { exitCode: 0, output: 'fine' }

/** A runner whose commands end when the test says so; it tells which were aborted and why. */
function createRunner(onAbort: 'obeys' | 'is deaf' = 'obeys') {
  const contexts: CheckContext[] = []
  const ends: (() => void)[] = []
  const checks: CheckRunner = {
    run: (_, context) =>
      new Promise((resolve, reject) => {
        contexts.push(context)
        ends.push(() => resolve(PASSED))
        if (onAbort === 'obeys')
          context.signal.addEventListener('abort', () => reject(context.signal.reason), { once: true })
      }),
  }
  const aborted = (): readonly boolean[] => contexts.map(({ signal }) => signal.aborted)
  const endAll = (): void => {
    for (const end of ends) end()
  }
  return { checks, aborted, endAll }
}

const checked: readonly StepInput[] = [
  { id: 'a', kind: 'function', run: () => 'a', verify: { commands: [{ command: 'npm test' }] } },
  { id: 'b', kind: 'function', run: () => 'b' },
]

/** A run whose first step is being checked. */
async function begin(checks: CheckRunner) {
  const process = createProcess(checked, { drainMs: 300, graceMs: 50, checks })
  const run = await process.orchestrator.start({ runId: 'run-1' })
  await readUntil(run, ({ type }) => type === 'verification_started')
  const journal = () => journalOf(process.storage, 'run-1')
  return { ...process, run, journal }
}

describe('a running check', () => {
  it('S2: is aborted when the drain of a stop is over, and made anew by the resume', async () => {
    const runner = createRunner()
    const { run, clock, orchestrator, journal } = await begin(runner.checks)
    await run.stop()
    await clock.advance(299)
    expect(runner.aborted()).toEqual([false])
    await clock.advance(1)
    expect(await run.result).toMatchObject({ status: 'stopped' })
    expect(runner.aborted()).toEqual([true])
    expect(typesOf(await journal()).slice(-3)).toEqual([
      'verification_started',
      'run_stopping',
      'run_stopped',
    ])
    const result = orchestrator.resume('run-1')
    await clock.advance(0)
    runner.endAll()
    expect(await result).toMatchObject({ status: 'succeeded', output: 'b' })
    expect(allOf(await journal(), 'verification_started')).toHaveLength(2)
  })

  it('S2: may finish within the drain of a stop, and then counts', async () => {
    const runner = createRunner()
    const { run, clock, journal } = await begin(runner.checks)
    await run.stop()
    runner.endAll()
    await clock.advance(0)
    expect(await run.result).toMatchObject({ status: 'stopped' })
    expect(typesOf(await journal())).toContain('verification_passed')
  })

  it('S1: is aborted at once when the loop that owns the run is left', async () => {
    const runner = createRunner()
    const { orchestrator } = createProcess(checked, { checks: runner.checks })
    for await (const { type } of orchestrator.executeStream()) if (type === 'verification_started') break
    expect(runner.aborted()).toEqual([true])
  })

  it('S2: is aborted by a cancel', async () => {
    const runner = createRunner()
    const { run, clock } = await begin(runner.checks)
    await run.cancel()
    expect(await clock.drive(run.result)).toMatchObject({ status: 'canceled' })
    expect(runner.aborted()).toEqual([true])
  })

  it('X2: is aborted when its visit runs out of time, while another flow goes on', async () => {
    const runner = createRunner()
    const key = 'late'
    const late = defineFlow({
      key,
      steps: checked,
      limits: { durationMs: 100 },
      onFailure: { nextFlow: 'next' },
    })
    const next = defineFlow({ key: 'next', steps: [{ id: 'ask', kind: 'approval', prompt: 'Go on?' }] })
    const { orchestrator, clock } = createProcess([late, next], { checks: runner.checks })
    const run = await orchestrator.start({ flow: key, follow: 'macro' })
    await readUntil(run, ({ type }) => type === 'verification_started')
    await clock.advance(100)
    await readUntil(run, ({ type }) => type === 'approval_requested')
    expect(runner.aborted()).toEqual([true])
    await run.cancel()
  })

  it('S2: is not begun a second time when the run goes on before it has paused', async () => {
    const runner = createRunner()
    const { run, clock } = await begin(runner.checks)
    await run.pause()
    await run.continue()
    await clock.advance(0)
    runner.endAll()
    expect(await clock.drive(run.result)).toMatchObject({ status: 'succeeded' })
    expect(runner.aborted()).toEqual([false])
  })

  it('law 5: that is deaf is waited for no longer than the grace, and its timer does not outlive it', async () => {
    const runner = createRunner('is deaf')
    const { run, clock } = await begin(runner.checks)
    await run.cancel()
    const before = clock.monotonic()
    await clock.drive(run.result)
    expect(clock.monotonic() - before).toBe(50)
    expect(clock.pending).toEqual([])
  })

  it.each([
    ['gives', () => PASSED],
    [
      'throws',
      () => {
        throw new Error('The operation was aborted')
      },
    ],
  ])('L7: that takes longer than its time has failed, whatever it %s after its abort', async (_, end) => {
    const checks: CheckRunner = {
      run: async (_command, { signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
        return end()
      },
    }
    const { run, clock, journal } = await begin(checks)
    expect(await clock.drive(run.result)).toMatchObject({ status: 'failed' })
    const [failed] = allOf(await journal(), 'verification_failed')
    expect(failed?.commandChecks[0]?.output).toBe('"npm test" took more than 60000 ms')
  })

  it('L7: of a runner that throws at once has failed, and leaves no timer', async () => {
    const checks: CheckRunner = {
      run: () => {
        throw new Error('no shell')
      },
    }
    const { orchestrator, clock } = createProcess(checked, { checks })
    const { error } = await orchestrator.execute()
    expect(error?.message).toContain('no shell')
    expect(clock.pending).toEqual([])
  })

  it.each([
    ['nothing', undefined],
    ['a number', 5],
    ['no output', { exitCode: 0 }],
  ])('law 5: of a runner that gives %s has failed, and says what is wanted', async (_, given) => {
    // A host in JavaScript.
    const checks: CheckRunner = { run: async () => given as unknown as CommandOutcome }
    const { error } = await createProcess(checked, { checks }).orchestrator.execute()
    expect(error?.message).toContain('must give { exitCode, output }')
  })

  it('L7: of artifacts that cannot be listed has failed', async () => {
    const { orchestrator, storage } = createProcess([
      { id: 'a', kind: 'function', run: () => 'a', verify: { artifacts: ['a.md'] } },
    ])
    const { artifacts } = storage
    Object.assign(storage, {
      artifacts: (runId: string) => ({
        ...artifacts(runId),
        list: () => Promise.reject(new Error('no such disk')),
      }),
    })
    const { status, error } = await orchestrator.execute()
    expect([status, error?.message]).toEqual(['failed', expect.stringContaining('no such disk')])
  })
})
