import { crc32 } from 'node:zlib'
import type { SwarmError } from '@batonjs/core'
import { describe, expect, it } from 'vitest'
import { note, RUN_ID } from '../fixtures/events.fixture.ts'
import { failureOf, readAll, useSandbox } from '../fixtures/sandbox.fixture.ts'

const sandbox = useSandbox()

function seal(fields: object): string {
  const json = JSON.stringify(fields)
  return `${json.slice(0, -1)},"crc":"${crc32(json).toString(16).padStart(8, '0')}"}\n`
}

/** Changes a line of the journal as a newer version might have written it. */
function rewrite(line: number, change: (fields: object) => string): void {
  const lines = sandbox.journal().toString().trimEnd().split('\n')
  const { crc, ...fields } = JSON.parse(lines[line - 1] ?? '')
  expect(crc).toMatch(/^[0-9a-f]{8}$/)
  lines[line - 1] = change(fields).trimEnd()
  sandbox.setJournal(`${lines.join('\n')}\n`)
}

async function failures(): Promise<readonly SwarmError[]> {
  return [await failureOf(readAll(sandbox.storage)), await failureOf(sandbox.storage.openRun(RUN_ID))]
}

describe('a journal of a newer version', () => {
  it('is refused by reader and owner, with both versions named', async () => {
    await sandbox.leave(note(3))
    rewrite(1, (fields) => seal({ ...fields, formatVersion: 7 }))
    for (const failure of await failures()) {
      expect(failure.code).toBe('journal_too_new')
      expect(failure.message).toMatch(/format 7, this version reads up to 1: upgrade Baton/)
      expect(failure.details).toEqual({ found: 7, supported: 1 })
    }
  })

  it('is refused by its version also when its lines are sealed in a way that is not known here', async () => {
    await sandbox.leave(note(3))
    rewrite(1, (fields) => JSON.stringify({ ...fields, formatVersion: 2, sha: 'abc' }))
    for (const failure of await failures()) expect(failure.code).toBe('journal_too_new')
  })

  it('is not suspected where the checksum shows that the version is damaged', async () => {
    await sandbox.leave(note(3))
    sandbox.setJournal(sandbox.journal().toString().replace('"formatVersion":1', '"formatVersion":9'))
    for (const failure of await failures()) expect(failure.code).toBe('journal_corrupt')
  })

  it('is refused for an event that is not known, which is named with its line', async () => {
    await sandbox.leave(note(3), note(4))
    rewrite(3, (fields) => seal({ ...fields, type: 'step_teleported' }))
    const failure = await failureOf(readAll(sandbox.storage))
    expect(failure.code).toBe('journal_too_new')
    expect(failure.message).toContain('an event "step_teleported" at line 3')
    expect(failure.details).toEqual(expect.objectContaining({ line: 3, type: 'step_teleported' }))
  })
})

describe('a journal that does not begin as one', () => {
  it('is refused as damaged when its first event is another', async () => {
    await sandbox.leave(note(3))
    rewrite(1, (fields) => seal({ ...fields, type: 'run_started', owner: 'x' }))
    for (const failure of await failures()) expect(failure.code).toBe('journal_corrupt')
  })
})
