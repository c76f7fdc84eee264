import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { allOf, checkJournal, firstOf } from '@batonjs/testkit'
import { afterAll, describe, expect, it } from 'vitest'
import { type JobProcess, orSkipped, useJobRoom } from './job-processes.fixture.ts'

const room = useJobRoom('clock-process')
const home = mkdtempSync(join(tmpdir(), 'baton-clock-'))
const library = findLibrary()
const noFaketime = library === undefined ? 'faketime is not installed' : undefined

afterAll(() => rmSync(home, { recursive: true, force: true }))

/** The library that fakes the clock of the process that it is loaded into. */
function findLibrary(): string | undefined {
  const { error, stdout } = spawnSync('faketime', ['-f', '+0d', 'env'], { encoding: 'utf8' })
  return error === undefined ? /^LD_PRELOAD=(.*)$/m.exec(stdout)?.[1] : undefined
}

/** Starts a process whose clock is wrong by `offset`, and is wrong by `jump` once its run has set it. */
function start(command: string, { offset, jump }: { offset: string; jump: string }): JobProcess {
  const clock = join(home, `clock-${command}`)
  writeFileSync(clock, `${offset}\n`)
  const env = {
    LD_PRELOAD: library ?? '',
    FAKETIME_TIMESTAMP_FILE: clock,
    FAKETIME_NO_CACHE: '1',
    DONT_FAKE_MONOTONIC: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  }
  return room.start(command, { behaviour: jump, env })
}

/** All that waited did so in its own time, and nothing took a day or less than no time. */
async function expectInTime(): Promise<void> {
  const events = await room.journal()
  expect(checkJournal(events)).toEqual([])
  const ends = [...allOf(events, 'step_end'), ...allOf(events, 'step_error')]
  const durations = ends.flatMap(({ durationMs }) => durationMs ?? [])
  expect(durations).not.toEqual([])
  for (const durationMs of durations) {
    expect(durationMs).toBeGreaterThanOrEqual(0)
    expect(durationMs).toBeLessThan(20_000)
  }
  expect(firstOf(events, 'approval_resolved')).toMatchObject({ outcome: 'defaulted' })
  expect(allOf(events, 'step_start').filter(({ stepId }) => stepId === 'flaky')).toHaveLength(2)
  expect(allOf(events, 'budget_exceeded')).toEqual([])
  const stamps = events.map(({ ts }) => ts)
  expect(stamps).toEqual(stamps.toSorted())
}

describe.skipIf(noFaketime)(orSkipped('a clock that is wrong (fault 11)', noFaketime), () => {
  it.each(['-1d', '-1h', '+1h'])(
    'B1, H1: set by %s while a run waits for a retry, a call and a human changes nothing',
    async (jump) => {
      const owner = start('run', { offset: '+0d', jump })
      expect(await owner.ended).toBe(0)
      expect(owner.told.at(-1)).toMatchObject({ what: 'end', status: 'succeeded' })
      await expectInTime()
    },
  )

  it.each(['-1d', '+1d'])(
    'S5: of the process that resumes, by %s, lets retry and deadline come in their time',
    async (offset) => {
      const owner = start('hang', { offset: '+0d', jump: '+0d' })
      await owner.hears(({ what }) => what === 'failed')
      owner.child.kill('SIGKILL')
      await owner.ended
      const next = start('resume', { offset, jump: offset })
      expect(await next.ended).toBe(0)
      expect(next.told.at(-1)).toMatchObject({ what: 'end', status: 'succeeded' })
      await expectInTime()
    },
  )
})
