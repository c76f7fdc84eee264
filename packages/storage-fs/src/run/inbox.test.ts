import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunInput, RunWriter } from '@batonjs/core'
import { describe, expect, it } from 'vitest'
import { note, pausing, RUN_ID } from '../fixtures/events.fixture.ts'
import { pauseInput, useSandbox } from '../fixtures/sandbox.fixture.ts'

const sandbox = useSandbox()

function inboxFiles(): readonly string[] {
  return readdirSync(sandbox.at('inbox'))
}

async function backlogIds(writer: RunWriter): Promise<readonly string[]> {
  return (await writer.backlog()).map(({ inputId }) => inputId)
}

describe('the inbox', () => {
  it('J2: keeps a file for each input until it is acknowledged by events that count', async () => {
    const writer = await sandbox.begin()
    await sandbox.storage.submit(RUN_ID, pauseInput('first'))
    await sandbox.another().submit(RUN_ID, pauseInput('second'))
    expect(await backlogIds(writer)).toEqual(['first', 'second'])
    expect(inboxFiles().length).toBe(2)
    await writer.append([pausing(3, 'first')], { acks: ['first'] })
    expect(inboxFiles()).toEqual([expect.stringMatching(/^\d{16}-second\.json$/)])
    expect(await backlogIds(writer)).toEqual(['second'])
  })

  it('J2: drops what a crash left between the append and the removal of its file', async () => {
    const writer = await sandbox.begin()
    await sandbox.storage.submit(RUN_ID, pauseInput('first'))
    await writer.append([pausing(3, 'first')])
    await writer.close()
    expect(inboxFiles().length).toBe(1)
    const next = await sandbox.another().openRun(RUN_ID)
    expect(await next.backlog()).toEqual([])
    expect(inboxFiles()).toEqual([])
  })

  it('J2: does not take an id in the data of an event for an acknowledgement', async () => {
    const writer = await sandbox.begin()
    await sandbox.storage.submit(RUN_ID, pauseInput('first'))
    await writer.append([note(3, { inputId: 'first' })])
    await writer.close()
    expect(await backlogIds(await sandbox.another().openRun(RUN_ID))).toEqual(['first'])
  })

  it('H2: keeps the order in which inputs came, also within a millisecond', async () => {
    const writer = await sandbox.begin()
    const ids = Array.from({ length: 30 }, (_, index) => `input-${30 - index}`)
    await Promise.all(ids.map((id) => sandbox.storage.submit(RUN_ID, pauseInput(id))))
    expect(await backlogIds(writer)).toEqual(ids)
  })

  it('J5: makes no path of an id', async () => {
    const writer = await sandbox.begin()
    await sandbox.storage.submit(RUN_ID, pauseInput('../../escaped'))
    expect(inboxFiles()).toEqual([expect.stringMatching(/^\d{16}-[0-9a-f]{32}\.json$/)])
    expect(await backlogIds(writer)).toEqual(['../../escaped'])
  })

  it('takes nothing for an input that was not left as one', async () => {
    const writer = await sandbox.begin()
    const input = JSON.stringify(pauseInput('linked'))
    writeFileSync(`${sandbox.root}/outside.json`, input)
    const leave = (name: string, text: string) => writeFileSync(sandbox.at('inbox', name), text)
    mkdirSync(sandbox.at('inbox'))
    leave('0000000000000001-a.json', '{"kind":"control"')
    leave(
      '0000000000000002-b.json',
      '{"kind":"control","inputId":"b","submittedAt":1,"by":"x","control":"explode"}',
    )
    leave('0000000000000003-c.json', '{"kind":"answer","inputId":"c","submittedAt":1,"by":"x"}')
    leave('0000000000000004-d.json', '[]')
    leave('.input-unfinished', input)
    leave('notes.txt', input)
    symlinkSync(`${sandbox.root}/outside.json`, sandbox.at('inbox', '0000000000000005-e.json'))
    mkdirSync(join(sandbox.at('inbox'), 'folder'))
    expect(await writer.backlog()).toEqual([])
    await sandbox.storage.submit(RUN_ID, pauseInput('real'))
    expect(await backlogIds(writer)).toEqual(['real'])
  })

  it('hands on an input that another process leaves while the owner waits', async () => {
    const writer = await sandbox.begin()
    const controller = new AbortController()
    const taken: RunInput[] = []
    const taking = (async () => {
      for await (const input of writer.inputs(controller.signal)) {
        taken.push(input)
        if (taken.length === 2) controller.abort()
      }
    })()
    await sandbox.another().submit(RUN_ID, pauseInput('first'))
    await sandbox.another().submit(RUN_ID, pauseInput('second'))
    await taking
    expect(taken).toEqual([pauseInput('first'), pauseInput('second')])
  })

  it('ends its inputs when the writer closes', async () => {
    const writer = await sandbox.begin()
    const taking = writer.inputs(new AbortController().signal)[Symbol.asyncIterator]().next()
    await writer.close()
    expect((await taking).done).toBe(true)
  })
})
