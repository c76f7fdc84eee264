import { allOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { openJob, RUN_ID } from './job.fixture.ts'
import { expectSound, finishJob, type JobEnd } from './job-end.fixture.ts'
import { injecting, noStrace, orSkipped, useJobRoom } from './job-processes.fixture.ts'

const room = useJobRoom()

/** Finishes the run, and looks at all of its journal. */
async function finish(): Promise<JobEnd> {
  const end = await finishJob(room.folder)
  expectSound(await room.journal())
  return end
}

describe.skipIf(noStrace)(
  orSkipped('a process that is killed at a system call (faults 1 and 2)', noStrace),
  () => {
    it.each(['write', 'fdatasync'])(
      'S5: at every %s on the journal leaves a run that ends the same, with no finished step twice',
      async (call) => {
        const undisturbed = await finishJob(room.another())
        let kills = 0
        for (let nth = 1; ; nth++) {
          const runs = room.start('run', { before: room.injecting(`${call}:signal=KILL:when=${nth}`) })
          const end = await runs.ended
          expect(await finish()).toEqual(undisturbed)
          await openJob({ folder: room.folder }).remove(RUN_ID)
          if (end === 0) break
          kills += 1
        }
        expect(kills).toBeGreaterThanOrEqual(5)
      },
      120_000,
    )
  },
)

describe.skipIf(noStrace)(orSkipped('a disk that fails (faults 6 and 7)', noStrace), () => {
  it.each([
    ['ENOSPC', 'write:error=ENOSPC:when=3', true],
    ['EIO', 'fdatasync:error=EIO:when=3', false],
  ])(
    'S8: %s ends the run typed, with no call on an unrecorded decision, and it resumes',
    async (_, fault) => {
      const owner = room.start('run', { before: room.injecting(fault) })
      expect(await owner.ended).toBe(0)
      expect(owner.told.at(-1)).toMatchObject({ what: 'thrown', code: 'storage_failed' })
      const started = allOf(await room.journal(), 'step_start').length
      const called = owner.told.filter(({ what }) => what === 'call').length
      expect(called).toBeGreaterThan(0)
      expect(called).toBeLessThanOrEqual(started)
      expect(await finish()).toMatchObject({ status: 'succeeded' })
    },
    60_000,
  )
})

describe.skipIf(noStrace)(orSkipped('a table of watched files that is full (fault 44)', noStrace), () => {
  it('S2: lets the owner look by itself: what another process tells it still reaches it', async () => {
    const before = injecting('inotify_add_watch:error=ENOSPC')
    const owner = room.start('run', { behaviour: 'wait', before })
    await owner.hears(({ address }) => address?.includes('/middle#') === true)
    const orchestrator = openJob({ folder: room.folder })
    expect(await orchestrator.open(RUN_ID).stop({ by: 'ada' })).toMatchObject({ accepted: true })
    expect(await owner.ended).toBe(0)
    expect(owner.told.at(-1)).toMatchObject({ what: 'end', status: 'stopped' })
    await orchestrator.dispose()
    expect(await finish()).toMatchObject({ status: 'succeeded' })
  })
})
