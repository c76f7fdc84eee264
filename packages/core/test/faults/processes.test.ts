import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { SwarmError } from '@batonjs/core'
import { allOf, checkJournal, firstOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { approve, openJob, RUN_ID } from './job.fixture.ts'
import { type JobProcess, type Told, useJobRoom } from './job-processes.fixture.ts'

const room = useJobRoom()
const isMiddle = ({ what, address }: Told): boolean =>
  what === 'call' && address?.includes('/middle#') === true
const callsOf = ({ told }: JobProcess): readonly (string | undefined)[] =>
  told.filter(({ what }) => what === 'call').map(({ address }) => address)

/** Finishes the run in this process and tells which calls that took. */
async function finish(): Promise<readonly string[]> {
  const calls: string[] = []
  const orchestrator = openJob({ folder: room.folder, onCall: ({ address }) => calls.push(address) })
  const { status } = await orchestrator.resume(RUN_ID, { onRequest: approve })
  expect(status).toBe('succeeded')
  expect(checkJournal(await room.journal())).toEqual([])
  await orchestrator.dispose()
  return calls
}

/** The step that waits, and not what runs beside it, is cut off once the others have ended. */
const others = ['main#1/last#1.1']

describe('signals (fault 43)', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'S2: %s stops the run in order, which is resumed',
    async (signal) => {
      const owner = room.start('run', { behaviour: 'wait' })
      await owner.hears(isMiddle)
      owner.child.kill(signal)
      expect(await owner.ended).toBe(0)
      expect(owner.told.at(-1)).toMatchObject({ what: 'end', status: 'stopped' })
      expect((await room.journal()).at(-1)).toMatchObject({
        type: 'run_stopped',
        aborted: ['main#1/middle#1.1'],
      })
      expect(await finish()).toEqual(['main#1/middle#1.2', ...others])
    },
  )

  it('S5: the second signal ends the process at once, and the run is resumed', async () => {
    const owner = room.start('run-long', { behaviour: 'wait' })
    await owner.hears(isMiddle)
    owner.child.kill('SIGINT')
    await owner.hears(({ what }) => what === 'stopping')
    owner.child.kill('SIGINT')
    expect(await owner.ended).toBe(130)
    expect(await finish()).toEqual(['main#1/middle#1.2', ...others])
  })

  it('S5: kill -9 in a step repeats this step only', async () => {
    const owner = room.start('run', { behaviour: 'wait' })
    await owner.hears(isMiddle)
    owner.child.kill('SIGKILL')
    expect(await owner.ended).toBe('SIGKILL')
    expect(await finish()).toContain('main#1/middle#1.2')
  })
})

describe('an engine that ends its process (fault 32)', () => {
  it('S5: six times in one step, and the step is poisoned; the seventh process calls nothing', async () => {
    for (let death = 1; death <= 6; death++) {
      const owner = room.start(death === 1 ? 'run' : 'resume', { behaviour: 'exit' })
      expect(await owner.ended).toBe(7)
      expect(callsOf(owner)).toContain(`main#1/middle#1.${death}`)
    }
    const last = room.start('resume')
    expect(await last.ended).toBe(0)
    expect(last.told.at(-1)).toMatchObject({ what: 'end', status: 'failed' })
    expect(callsOf(last).filter((address) => address?.includes('middle'))).toEqual([])
    const events = await room.journal()
    const errors = allOf(events, 'step_error').filter(({ stepId }) => stepId === 'middle')
    expect(errors.map(({ error }) => error.code)).toEqual([...Array(5).fill('interrupted'), 'poisoned'])
    expect(checkJournal(events)).toEqual([])
  }, 60_000)
})

describe('two processes on one run (fault 9)', () => {
  it('S7: the second is refused with the owner named, and takes a dead owner’s run', async () => {
    const owner = room.start('run', { behaviour: 'wait' })
    await owner.hears(isMiddle)
    const orchestrator = openJob({ folder: room.folder })
    const thrown = await orchestrator.resume(RUN_ID).catch((error: unknown) => error)
    expect(SwarmError.is(thrown) && [thrown.code, thrown.details]).toMatchObject([
      'run_locked',
      { owner: { pid: owner.child.pid } },
    ])
    expect((await orchestrator.runs()).runs).toMatchObject([{ status: 'running', owner: { alive: true } }])
    owner.child.kill('SIGKILL')
    await owner.ended
    expect((await orchestrator.runs()).runs).toMatchObject([{ status: 'interrupted' }])
    await orchestrator.dispose()
    expect(await finish()).toContain('main#1/middle#1.2')
  })
})

describe('people in another process', () => {
  it('H2: answers a run that nobody owns; the answer counts when somebody resumes it', async () => {
    const orchestrator = openJob({ folder: room.folder })
    const result = await orchestrator.execute({ runId: RUN_ID })
    expect(result).toMatchObject({ status: 'waiting', openRequests: [{ prompt: 'Ship?' }] })
    const human = room.start('respond')
    expect(await human.ended).toBe(0)
    expect(human.told.at(-1)).toMatchObject({ what: 'end', queued: true })
    expect(await orchestrator.resume(RUN_ID)).toMatchObject({ status: 'succeeded' })
    expect(firstOf(await room.journal(), 'approval_resolved')).toMatchObject({
      by: 'grace',
      outcome: 'answered',
    })
    await orchestrator.dispose()
  })

  it('S2: stop and cancel reach the process that owns the run', async () => {
    const owner = room.start('run', { behaviour: 'wait' })
    await owner.hears(isMiddle)
    const orchestrator = openJob({ folder: room.folder })
    const run = orchestrator.open(RUN_ID)
    expect(await run.stop({ by: 'ada' })).toMatchObject({ accepted: true })
    expect(await run.result).toMatchObject({ status: 'stopped' })
    expect(await owner.ended).toBe(0)
    await orchestrator.dispose()
  })
})

describe('a folder that is taken away (fault 45)', () => {
  it('S8: fails the run typed, and nothing is made anew in its place', async () => {
    const gone = join(room.folder, RUN_ID)
    const orchestrator = openJob({
      folder: room.folder,
      onCall: ({ stepId }) => {
        if (stepId === 'middle') rmSync(gone, { recursive: true })
      },
    })
    const thrown = await orchestrator.execute({ runId: RUN_ID }).catch((error: unknown) => error)
    expect(SwarmError.is(thrown) && thrown.code).toBe('run_gone')
    expect(existsSync(gone)).toBe(false)
    await orchestrator.dispose()
  })
})
