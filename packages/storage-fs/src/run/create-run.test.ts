import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { chdir, cwd } from 'node:process'
import { describe, expect, it } from 'vitest'
import { begin, note, notes, RUN_ID } from '../fixtures/events.fixture.ts'
import { failureOf, pauseInput, readAll, useSandbox } from '../fixtures/sandbox.fixture.ts'
import { createFsStorage } from '../fs-storage.ts'

const sandbox = useSandbox()

describe('a new run', () => {
  it("J4: has the sources' layout, the inbox with its first input and the summary when it is let go", async () => {
    const writer = await sandbox.begin()
    const names = ['events.jsonl', 'lock.1', 'spec.json']
    expect(readdirSync(sandbox.at()).sort()).toEqual(names)
    await sandbox.another().submit(RUN_ID, pauseInput('first'))
    await writer.close()
    expect(readdirSync(sandbox.at()).sort()).toEqual([...names, 'inbox', 'meta.json'].sort())
    expect(readdirSync(sandbox.root).sort()).toEqual(['.staging', RUN_ID])
    expect(readdirSync(`${sandbox.root}/.staging`)).toEqual([])
  })

  it('appears once of many that race for its id', async () => {
    const storages = Array.from({ length: 8 }, () => sandbox.another())
    const created = await Promise.allSettled(
      storages.map((storage, index) => storage.createRun([...begin(), note(3, index)])),
    )
    expect(created.filter(({ status }) => status === 'fulfilled').length).toBe(1)
    const [loser] = created.filter((one) => one.status === 'rejected')
    expect(loser?.reason).toMatchObject({ code: 'run_exists' })
    expect((await readAll(sandbox.storage)).length).toBe(3)
    expect(readdirSync(`${sandbox.root}/.staging`)).toEqual([])
  })

  it('does not begin with another event than run_created, nor without one, nor in the middle', async () => {
    const [, started] = begin()
    const { storage } = sandbox
    expect((await failureOf(storage.createRun([note(1)]))).code).toBe('event_invalid')
    expect((await failureOf(storage.createRun([]))).code).toBe('path_refused')
    expect((await failureOf(storage.createRun(started ? [started] : []))).code).toBe('journal_conflict')
    expect(existsSync(sandbox.at())).toBe(false)
  })

  it('is made in the folder that was meant when the storage was made', async () => {
    const before = cwd()
    chdir(sandbox.root)
    const storage = createFsStorage()
    chdir(before)
    const writer = await storage.createRun(begin())
    await writer.close()
    expect(existsSync(`${sandbox.root}/runs/${RUN_ID}/events.jsonl`)).toBe(true)
  })

  it('is made where the folder of all runs was deleted meanwhile', async () => {
    await sandbox.leave()
    rmSync(sandbox.root, { recursive: true })
    await sandbox.leave(...notes(3, 2))
    expect((await readAll(sandbox.storage)).length).toBe(4)
  })

  it('takes the place of nothing that is no run', async () => {
    mkdirSync(sandbox.at(), { recursive: true })
    writeFileSync(sandbox.at('mine.txt'), 'mine')
    expect((await failureOf(sandbox.begin())).code).toBe('run_exists')
    expect(readdirSync(sandbox.at())).toEqual(['mine.txt'])
  })
})

describe('the staging', () => {
  it('is swept of what a crash left long ago, and not of what is being made', async () => {
    const left = `${sandbox.root}/.staging/left`
    const fresh = `${sandbox.root}/.staging/fresh`
    for (const folder of [left, fresh]) mkdirSync(folder, { recursive: true })
    utimesSync(left, 1, 1)
    await sandbox.begin()
    expect(readdirSync(`${sandbox.root}/.staging`)).toEqual(['fresh'])
    expect(statSync(fresh).isDirectory()).toBe(true)
  })

  it('is made again where a run is removed that came from elsewhere', async () => {
    await sandbox.leave()
    rmSync(`${sandbox.root}/.staging`, { recursive: true })
    await sandbox.another().remove(RUN_ID)
    expect(readdirSync(sandbox.root)).toEqual(['.staging'])
  })
})
