import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { begin, note } from '../fixtures/events.fixture.ts'
import { failureOf, readAll, useSandbox } from '../fixtures/sandbox.fixture.ts'
import { orSkipped, useWorkers } from '../fixtures/worker-process.fixture.ts'
import { createFsStorage } from '../fs-storage.ts'

const sandbox = useSandbox()
const startWorker = useWorkers()
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

async function seqs(): Promise<readonly number[]> {
  return (await readAll(sandbox.another())).map(({ seq }) => seq)
}

describe('a limit on the size of files', () => {
  it('J3: that cuts a write short without an error leaves whole lines only', async () => {
    const before = ['bash', '-c', 'ulimit -f 2 && exec "$@"', 'bash']
    const worker = await startWorker({ root: sandbox.root, before })
    await worker.get({ do: 'create' })
    const { error } = await worker.ask({ do: 'batch', count: 50, text: 'x'.repeat(40) })
    expect(error?.code).toBe('storage_failed')
    expect(error?.message).toMatch(/EFBIG.*ulimit -f/)
    const text = sandbox.journal().toString()
    expect(text.endsWith('\n')).toBe(true)
    expect(text.length).toBeGreaterThan(1_800)
    const kept = await seqs()
    expect(kept.length).toBe(text.split('\n').length - 1)
    await worker.kill()
    const next = await startWorker({ root: sandbox.root })
    expect(await next.get({ do: 'open' })).toEqual({ lastSeq: kept.length, notices: [] })
    await next.get({ do: 'append', count: 50, sync: 'disk' })
    expect((await seqs()).length).toBe(kept.length + 50)
  })
})

describe('a limit on open files', () => {
  it('fails typed and passing, and everything works again when some are closed', async () => {
    await sandbox.leave()
    const before = ['bash', '-c', 'ulimit -n 60 && exec "$@"', 'bash']
    const worker = await startWorker({ root: sandbox.root, before })
    expect(await worker.get({ do: 'readers' })).toEqual({
      error: expect.objectContaining({
        code: 'storage_failed',
        retryable: true,
        message: expect.stringMatching(/EMFILE. This process has too many open files/),
      }),
      after: 2,
    })
  })
})

describe.skipIf(noMount)(orSkipped('a small device', noMount), () => {
  it('S8: that is full fails typed, and the run goes on in the same process when there is space', async () => {
    const folder = `${sandbox.root}/small`
    mkdirSync(folder)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', folder])
    const storage = createFsStorage({ folder: `${folder}/runs` })
    try {
      const writer = await storage.createRun(begin())
      writeFileSync(`${folder}/ballast`, Buffer.alloc(120_000))
      const appending = (async () => {
        for (let seq = 3; ; seq++) await writer.append([note(seq, 'x'.repeat(3_000))], { sync: 'os' })
      })()
      const failure = await failureOf(appending)
      expect([failure.code, failure.retryable]).toEqual(['storage_failed', true])
      expect(failure.message).toContain('ENOSPC')
      const full = await failureOf(
        storage.artifacts('run-20260102-030405-abc123').put('a.md', 'x'.repeat(9_000)),
      )
      expect(full.code).toBe('storage_failed')
      await writer.close()
      rmSync(`${folder}/ballast`)
      const again = await storage.openRun('run-20260102-030405-abc123')
      expect(again.notices).toEqual([])
      await again.append([note(again.lastSeq + 1)])
      expect((await readAll(storage)).length).toBe(again.lastSeq)
      await again.close()
    } finally {
      await storage.dispose?.()
      execFileSync('umount', [folder])
    }
  })
})

describe('a folder without the right to write', () => {
  const user = isRoot ? { uid: NOBODY } : {}

  it('fails typed before anything is made', async () => {
    chmodSync(sandbox.root, 0o555)
    const worker = await startWorker({ root: sandbox.root, ...user })
    const { error } = await worker.ask({ do: 'create' })
    chmodSync(sandbox.root, 0o755)
    expect(error?.code).toBe('storage_failed')
    expect(error?.message).toMatch(/EACCES. Give the user of this process access/)
    expect(readdirSync(sandbox.root)).toEqual([])
  })

  it('can be read from all the same', async () => {
    await sandbox.leave()
    for (const path of [sandbox.at(), sandbox.root]) chmodSync(path, 0o555)
    const worker = await startWorker({ root: sandbox.root, ...user })
    expect(await worker.get({ do: 'read' })).toEqual([1, 2])
    expect((await worker.ask({ do: 'open' })).error?.code).toBe('storage_failed')
    for (const path of [sandbox.root, sandbox.at()]) chmodSync(path, 0o755)
  })
})
