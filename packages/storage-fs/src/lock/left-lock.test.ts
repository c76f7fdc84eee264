import { cpSync, renameSync, rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { note, RUN_ID } from '../fixtures/events.fixture.ts'
import { failureOf, readAll, useSandbox } from '../fixtures/sandbox.fixture.ts'

const sandbox = useSandbox()
const elsewhere = () => `${sandbox.root}/elsewhere`

describe('a lock that could not be released (fault 45)', () => {
  it('S7: since its folder was away does not keep its own process out when that is back', async () => {
    const writer = await sandbox.begin()
    renameSync(sandbox.at(), elsewhere())
    expect((await failureOf(writer.append([note(3)]))).code).toBe('run_gone')
    await writer.close()
    renameSync(elsewhere(), sandbox.at())
    expect((await sandbox.another().listRuns()).runs).toMatchObject([{ status: 'interrupted' }])
    const again = await sandbox.another().openRun(RUN_ID)
    const next = note(again.lastSeq + 1, 'again')
    await again.append([next])
    expect((await readAll(sandbox.another())).at(-1)).toEqual(next)
  })

  it('S7: and is held by a writer that is open still keeps everybody else out', async () => {
    const writer = await sandbox.begin()
    renameSync(sandbox.at(), elsewhere())
    renameSync(elsewhere(), sandbox.at())
    expect((await failureOf(sandbox.another().openRun(RUN_ID))).code).toBe('run_locked')
    await writer.append([note(3)])
  })

  it('S7: is nobody’s in a copy that is put in the place of its run when that was let go', async () => {
    const writer = await sandbox.begin()
    cpSync(sandbox.at(), elsewhere(), { recursive: true })
    await writer.close()
    rmSync(sandbox.at(), { recursive: true })
    renameSync(elsewhere(), sandbox.at())
    expect(await (await sandbox.another().openRun(RUN_ID)).owned()).toBe(true)
  })
})
