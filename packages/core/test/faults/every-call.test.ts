import { describe, expect, it } from 'vitest'
import { expectRecorded, expectUndisturbed, runUndisturbed, type Undisturbed } from './job-end.fixture.ts'
import { injecting, type JobProcess, noStrace, orSkipped, useJobRoom } from './job-processes.fixture.ts'

const room = useJobRoom()
/** Processes at a time. */
const AT_ONCE = 2

/** Runs the job once for every `stride`-th call, which the fault befalls, until a run has no such call. */
async function sweep(
  fault: (nth: number) => string,
  stride: number,
  judge: (process: JobProcess, folder: string, undisturbed: Undisturbed) => Promise<void>,
): Promise<number> {
  const undisturbed = await runUndisturbed(room.another())
  let hits = 0
  for (let first = 1; ; first += stride * AT_ONCE) {
    const runs = Array.from({ length: AT_ONCE }, async (_, place) => {
      const folder = room.another()
      const before = injecting(fault(first + place * stride))
      const process = room.start('run', { folder, before, isQuiet: true })
      await process.ended
      await judge(process, folder, undisturbed)
      return process.told.at(-1)?.what === 'end'
    })
    const isOver = await Promise.all(runs)
    hits += isOver.filter((ended) => !ended).length
    if (isOver.every(Boolean)) return hits
  }
}

describe.skipIf(noStrace)(orSkipped('a process that is killed (faults 1, 34 and 35)', noStrace), () => {
  it.each([
    ['mkdir', 1],
    ['fsync', 1],
    ['unlink', 1],
    ['link', 2],
    ['rename', 2],
    ['write', 4],
  ])(
    'S5: at any %s leaves no run or one that ends the same, with its files and no unrecorded call',
    async (call, stride) => {
      const hits = await sweep(
        (nth) => `${call}:signal=KILL:when=${nth}`,
        stride,
        async (process, folder, undisturbed) => {
          expectRecorded(process, await room.journalOrNone(folder))
          await expectUndisturbed(room, folder, undisturbed)
        },
      )
      expect(hits).toBeGreaterThan(0)
    },
    120_000,
  )
})

describe.skipIf(noStrace)(orSkipped('a system call that fails (faults 6, 7, 8 and 44)', noStrace), () => {
  it.each([
    ['mkdir', 'ENOSPC', 1],
    ['fsync', 'EIO', 1],
    ['fdatasync', 'EIO', 2],
    ['link', 'EDQUOT', 2],
    ['rename', 'ENOSPC', 2],
    ['openat', 'EMFILE', 12],
  ])(
    'S8: any %s with %s is told or ends the run typed; no call is unrecorded, and the run ends the same',
    async (call, error, stride) => {
      const hits = await sweep(
        (nth) => `${call}:error=${error}:when=${nth}`,
        stride,
        async (process, folder, undisturbed) => {
          const last = process.told.at(-1)
          const isTyped = last?.what === 'thrown' && last.code === 'storage_failed'
          // Node itself opens files as well, and ends when it cannot.
          const isNode = call === 'openat' && last === undefined
          expect([isTyped, isNode, last?.status === 'succeeded']).toContain(true)
          expectRecorded(process, await room.journalOrNone(folder))
          await expectUndisturbed(room, folder, undisturbed)
        },
      )
      expect(hits).toBeGreaterThan(0)
    },
    120_000,
  )
})
