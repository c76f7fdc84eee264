import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { begin, note, RUN_ID } from '../fixtures/events.fixture.ts'
import { failureOf, readAll, useSandbox } from '../fixtures/sandbox.fixture.ts'
import { noStrace, orSkipped, useWorkers, type Worker } from '../fixtures/worker-process.fixture.ts'

const sandbox = useSandbox()
const startWorker = useWorkers()

/** Starts a worker whose n-th call of a kind fails, is delayed or kills it; on the journal unless told otherwise. */
function startFaulty(fault: string, path: string | undefined = sandbox.at('events.jsonl')): Promise<Worker> {
  const [call = ''] = fault.split(':')
  const on = path === '' ? [] : ['-P', path]
  const before = ['strace', '-f', '-o', `${sandbox.root}/trace`, ...on, '-e', `trace=${call}`]
  return startWorker({ root: sandbox.root, before: [...before, '-e', `inject=${fault}`] })
}

async function seqs(): Promise<readonly number[]> {
  return (await readAll(sandbox.another())).map(({ seq }) => seq)
}

function upTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, index) => index + 1)
}

/** The run can be resumed by another process, which appends to it. */
async function expectResumable(lastSeqs: readonly number[]): Promise<void> {
  const worker = await startWorker({ root: sandbox.root })
  const { lastSeq } = (await worker.get({ do: 'open' })) as { lastSeq: number } // what a worker tells of opening
  expect(lastSeqs).toContain(lastSeq)
  await worker.get({ do: 'append', count: 2, sync: 'disk' })
  expect(await seqs()).toEqual(upTo(lastSeq + 2))
}

describe.skipIf(noStrace)(orSkipped('a process that is killed', noStrace), () => {
  it.each([1, 2, 3, 4, 5])('J3: before write %i leaves all that counted and nothing else', async (nth) => {
    const worker = await startFaulty(`write:signal=KILL:when=${nth}`)
    await worker.get({ do: 'create' })
    expect((await worker.ask({ do: 'append', count: 5, sync: 'disk' })).error?.code).toBe('gone')
    expect(await worker.ended).toBe('SIGKILL')
    expect(await seqs()).toEqual(upTo(2 + nth - 1))
    await expectResumable([2 + nth - 1])
  })

  it.each([1, 2, 3])('J3: between write and flush %i leaves the event whole or not at all', async (nth) => {
    const worker = await startFaulty(`fdatasync:signal=KILL:when=${nth}`)
    await worker.get({ do: 'create' })
    await worker.ask({ do: 'append', count: 5, sync: 'disk' })
    expect(await worker.ended).toBe('SIGKILL')
    await expectResumable([2 + nth - 1, 2 + nth])
  })

  it.each([
    ['before its run appears', 'rename:signal=KILL:when=1', false],
    ['when its run has appeared', 'fsync:signal=KILL:when=3', true],
  ])('makes the run appear whole or not at all: %s', async (_, fault, isThere) => {
    const worker = await startFaulty(fault, '')
    await worker.ask({ do: 'create' })
    expect(await worker.ended).toBe('SIGKILL')
    expect(existsSync(sandbox.at())).toBe(isThere)
    expect((await sandbox.storage.listRuns()).runs.length).toBe(isThere ? 1 : 0)
    if (isThere) await expectResumable([2])
    else await sandbox.begin()
    expect(readdirSync(`${sandbox.root}/.staging`)).toEqual([])
  })

  it.each([
    ['before it has the lock', 'link:signal=KILL:when=2', 'takeover'],
    ['before it fences the owner', 'rename:signal=KILL:when=1', 'open'],
    ['before it exchanges the journal', 'rename:signal=KILL:when=2', 'open'],
    ['before it removes the lock of the owner', 'unlink:signal=KILL:when=4', 'open'],
  ] as const)('S7: while it takes over, %s, leaves a run for the next', async (_, fault, how) => {
    const owner = await sandbox.another('elsewhere').createRun(begin())
    const taker = await startFaulty(fault, '')
    await taker.ask({ do: 'takeover' })
    expect(await taker.ended).toBe('SIGKILL')
    const next = await startWorker({ root: sandbox.root })
    await next.get({ do: how })
    expect((await failureOf(owner.append([note(3, 'old')]))).code).toBe('run_lock_lost')
    await next.get({ do: 'append', count: 2, sync: 'disk' })
    expect(await seqs()).toEqual(upTo(4))
    expect(await next.get({ do: 'owned' })).toBe(true)
  })
})

describe.skipIf(noStrace)(orSkipped('a disk that is full', noStrace), () => {
  it('S8: fails the append typed, ends the writer, and lets the run go on when there is space', async () => {
    const worker = await startFaulty('write:error=ENOSPC:when=3')
    await worker.get({ do: 'create' })
    const { error } = await worker.ask({ do: 'append', count: 5, sync: 'disk' })
    expect(error).toEqual({
      code: 'storage_failed',
      message: expect.stringMatching(/append to ".*events.jsonl": ENOSPC. Free space on the device/),
      retryable: true,
    })
    const again = await worker.ask({ do: 'append', count: 1, sync: 'disk' })
    expect(again.error).toEqual(error)
    expect(await seqs()).toEqual(upTo(4))
    await worker.get({ do: 'close' })
    expect(await worker.get({ do: 'open' })).toEqual({ lastSeq: 4, notices: [] })
    await worker.get({ do: 'append', count: 2, sync: 'disk' })
    expect(await seqs()).toEqual(upTo(6))
  })

  it.each(['mkdir', 'rename'] as const)(
    'lets no run appear when %s fails, and the next try works',
    async (call) => {
      const when = { mkdir: 2, rename: 1 }[call]
      const worker = await startFaulty(`${call}:error=ENOSPC:when=${when}`, '')
      const { error } = await worker.ask({ do: 'create' })
      expect([error?.code, error?.retryable]).toEqual(['storage_failed', true])
      expect(readdirSync(sandbox.root).sort()).toEqual(['.staging', 'trace'])
      expect(readdirSync(`${sandbox.root}/.staging`)).toEqual([])
      await worker.get({ do: 'create' })
      expect(await seqs()).toEqual([1, 2])
    },
  )
})

