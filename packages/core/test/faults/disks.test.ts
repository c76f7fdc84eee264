import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SwarmError } from '@batonjs/core'
import { allOf } from '@batonjs/testkit'
import { describe, expect, it } from 'vitest'
import { approve, openJob, RUN_ID } from './job.fixture.ts'
import { expectRecorded, expectUndisturbed, finishJob, runUndisturbed } from './job-end.fixture.ts'
import { orSkipped, useJobRoom } from './job-processes.fixture.ts'

const room = useJobRoom()
const NOBODY = 65_534
const isRoot = process.getuid?.() === 0
const noMount = whyNoMount()

function whyNoMount(): string | undefined {
  if (!isRoot) return 'only root may mount'
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'no file system can be mounted here'
  }
}

const at = (...names: readonly string[]): string => join(room.folder, RUN_ID, ...names)

/** Runs the job in this process; what it throws is told as its code. */
async function run(onCall: (stepId: string) => void = () => {}): Promise<unknown> {
  const orchestrator = openJob({ folder: room.folder, onCall: ({ stepId }) => onCall(stepId) })
  try {
    return (await orchestrator.execute({ runId: RUN_ID, onRequest: approve })).status
  } catch (thrown) {
    return SwarmError.is(thrown) ? thrown.code : thrown
  } finally {
    await orchestrator.dispose()
  }
}

describe('a disk without room (faults 5 and 6)', () => {
  it('S8: for a longer file ends the run typed, which is resumed where there is room', async () => {
    const undisturbed = await runUndisturbed(room.another())
    const owner = room.start('run', { before: ['bash', '-c', 'ulimit -f 4 && exec "$@"', 'bash'] })
    expect(await owner.ended).toBe(0)
    expect(owner.told.at(-1)).toMatchObject({ what: 'thrown', code: 'storage_failed' })
    expect(owner.told.at(-1)?.message).toMatch(/append to .*EFBIG.*ulimit -f/)
    const events = await room.journal()
    expect(allOf(events, 'step_end').length).toBeGreaterThan(0)
    expectRecorded(owner, events)
    await expectUndisturbed(room, room.folder, undisturbed)
  })

  it.skipIf(noMount).each([8, 16, 24, 32, 48])(
    orSkipped('S8: of %i pages ends the run typed, which goes on when the disk has grown', noMount),
    async (pages) => {
      const undisturbed = await runUndisturbed(room.another())
      const { folder } = room
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${pages * 4}k`, 'tmpfs', folder])
      try {
        const owner = room.start('run')
        expect(await owner.ended).toBe(0)
        const last = owner.told.at(-1)
        if (last?.what !== 'end') expect(last).toMatchObject({ what: 'thrown', code: 'storage_failed' })
        expectRecorded(owner, await room.journalOrNone(folder))
        execFileSync('mount', ['-o', 'remount,size=4m', folder])
        await expectUndisturbed(room, folder, undisturbed)
      } finally {
        execFileSync('umount', [folder])
      }
    },
  )
})

describe('a folder that cannot be used (fault 8)', () => {
  it('S8: for want of rights ends the run typed before any call', async () => {
    const folder = room.another()
    chmodSync(folder, 0o555)
    const owner = room.start('run', { folder, ...(isRoot ? { uid: NOBODY } : {}) })
    expect(await owner.ended).toBe(0)
    expect(owner.told).toMatchObject([{ what: 'thrown', code: 'storage_failed' }])
    expect(owner.told[0]?.message).toMatch(/EACCES. Give the user/)
    chmodSync(folder, 0o755)
    await finishJob(folder)
  })

  it.each([
    ['a file stands in its place', () => writeFileSync(join(room.folder, 'runs'), ''), 'runs'],
    ['a file stands above it', () => writeFileSync(join(room.folder, 'above'), ''), 'above/runs'],
    [
      'it leads through a link to nowhere',
      () => execFileSync('ln', ['-s', '/nowhere', join(room.folder, 'l')]),
      'l',
    ],
  ])('S8: since %s ends the run typed before any call', async (_, prepare, name) => {
    prepare()
    const calls: string[] = []
    const folder = join(room.folder, name)
    const orchestrator = openJob({ folder, onCall: ({ address }) => calls.push(address) })
    const thrown = await orchestrator.execute({ runId: RUN_ID }).catch((error: unknown) => error)
    expect(SwarmError.is(thrown) && thrown.code).toBe('storage_failed')
    expect(calls).toEqual([])
    await orchestrator.dispose()
  })
})

describe('a run folder in disorder (faults 1, 16 and 45)', () => {
  it('law 6: where no artifact can be written has a run that says so once and ends well', async () => {
    const orchestrator = openJob({ folder: room.folder })
    orchestrator.on('flow_start', () => writeFileSync(at('main'), 'in the way'))
    const { status } = await orchestrator.execute({ runId: RUN_ID, onRequest: approve })
    await orchestrator.dispose()
    expect(status).toBe('succeeded')
    const diagnostics = allOf(await room.journal(), 'diagnostic')
    expect(diagnostics.map(({ code }) => code)).toEqual(['projection_failed'])
  })

  it('S8: that is moved away ends the run typed, which goes on when it is back', async () => {
    const undisturbed = await runUndisturbed(room.another())
    const elsewhere = join(room.another(), 'moved')
    const end = await run((stepId) => {
      if (stepId === 'middle') renameSync(at(), elsewhere)
    })
    expect(end).toBe('run_gone')
    expect(existsSync(at())).toBe(false)
    renameSync(elsewhere, at())
    await expectUndisturbed(room, room.folder, undisturbed)
  })

  it('J4: with halves of every file that can be made anew is listed, and its run resumed', async () => {
    const undisturbed = await runUndisturbed(room.another())
    const owner = room.start('run', { behaviour: 'wait' })
    await owner.hears(({ address }) => address?.includes('/middle#') === true)
    owner.child.kill('SIGKILL')
    await owner.ended
    for (const name of [
      'meta.json',
      'spec.json',
      '.meta-1-0',
      'inbox/0000000000000001-a.json',
      '.journal-1',
    ]) {
      mkdirSync(at('inbox'), { recursive: true })
      writeFileSync(at(name), '{"run_id":"ru')
    }
    const orchestrator = openJob({ folder: room.folder })
    expect(await orchestrator.runs()).toMatchObject({ runs: [{ runId: RUN_ID, status: 'interrupted' }] })
    await orchestrator.dispose()
    await expectUndisturbed(room, room.folder, undisturbed)
  })
})
