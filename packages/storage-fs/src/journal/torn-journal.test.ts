import { appendFileSync, cpSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { completed, note, notes, RUN_ID } from '../fixtures/events.fixture.ts'
import { failureOf, readAll, useSandbox } from '../fixtures/sandbox.fixture.ts'

const sandbox = useSandbox()

/** Where the last line of the journal begins. */
function lastLineAt(bytes: Buffer): number {
  return bytes.lastIndexOf('\n', bytes.length - 2) + 1
}

describe('a torn last line', () => {
  it('J3: is cut off before the next append and told, wherever it was torn', async () => {
    await sandbox.leave(note(3, 'kept \u{1f44d}'), note(4, 'torn \u{1f44d}'))
    const whole = sandbox.journal()
    const start = lastLineAt(whole)
    for (let size = start + 1; size < whole.length; size++) {
      sandbox.setJournal(whole.subarray(0, size))
      const writer = await sandbox.storage.openRun(RUN_ID)
      expect(writer.lastSeq).toBe(3)
      expect(writer.notices).toEqual([
        {
          code: 'tail_truncated',
          message: expect.stringContaining(`${size - start} bytes after event 3 were cut off`),
        },
      ])
      expect(sandbox.journal()).toEqual(whole.subarray(0, start))
      await writer.append([note(4, 'again')])
      await writer.close()
      expect((await readAll(sandbox.storage)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
    }
  })

  it('J3: is not told of a journal that ends with a whole line', async () => {
    await sandbox.leave(note(3))
    expect((await sandbox.storage.openRun(RUN_ID)).notices).toEqual([])
  })

  it('J3: is shown to no reader, and nothing before it is lost to them', async () => {
    await sandbox.leave(note(3), note(4, 'x'.repeat(200_000)))
    truncateSync(sandbox.at('events.jsonl'), sandbox.journal().length - 1)
    expect((await readAll(sandbox.storage)).map(({ seq }) => seq)).toEqual([1, 2, 3])
  })

  it('J3: is forgotten by a reader that saw it when its place is taken by another line', async () => {
    await sandbox.leave(note(3))
    const whole = sandbox.journal()
    appendFileSync(sandbox.at('events.jsonl'), '{"type":"diagnostic","code":"torn')
    const reader = sandbox.another().readEvents(RUN_ID, { follow: true })[Symbol.asyncIterator]()
    for (let seq = 1; seq <= 3; seq++) expect((await reader.next()).value?.seq).toBe(seq)
    const waiting = reader.next()
    const writer = await sandbox.another().openRun(RUN_ID)
    expect(sandbox.journal()).toEqual(whole)
    await writer.append([note(4, 'x'.repeat(100))])
    expect((await waiting).value).toEqual(note(4, 'x'.repeat(100)))
    await reader.return?.()
  })

  it('J3: is cut off also when it is all that follows zeros that a loss of power left', async () => {
    await sandbox.leave(note(3))
    appendFileSync(sandbox.at('events.jsonl'), Buffer.alloc(5_000))
    const writer = await sandbox.storage.openRun(RUN_ID)
    expect(writer.lastSeq).toBe(3)
    expect(writer.notices?.[0]?.code).toBe('tail_truncated')
  })
})

describe('a damaged journal', () => {
  it('J3: is refused with line and offset, whichever byte was changed', async () => {
    await sandbox.leave(note(3, 'ä'), note(4))
    const whole = sandbox.journal()
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole)
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8))
      sandbox.setJournal(damaged)
      const line = whole.subarray(0, at).toString('latin1').split('\n').length
      const offset = whole.lastIndexOf('\n', at - 1) + 1
      const place = { line, offset: at === 0 ? 0 : offset }
      const opening = await failureOf(sandbox.storage.openRun(RUN_ID))
      expect([opening.code, at]).toEqual(['journal_corrupt', at])
      if (at < whole.length - 1) expect(opening.details).toEqual(place)
      if (at < whole.length - 1)
        expect((await failureOf(readAll(sandbox.storage))).code).toBe('journal_corrupt')
    }
    sandbox.setJournal(whole)
    expect((await sandbox.storage.openRun(RUN_ID)).lastSeq).toBe(4)
  })

  it('J3: is refused when a line is missing, repeated, or out of order', async () => {
    await sandbox.leave(...notes(3, 4))
    const lines = sandbox.journal().toString().split('\n')
    const [one = '', two = '', three = '', four = '', five = '', six = ''] = lines
    for (const order of [
      [one, two, four, five, six],
      [one, two, three, three, four, five, six],
      [one, two, four, three, five, six],
      [one, two, three, five, four, six],
    ]) {
      sandbox.setJournal(`${order.join('\n')}\n`)
      const failure = await failureOf(readAll(sandbox.storage))
      expect(failure.code).toBe('journal_corrupt')
      expect(failure.message).toMatch(/seq \d belongs there, not \d/)
    }
  })

  it('J3: is refused at opening where a line is missing, repeated, or out of order', async () => {
    await sandbox.leave(...notes(3, 20))
    const whole = sandbox.journal().toString()
    const lines = whole.split('\n')
    const edits: readonly [string, readonly string[]][] = [
      ['missing', [...lines.slice(0, 2), ...lines.slice(3)]],
      ['repeated', [...lines.slice(0, 2), ...lines.slice(1)]],
      ['out of order', [...lines.slice(0, 2), ...lines.slice(2, 9).reverse(), ...lines.slice(9)]],
    ]
    for (const [name, edited] of edits) {
      sandbox.setJournal(edited.join('\n'))
      const { code, details } = await failureOf(sandbox.storage.openRun(RUN_ID))
      const offset = `${lines[0]}\n${lines[1]}\n`.length
      expect([name, code, details]).toEqual([name, 'journal_corrupt', { line: 3, offset }])
    }
    sandbox.setJournal(whole)
    expect((await sandbox.storage.openRun(RUN_ID)).lastSeq).toBe(22)
  })

  it('J3: is refused at opening when its last line has another number than its place', async () => {
    await sandbox.leave(...notes(3, 3))
    const lines = sandbox.journal().toString().split('\n')
    sandbox.setJournal(`${[...lines.slice(0, 3), ...lines.slice(4)].join('\n')}`)
    const failure = await failureOf(sandbox.storage.openRun(RUN_ID))
    expect([failure.code, failure.details]).toEqual(['journal_corrupt', expect.objectContaining({ line: 4 })])
  })

  it('J3: is refused when it holds no whole line', async () => {
    await sandbox.leave()
    for (const bytes of ['', sandbox.journal().subarray(0, 20)]) {
      writeFileSync(sandbox.at('events.jsonl'), bytes)
      const failure = await failureOf(sandbox.storage.openRun(RUN_ID))
      expect([failure.code, failure.details]).toEqual(['journal_corrupt', { line: 1, offset: 0 }])
    }
  })

  it('J3: gives its lock back when it is refused', async () => {
    await sandbox.leave(note(3))
    const whole = sandbox.journal()
    const damaged = Buffer.from(whole)
    damaged[40] = 0
    sandbox.setJournal(damaged)
    await failureOf(sandbox.storage.openRun(RUN_ID))
    sandbox.setJournal(whole)
    expect((await sandbox.another().openRun(RUN_ID)).lastSeq).toBe(3)
  })

  it('lets a reader have what lies before the damage', async () => {
    await sandbox.leave(...notes(3, 3), completed(6))
    const bytes = sandbox.journal()
    bytes[bytes.length - 30] = 0
    sandbox.setJournal(bytes)
    const seen: number[] = []
    const reading = (async () => {
      for await (const { seq } of sandbox.storage.readEvents(RUN_ID)) seen.push(seq)
    })()
    expect((await failureOf(reading)).code).toBe('journal_corrupt')
    expect(seen).toEqual([1, 2, 3, 4, 5])
  })
})

describe('another journal in the folder', () => {
  it('finds no run under the name of a copied folder', async () => {
    await sandbox.leave(note(3))
    cpSync(sandbox.at(), `${sandbox.root}/run-copy`, { recursive: true })
    expect((await failureOf(sandbox.storage.openRun('run-copy'))).code).toBe('run_not_found')
  })
})
