import { cpSync, existsSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { note, notes, RUN_ID } from '../fixtures/events.fixture.ts'
import { failureOf, useSandbox } from '../fixtures/sandbox.fixture.ts'

const sandbox = useSandbox()

const disturbances: readonly (readonly [string, () => void])[] = [
  ['deleted', () => rmSync(sandbox.at(), { recursive: true })],
  ['moved', () => renameSync(sandbox.at(), `${sandbox.root}/moved`)],
  ['deleted together with all others', () => rmSync(sandbox.root, { recursive: true })],
  [
    'moved and replaced by a copy',
    () => {
      renameSync(sandbox.at(), `${sandbox.root}/moved`)
      cpSync(`${sandbox.root}/moved`, sandbox.at(), { recursive: true })
    },
  ],
  ['left without its journal', () => rmSync(sandbox.at('events.jsonl'))],
  [
    'given another journal',
    () => {
      cpSync(sandbox.at('events.jsonl'), sandbox.at('copy'))
      renameSync(sandbox.at('copy'), sandbox.at('events.jsonl'))
    },
  ],
]

describe('a run whose folder is disturbed while it runs', () => {
  it.each(disturbances)('fails its next flushed append when it was %s', async (_, disturb) => {
    const writer = await sandbox.begin()
    disturb()
    const failure = await failureOf(writer.append([note(3)]))
    expect(failure.code).toBe('run_gone')
    expect(failure.message).toMatch(/is gone: .*events\.jsonl.*Put its folder back/)
    expect(await writer.owned()).toBe(false)
    await writer.close()
  })

  it.each(disturbances)('fails soon without a flush when it was %s', async (_, disturb) => {
    const writer = await sandbox.begin()
    disturb()
    const appends = notes(3, 64).map((event) => () => writer.append([event], { sync: 'os' }))
    const failure = await failureOf(
      (async () => {
        for (const append of appends) await append()
      })(),
    )
    expect(failure.code).toBe('run_gone')
  })

  it('S7: is owned no more once an equal journal has taken the place of its own', async () => {
    const writer = await sandbox.begin()
    cpSync(sandbox.at('events.jsonl'), sandbox.at('copy'))
    renameSync(sandbox.at('copy'), sandbox.at('events.jsonl'))
    expect(await writer.owned()).toBe(false)
    await writer.close()
  })

  it('makes no new run out of what is left', async () => {
    const writer = await sandbox.begin()
    rmSync(sandbox.at(), { recursive: true })
    await failureOf(writer.append([note(3)], { sync: 'os' }))
    await writer.close()
    expect(existsSync(sandbox.at())).toBe(false)
    expect((await failureOf(sandbox.storage.openRun(RUN_ID))).code).toBe('run_not_found')
  })

  it('ends the writer when somebody else wrote to its journal', async () => {
    const writer = await sandbox.begin()
    writeFileSync(sandbox.at('events.jsonl'), '{"type":"forged"}\n', { flag: 'a' })
    const failure = await failureOf(writer.append([note(3)]))
    expect(failure.message).toContain('somebody else changed')
  })

  it('fails a reader that follows it, rather than to wait for ever', async () => {
    await sandbox.leave()
    const reader = sandbox.another().readEvents(RUN_ID, { follow: true })[Symbol.asyncIterator]()
    await reader.next()
    await reader.next()
    const waiting = failureOf(reader.next())
    rmSync(sandbox.at(), { recursive: true })
    expect((await waiting).code).toBe('run_gone')
  })
})

describe('a run that is a symbolic link', () => {
  it('J5: is refused in every way to use it', async () => {
    await sandbox.leave()
    const link = 'run-link'
    symlinkSync(sandbox.at(), `${sandbox.root}/${link}`)
    const { storage } = sandbox
    const uses = [
      storage.openRun(link),
      storage.readEvents(link)[Symbol.asyncIterator]().next(),
      storage.submit(link, { kind: 'control', inputId: 'i', submittedAt: 1, control: 'stop', by: 'x' }),
      storage.remove(link),
      storage.artifacts(link).put('a.md', 'x'),
      storage.artifacts(link).get('a.md'),
      storage.artifacts(link).list(),
    ]
    for (const use of uses) expect((await failureOf(use)).code).toBe('path_refused')
    const { runs, unreadable } = await storage.listRuns()
    expect(runs.map(({ runId }) => runId)).toEqual([RUN_ID])
    expect(unreadable?.[0]).toMatchObject({ runId: link, error: { code: 'path_refused' } })
  })

  it('J5: is refused when only its journal or its inbox is one', async () => {
    await sandbox.leave()
    renameSync(sandbox.at('events.jsonl'), `${sandbox.root}/elsewhere`)
    symlinkSync(`${sandbox.root}/elsewhere`, sandbox.at('events.jsonl'))
    expect((await failureOf(sandbox.storage.openRun(RUN_ID))).code).toBe('path_refused')
    rmSync(sandbox.at('events.jsonl'))
    renameSync(`${sandbox.root}/elsewhere`, sandbox.at('events.jsonl'))
    symlinkSync(sandbox.root, sandbox.at('inbox'))
    const input = { kind: 'control', inputId: 'i', submittedAt: 1, control: 'stop', by: 'x' } as const
    expect((await failureOf(sandbox.storage.submit(RUN_ID, input))).code).toBe('path_refused')
    const writer = await sandbox.storage.openRun(RUN_ID)
    expect((await failureOf(writer.backlog())).code).toBe('path_refused')
  })
})
