import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import type { RunSummary } from '@batonjs/core'
import { describe, expect, it } from 'vitest'
import { begin, completed, note, notes, RUN_ID } from '../fixtures/events.fixture.ts'
import { useSandbox } from '../fixtures/sandbox.fixture.ts'
import { useWorkers } from '../fixtures/worker-process.fixture.ts'

const sandbox = useSandbox()
const startWorker = useWorkers()

async function summaryOf(runId = RUN_ID): Promise<RunSummary | undefined> {
  return (await sandbox.another().listRuns({ runId })).runs[0]
}

function meta(): Record<string, unknown> {
  return JSON.parse(readFileSync(sandbox.at('meta.json'), 'utf8'))
}

describe('spec.json', () => {
  it("J4: tells what was asked for, with the sources' names", async () => {
    await sandbox.begin()
    expect(JSON.parse(readFileSync(sandbox.at('spec.json'), 'utf8'))).toEqual({
      run_id: RUN_ID,
      created_at: '2026-01-02T03:04:05.000Z',
      format_version: 1,
      flow_keys: ['sample'],
      follow: 'list',
      params: { depth: 2 },
      initiator: 'test',
      limits: {},
      flows: [{ key: 'sample', title: 'Sample' }],
    })
  })
})

describe('spec.json, when it is lost', () => {
  it('J4: is back when the run is opened', async () => {
    await sandbox.leave()
    const text = readFileSync(sandbox.at('spec.json'), 'utf8')
    rmSync(sandbox.at('spec.json'))
    await sandbox.another().openRun(RUN_ID)
    expect(readFileSync(sandbox.at('spec.json'), 'utf8')).toBe(text)
  })
})

describe('meta.json', () => {
  it("J4: is there when the run is listed or let go, with the sources' names", async () => {
    const writer = await sandbox.begin()
    await sandbox.storage.listRuns()
    const listed = meta()
    await writer.close()
    expect(meta()).toEqual(listed)
    expect(meta()).toMatchObject({
      run_id: RUN_ID,
      status: 'running',
      flows: ['sample'],
      initiator: 'test',
      created_at: '2026-01-02T03:04:05.000Z',
      updated_at: '2026-01-02T03:04:05.000Z',
      last_seq: 2,
      open_requests: [],
      journal: { size: sandbox.journal().length },
    })
  })

  it('J4: tells the end of a run that was closed', async () => {
    const writer = await sandbox.begin()
    await writer.append([...notes(3, 2), completed(5)])
    await writer.close()
    expect(meta()).toMatchObject({
      status: 'succeeded',
      last_seq: 5,
      journal: { size: sandbox.journal().length },
    })
  })

  it('J4: is never trusted over the journal', async () => {
    await sandbox.leave(note(3))
    const truth = await summaryOf()
    expect(truth?.lastSeq).toBe(3)
    for (const text of ['', '{', '[]', '{"journal":{}}']) {
      writeFileSync(sandbox.at('meta.json'), text)
      expect(await summaryOf()).toEqual(truth)
    }
    const kept = meta()
    for (const change of [{ status: 'fine' }, { last_seq: '3' }, { open_requests: [{}] }, { flows: [1] }]) {
      writeFileSync(sandbox.at('meta.json'), JSON.stringify({ ...kept, ...change }))
      expect(await summaryOf()).toEqual(truth)
    }
  })

  it('J4: is made anew by a list when the journal is another one by its size or its time', async () => {
    await sandbox.leave(note(3))
    const { journal: stamp, ...rest } = meta()
    writeFileSync(sandbox.at('meta.json'), JSON.stringify({ ...rest, initiator: 'stale', journal: stamp }))
    expect((await summaryOf())?.initiator).toBe('stale')
    utimesSync(sandbox.at('events.jsonl'), 1, 1)
    expect((await summaryOf())?.initiator).toBe('test')
    expect(meta().initiator).toBe('test')
  })

  it('J4: can be left out, and is back after a list', async () => {
    await sandbox.leave(...notes(3, 3), completed(6))
    rmSync(sandbox.at('meta.json'))
    rmSync(sandbox.at('spec.json'))
    expect(await summaryOf()).toMatchObject({ status: 'succeeded', lastSeq: 6 })
    expect(meta().status).toBe('succeeded')
  })
})

describe('listRuns', () => {
  it('S3: computes interrupted from the journal and the owner', async () => {
    const writer = await sandbox.begin()
    const owner = { pid: process.pid, host: expect.any(String), alive: true }
    expect(await summaryOf()).toMatchObject({ status: 'running', owner })
    await writer.close()
    expect((await summaryOf())?.status).toBe('interrupted')
    expect(await summaryOf()).not.toHaveProperty('owner')
  })

  it('S3: tells an owner that died, and lists its run as interrupted', async () => {
    const worker = await startWorker({ root: sandbox.root })
    await worker.get({ do: 'create' })
    const { pid } = worker.process
    await worker.kill()
    const owner = { pid, host: expect.any(String), alive: false }
    expect(await summaryOf()).toMatchObject({ status: 'interrupted', owner })
  })

  it('S3: leaves the status as it is while the owner is where nobody can see it', async () => {
    await sandbox.another('elsewhere').createRun(begin())
    const summary = await summaryOf()
    expect(summary?.status).toBe('running')
    expect(summary?.owner).toEqual({ pid: process.pid, host: 'elsewhere' })
  })

  it('tells of a run that cannot be read beside the page, and lists the others', async () => {
    await sandbox.leave()
    const other = await sandbox.storage.createRun(begin('run-other'))
    await other.close()
    rmSync(sandbox.at('meta.json'))
    sandbox.setJournal('damaged\n')
    const page = await sandbox.another().listRuns()
    expect(page.runs.map(({ runId }) => runId)).toEqual(['run-other'])
    expect(page.unreadable).toEqual([
      { runId: RUN_ID, error: expect.objectContaining({ code: 'journal_corrupt' }) },
    ])
  })

  it('passes over what is no run', async () => {
    await sandbox.leave()
    mkdirSync(`${sandbox.root}/empty-folder`)
    writeFileSync(`${sandbox.root}/README.md`, 'mine')
    mkdirSync(`${sandbox.root}/.git`)
    const page = await sandbox.storage.listRuns()
    expect(page).toEqual({ runs: [expect.objectContaining({ runId: RUN_ID })] })
  })

  it('reads no more of a completed run than its first and last event', async () => {
    await sandbox.leave(note(3, 'x'.repeat(100_000)), note(4), completed(5))
    const bytes = sandbox.journal()
    bytes[bytes.indexOf('xxxx') + 50_000] = 0
    sandbox.setJournal(bytes)
    expect(await summaryOf()).toMatchObject({ status: 'succeeded', lastSeq: 5 })
  })

  it('lists a run whose last line is torn by its whole lines', async () => {
    await sandbox.leave(note(3), note(4))
    sandbox.setJournal(sandbox.journal().subarray(0, -5))
    expect((await summaryOf())?.lastSeq).toBe(3)
  })
})
