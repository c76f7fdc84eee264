import { createMemoryStorage, createOrchestrator, defineFlow, type RunStorage } from '@batonjs/core'
import { describe, expect, it } from 'vitest'
import { createSoundEngine } from '../engine/sound-engine.fixture.ts'
import { createMiniRunner, type RunnerFlaws } from './mini-runner.fixture.ts'
import { testCrashes } from './test-crashes.ts'

const storage = createMemoryStorage

const flaws: readonly (readonly [string, RunnerFlaws, RegExp])[] = [
  ['repeats finished steps', { repeatsFinished: true }, /starts again after it succeeded/],
  ['leaves an attempt open', { leavesAttemptOpen: true }, /starts attempt 2 while attempt 1 runs/],
  ['counts attempts anew', { countsAttemptsAnew: true }, /starts attempt 1 after attempt 1/],
  ['completes a run twice', { completesTwice: true }, /comes after run_completed/],
  ['drops what was interrupted', { dropsInterrupted: true }, /the outcome/],
  ['gives another output after a crash', { tellsAttemptInOutput: true }, /the outcome/],
  ['hides a failed write', { hidesFailures: true }, /claims to have ended/],
  ['keeps the lock after a failed write', { keepsLock: true }, /Run "run-mini" is running/],
  ['throws errors that are not of Baton', { throwsPlainErrors: true }, /which is no SwarmError/],
  ['does not come back from a resume', { resumesForEver: true }, /does not settle within/],
]

describe('the crash kit', () => {
  it('lets a sound runner pass, crashed in every way at every write', async () => {
    const { writes, trials, resumed, unreached } = await testCrashes({ storage, ...createMiniRunner() })
    expect({ writes, trials, unreached }).toEqual({ writes: 13, trials: 13 * 4, unreached: 0 })
    expect(resumed).toBeGreaterThan(40)
  })

  it('lets it pass when the resume is killed in turn', async () => {
    const report = await testCrashes({ storage, ...createMiniRunner(), again: [1, 2, 5] })
    expect(report.trials).toBe(13 * 4 * 4)
  })

  it('counts the writes of the journal alone, when it is told to', async () => {
    const report = await testCrashes({
      storage,
      ...createMiniRunner(),
      writes: 'journal',
      modes: ['kill_after'],
    })
    expect(report).toMatchObject({ writes: 10, trials: 10 })
  })

  it.each(flaws)('catches a runner that %s', async (_, flaw, message) => {
    const modes = ['kill_after', 'fail_before'] as const
    const crashing = testCrashes({ storage, ...createMiniRunner(flaw), modes, timeoutMs: 50 })
    await expect(crashing).rejects.toThrow(message)
  })

  it('refuses a run that is unsound when nothing disturbs it', async () => {
    const crashing = testCrashes({ storage, ...createMiniRunner({ endsBeforeItsSteps: true }) })
    await expect(crashing).rejects.toThrow(
      /The undisturbed run is unsound:\nseq 5, step_start: starts in visit/,
    )
  })

  it('names the write and the way at which a promise was broken', async () => {
    const crashing = testCrashes({
      storage,
      ...createMiniRunner({ dropsInterrupted: true }),
      modes: ['kill_after'],
    })
    await expect(crashing).rejects.toThrow(
      /promises are broken in 13 trials:\nkill_after at write 3: the outcome/,
    )
  })

  it('S5: finds nothing wrong with the kernel itself', async () => {
    const flow = defineFlow({
      key: 'small',
      steps: [
        { id: 'plan', prompt: 'Plan it.' },
        { id: 'left', prompt: 'Do $plan.output', needs: ['plan'] },
        { id: 'right', kind: 'function', needs: ['plan'], run: ({ output }) => output('plan') },
        { id: 'end', prompt: 'Sum up $left.output and $right.output', needs: ['left', 'right'] },
      ],
    })
    const orchestrator = (on: RunStorage) =>
      createOrchestrator({ flows: [flow], engines: [createSoundEngine()], storage: on })
    const report = await testCrashes({
      storage,
      run: (on) => orchestrator(on).execute(),
      resume: (on, runId) => orchestrator(on).resume(runId),
    })
    expect(report.trials).toBeGreaterThan(20)
  })
})
