import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { allOf, checkJournal, firstOf } from '@batonjs/testkit'
import { describe, expect, it, vi } from 'vitest'
import { approve, openJob, RUN_ID } from './job.fixture.ts'
import { type JobProcess, useJobRoom } from './job-processes.fixture.ts'

const room = useJobRoom()
const callsOf = ({ told }: JobProcess): readonly (string | undefined)[] =>
  told.filter(({ what }) => what === 'call').map(({ address }) => address)

/** The state of a process, of which T is stopped. */
function stateOf(pid = 0): string {
  const stat = `/proc/${pid}/stat`
  if (existsSync(stat)) return readFileSync(stat, 'utf8').split(') ')[1] ?? ''
  return execFileSync('ps', ['-o', 'stat=', '-p', String(pid)]).toString()
}

/** Starts an owner that stops in its n-th call. */
async function startStopped(nth: number, host?: string): Promise<JobProcess> {
  const owner = room.start('run', { behaviour: `stop-${nth}`, ...(host === undefined ? {} : { host }) })
  await owner.hears(() => callsOf(owner).length >= nth)
  await vi.waitFor(() => expect(stateOf(owner.child.pid)).toMatch(/^T/))
  return owner
}

describe('an owner that is stopped with SIGSTOP (fault 10)', () => {
  it.each([1, 2, 3, 4, 5])(
    'S7: in its call %i and taken over from stops before its next effect when it wakes up',
    async (nth) => {
      const owner = await startStopped(nth, 'elsewhere')
      const orchestrator = openJob({ folder: room.folder, host: 'here' })
      const refused = await orchestrator.resume(RUN_ID).catch((error: unknown) => error)
      expect(refused).toMatchObject({ code: 'run_locked' })
      const result = await orchestrator.resume(RUN_ID, { takeover: true, onRequest: approve })
      expect(result.status).toBe('succeeded')
      const events = await room.journal()
      owner.child.kill('SIGCONT')
      expect(await owner.ended).toBe(0)
      expect(owner.told.at(-1)).toMatchObject({ what: 'thrown', code: 'run_lock_lost' })
      expect(await room.journal()).toEqual(events)
      expect(checkJournal(events)).toEqual([])
      const { seq: taken, interrupted } = firstOf(events, 'run_resumed')
      expect(interrupted.length).toBeGreaterThan(0)
      const starts = allOf(events, 'step_start').filter(({ seq }) => seq < taken)
      expect(callsOf(owner).length).toBeLessThanOrEqual(starts.length)
      await orchestrator.dispose()
    },
  )

  it('S7: and is seen to live is not replaced, not even by takeover, until it is dead', async () => {
    const owner = await startStopped(2)
    const orchestrator = openJob({ folder: room.folder })
    const taking = orchestrator.resume(RUN_ID, { takeover: true }).catch((error: unknown) => error)
    expect(await taking).toMatchObject({ code: 'run_locked', details: { owner: { pid: owner.child.pid } } })
    owner.child.kill('SIGKILL')
    await owner.ended
    expect(await orchestrator.resume(RUN_ID, { onRequest: approve })).toMatchObject({ status: 'succeeded' })
    expect(checkJournal(await room.journal())).toEqual([])
    await orchestrator.dispose()
  })

  it('S5: and woken up again goes on as if nothing had been', async () => {
    const owner = await startStopped(2)
    owner.child.kill('SIGCONT')
    expect(await owner.ended).toBe(0)
    expect(owner.told.at(-1)).toMatchObject({ what: 'end', status: 'succeeded' })
    expect(checkJournal(await room.journal())).toEqual([])
  })
})

describe('two processes that resume one dead run at the same moment (fault 9)', () => {
  const ROUNDS = 20

  it(`S7: have one winner in each of ${ROUNDS} rounds, which finishes the run alone`, async () => {
    const dead = room.start('run', { behaviour: 'wait' })
    await dead.hears(({ address }) => address?.includes('/middle#') === true)
    dead.child.kill('SIGKILL')
    await dead.ended
    const rivals = [1, 2].map(() => room.start('resume-each', { behaviour: 'slow' }))
    await Promise.all(rivals.map((rival) => rival.hears(({ what }) => what === 'ready')))
    const refusals: (string | undefined)[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const folder = room.another()
      cpSync(room.folder, folder, { recursive: true })
      for (const { child } of rivals) child.stdin?.write(`${folder}\n`)
      await Promise.all(rivals.map((rival) => rival.hears(({ at }) => at === folder)))
      const ends = rivals.flatMap(({ told }) => told.filter(({ at }) => at === folder))
      expect(ends.map(({ what }) => what).sort()).toEqual(['refused', 'resumed'])
      expect(ends.find(({ what }) => what === 'resumed')).toMatchObject({ status: 'succeeded' })
      refusals.push(ends.find(({ what }) => what === 'refused')?.code)
      const events = await room.journal(folder)
      expect(checkJournal(events)).toEqual([])
      expect(allOf(events, 'run_resumed').length).toBe(1)
    }
    // Who comes when the winner has finished finds nothing to do.
    expect(refusals.filter((code) => code !== 'run_locked' && code !== 'run_over')).toEqual([])
    expect(refusals).toContain('run_locked')
  }, 60_000)
})