describe.skipIf(noStrace)(orSkipped('a device that fails', noStrace), () => {
  it('J3: at a flush ends the writer, which never tries again and takes back what was not flushed', async () => {
    const worker = await startFaulty('fdatasync:error=EIO:when=3')
    await worker.get({ do: 'create' })
    const { error } = await worker.ask({ do: 'append', count: 5, sync: 'disk' })
    expect([error?.code, error?.retryable]).toEqual(['storage_failed', false])
    expect(error?.message).toMatch(/flush ".*events.jsonl": EIO. The device failed/)
    await worker.ask({ do: 'append', count: 1, sync: 'disk' })
    await worker.get({ do: 'close' })
    const flushes = readFileSync(`${sandbox.root}/trace`, 'utf8').match(/fdatasync\(/g)
    expect(flushes?.length).toBe(3)
    expect(await seqs()).toEqual(upTo(4))
    await expectResumable([4])
  })

  it('refuses to open a run whose journal cannot be flushed', async () => {
    await sandbox.leave()
    const worker = await startFaulty('fdatasync:error=EIO:when=1')
    expect((await worker.ask({ do: 'open' })).error?.code).toBe('storage_failed')
    expect(await worker.get({ do: 'open' })).toEqual({ lastSeq: 2, notices: [] })
  })

  it('makes no run when its folder cannot be flushed', async () => {
    const worker = await startFaulty('fsync:error=EIO:when=3', '')
    expect((await worker.ask({ do: 'create' })).error?.code).toBe('storage_failed')
    expect(existsSync(sandbox.at())).toBe(false)
    expect((await failureOf(sandbox.storage.openRun(RUN_ID))).code).toBe('run_not_found')
  })
})

describe.skipIf(noStrace)(orSkipped('an input', noStrace), () => {
  it('H2: that cannot be flushed was not left, and the next one is', async () => {
    const writer = await sandbox.begin()
    const worker = await startFaulty('fsync:error=EIO:when=1', '')
    expect((await worker.ask({ do: 'submit', inputId: 'lost' })).error?.code).toBe('storage_failed')
    await worker.get({ do: 'submit', inputId: 'kept' })
    expect((await writer.backlog()).map(({ inputId }) => inputId)).toEqual(['kept'])
  })
})

describe.skipIf(noStrace)(orSkipped('a reader', noStrace), () => {
  it('J3: of the owner process sees an event only when it is flushed', async () => {
    const worker = await startFaulty('fdatasync:delay_enter=300000:when=2')
    await worker.get({ do: 'create' })
    await worker.get({ do: 'append', count: 1, sync: 'disk' })
    expect(await worker.get({ do: 'look while it appends' })).toEqual({ before: 3, after: 4 })
  })

  it('J3: of another process flushes the journal before it reads', async () => {
    await sandbox.begin()
    const before = ['strace', '-f', '-o', `${sandbox.root}/trace`, '-P', sandbox.at('events.jsonl')]
    const worker = await startWorker({ root: sandbox.root, before })
    expect(await worker.get({ do: 'read' })).toEqual([1, 2])
    const calls = readFileSync(`${sandbox.root}/trace`, 'utf8').match(/fdatasync|pread64/g)
    expect(calls).toEqual(['fdatasync', 'pread64'])
  })
})

describe.skipIf(noStrace)(orSkipped('a file system', noStrace), () => {
  it('without hard links is refused, since no lock can be made on it', async () => {
    const worker = await startFaulty('link,linkat:error=EPERM', '')
    const { error } = await worker.ask({ do: 'create' })
    expect(error?.code).toBe('file_system_unsupported')
    expect(error?.message).toMatch(/makes no hard links \(EPERM\).*choose another folder/)
  })

  it('that ignores case is told as a notice', async () => {
    await sandbox.leave()
    const worker = await startFaulty('access:retval=0', '')
    expect(await worker.get({ do: 'open' })).toEqual({
      lastSeq: 2,
      notices: [{ code: 'file_system_ignores_case', message: expect.stringContaining(sandbox.root) }],
    })
  })

  it('that may only be read is refused before anything is made', async () => {
    const worker = await startFaulty('mkdir:error=EROFS', '')
    const { error } = await worker.ask({ do: 'create' })
    expect(error?.code).toBe('storage_failed')
    expect(error?.message).toMatch(/EROFS. The file system is read-only: choose another folder/)
  })

  it('J5: without /proc has its folders checked by name, and links in them refused all the same', async () => {
    await sandbox.leave()
    symlinkSync(sandbox.root, sandbox.at('build'))
    const worker = await startFaulty('access:error=ENOENT', '/proc/self/fd')
    expect((await worker.ask({ do: 'put', path: 'build/x.md', size: 1 })).error?.code).toBe('path_refused')
    expect((await worker.ask({ do: 'put', path: 'events.jsonl/x', size: 1 })).error?.code).toBe(
      'path_refused',
    )
    await worker.get({ do: 'put', path: 'plan/new/x.md', size: 3 })
    expect((await worker.ask({ do: 'put', path: 'plan/new/x.md/y', size: 1 })).error?.code).toBe(
      'storage_failed',
    )
    expect(await sandbox.storage.artifacts(RUN_ID).get('plan/new/x.md')).toBe('xxx')
    expect(existsSync(`${sandbox.root}/x.md`)).toBe(false)
  })
})
