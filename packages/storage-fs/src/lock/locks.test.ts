import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { note, RUN_ID } from '../fixtures/events.fixture.ts'
import { failureOf, readAll, useSandbox } from '../fixtures/sandbox.fixture.ts'
import { noStrace, orSkipped, useWorkers } from '../fixtures/worker-process.fixture.ts'

const sandbox = useSandbox()
const startWorker = useWorkers()

function lockFiles(): readonly string[] {
  return readdirSync(sandbox.at()).filter((name) => name.startsWith('lock.'))
}

/** Begins a run in another process and kills that process. */
async function leaveDead(): Promise<void> {
  const owner = await startWorker({ root: sandbox.root })
  await owner.get({ do: 'create' })
  await owner.kill()
}

describe('the lock of a run', () => {
  it('S7: keeps a second process out, and names the owner', async () => {
    const owner = await startWorker({ root: sandbox.root })
    await owner.get({ do: 'create' })
    const failure = await failureOf(sandbox.storage.openRun(RUN_ID))
    const { pid } = owner.process
    expect(failure.code).toBe('run_locked')
    expect(failure.details).toEqual({ owner: { pid, host: expect.any(String), alive: true } })
    expect(failure.message).toMatch(new RegExp(`locked by process ${pid} on host ".+".* It is running`))
  })

  it('S7: keeps a second handle of the same process out', async () => {
    const writer = await sandbox.begin()
    expect((await failureOf(sandbox.storage.openRun(RUN_ID))).code).toBe('run_locked')
    expect((await failureOf(sandbox.another().openRun(RUN_ID))).code).toBe('run_locked')
    await writer.close()
    expect((await sandbox.another().openRun(RUN_ID)).lastSeq).toBe(2)
  })

  it('S7: is not given to who asks for a takeover while the owner is seen to live', async () => {
    await sandbox.begin()
    const failure = await failureOf(sandbox.another().openRun(RUN_ID, { takeover: true }))
    expect(failure.code).toBe('run_locked')
  })

  it('S7: passes from an owner that was killed, and its events are there', async () => {
    await leaveDead()
    const writer = await sandbox.storage.openRun(RUN_ID)
    expect(writer.lastSeq).toBe(2)
    expect(await writer.owned()).toBe(true)
    expect(lockFiles()).toEqual(['lock.2'])
  })

  it('S7: passes on when its process number belongs to another process by now', async () => {
    await sandbox.begin()
    const lock = JSON.parse(readFileSync(sandbox.at('lock.1'), 'utf8'))
    expect(lock.pid).toBe(process.pid)
    writeFileSync(sandbox.at('lock.1'), JSON.stringify({ ...lock, start_time: '1' }))
    expect((await sandbox.another().openRun(RUN_ID)).lastSeq).toBe(2)
  })

  it('S7: passes on after the machine started anew', async () => {
    await sandbox.begin()
    const lock = JSON.parse(readFileSync(sandbox.at('lock.1'), 'utf8'))
    writeFileSync(sandbox.at('lock.1'), JSON.stringify({ ...lock, boot: 'before' }))
    expect((await sandbox.another().openRun(RUN_ID)).lastSeq).toBe(2)
  })

  it.each([
    ['another host', { host: 'elsewhere' }],
    ['another machine of the same name', { machine: 'another' }],
    ['another container of the same name', { pid_namespace: 'pid:[1]' }],
  ])('S7: passes from an owner in %s only by takeover', async (_, change) => {
    await sandbox.begin(note(3))
    const lock = JSON.parse(readFileSync(sandbox.at('lock.1'), 'utf8'))
    writeFileSync(sandbox.at('lock.1'), JSON.stringify({ ...lock, ...change }))
    const failure = await failureOf(sandbox.another().openRun(RUN_ID))
    expect(failure.code).toBe('run_locked')
    expect(failure.message).toMatch(/cannot be seen from here.*takeover: true/)
    expect(failure.details).toEqual({ owner: { pid: process.pid, host: { ...lock, ...change }.host } })
    const writer = await sandbox.another().openRun(RUN_ID, { takeover: true })
    expect(writer.lastSeq).toBe(3)
    expect(lockFiles()).toEqual(['lock.2'])
  })

  it('S7: with an unreadable content is held by an unknown owner', async () => {
    await sandbox.begin()
    writeFileSync(sandbox.at('lock.1'), 'not JSON')
    const failure = await failureOf(sandbox.another().openRun(RUN_ID))
    expect(failure.message).toContain('locked by an unknown process')
    expect((await sandbox.another().openRun(RUN_ID, { takeover: true })).lastSeq).toBe(2)
  })

  it('S7: is given back by close(), also after a failure', async () => {
    const writer = await sandbox.begin()
    await failureOf(writer.append([note(9)]))
    expect((await failureOf(sandbox.another().openRun(RUN_ID))).code).toBe('run_locked')
    await writer.close()
    expect(readFileSync(sandbox.at('lock.1'), 'utf8')).toBe('')
    expect((await sandbox.another().openRun(RUN_ID)).lastSeq).toBe(2)
  })

  it('S7: lets go of nothing that a later owner holds when an earlier one closes', async () => {
    const writer = await sandbox.begin()
    const elsewhere = sandbox.another('elsewhere')
    const next = await elsewhere.openRun(RUN_ID, { takeover: true })
    await writer.close()
    expect(await next.owned()).toBe(true)
    await next.append([note(3)])
    expect((await readAll(sandbox.storage)).length).toBe(3)
  })
})

describe('a race for the lock of a dead owner', () => {
  it('S7: has one winner in each of 150 rounds', async () => {
    await leaveDead()
    const dead = `${sandbox.root}/dead`
    cpSync(sandbox.at(), dead, { recursive: true })
    const racers = await Promise.all([1, 2, 3].map(() => startWorker({ root: sandbox.root })))
    for (let round = 0; round < 150; round++) {
      rmSync(sandbox.at(), { recursive: true })
      cpSync(dead, sandbox.at(), { recursive: true })
      const replies = await Promise.all(racers.map((racer) => racer.ask({ do: 'open' })))
      const codes = replies.map(({ error }) => error?.code ?? 'won').sort()
      expect(codes).toEqual(['run_locked', 'run_locked', 'won'])
      const winner = racers[replies.findIndex(({ error }) => error === undefined)]
      expect(await winner?.get({ do: 'owned' })).toBe(true)
      await winner?.get({ do: 'append', count: 1, sync: 'os' })
      await winner?.get({ do: 'close' })
    }
  })

  it.skipIf(noStrace)(
    orSkipped('S7: is lost by who comes late with a number that was passed', noStrace),
    async () => {
      await leaveDead()
      const trace = ['strace', '-f', '-o', `${sandbox.root}/trace`, '-e', 'trace=link']
      const before = [...trace, '-e', 'inject=link:delay_enter=1500000:when=2']
      const late = await startWorker({ root: sandbox.root, before })
      const opening = late.ask({ do: 'open' })
      await pendingLock()
      await (await sandbox.storage.openRun(RUN_ID)).close()
      const owner = await sandbox.another().openRun(RUN_ID)
      expect(lockFiles()).toEqual(['lock.3'])
      expect((await opening).error?.code).toBe('run_locked')
      expect(lockFiles()).toEqual(['lock.3'])
      await owner.append([note(3)])
    },
  )

  /** Waits until somebody has written a lock that has no number yet. */
  async function pendingLock(): Promise<void> {
    while (!readdirSync(sandbox.at()).some((name) => name.startsWith('.lock-'))) await setTimeout(5)
  }
})
