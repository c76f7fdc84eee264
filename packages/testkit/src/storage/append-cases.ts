import { expectEqual } from '../suite/expect.ts'
import { ODD_DATA, ODD_TEXT, toReplaced } from './odd-data.ts'
import { misplaced } from './sample-journal.ts'
import {
  beginRun,
  expectCode,
  expectRefused,
  expectStored,
  readAll,
  type StorageCase,
} from './storage-kit.ts'

const BIG = 8_000_000
const MANY = 10_000

/** How events get into a journal. */
export const appendCases = {
  'append-in-order': {
    title: 'keeps batches in order, and everything is read back as it was appended',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      for (const count of [1, 5, 1, 40]) {
        await writer.append(journal.notes(count))
        expectEqual(writer.lastSeq, journal.events.length, 'lastSeq')
        await expectStored(kit, journal.runId, journal.events)
      }
    },
  },
  'append-at-once': {
    title: 'J3: keeps the order of appends that do not wait for each other',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      await Promise.all(
        Array.from({ length: 50 }, (_, index) => writer.append(journal.notes(1 + (index % 3)))),
      )
      await expectStored(kit, journal.runId, journal.events)
      expectEqual(writer.lastSeq, journal.events.length, 'lastSeq')
    },
  },
  'append-sync': {
    title: 'J3: appends with either sync, in any mixture',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      for (const sync of ['os', 'disk', 'os'] as const) await writer.append(journal.notes(2), { sync })
      await Promise.all(
        (['os', 'disk', 'disk', 'os'] as const).map((sync) => writer.append(journal.notes(1), { sync })),
      )
      await expectStored(kit, journal.runId, journal.events)
    },
  },
  'append-many': {
    title: 'takes a batch of 10,000 events',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      await writer.append(journal.notes(MANY), { sync: 'os' })
      await expectStored(kit, journal.runId, journal.events)
    },
  },
  'append-big': {
    title: 'takes an event of eight million characters between small ones',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      await writer.append([...journal.notes(1), ...journal.notes(1, 'x'.repeat(BIG)), ...journal.notes(1)], {
        sync: 'os',
      })
      await expectStored(kit, journal.runId, journal.events)
    },
  },
  'append-odd-data': {
    title: 'keeps control characters, line separators, markup, odd keys and numbers',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      for (const data of ODD_DATA) await writer.append(journal.notes(1, data), { sync: 'os' })
      await expectStored(kit, journal.runId, journal.events)
      expectEqual(Reflect.get({}, 'polluted'), undefined, 'a member that data put on every object')
    },
  },
  'append-lone-surrogates': {
    title: 'keeps half a surrogate pair or replaces it by U+FFFD, and keeps all around it',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      await writer.append(journal.notes(1, ODD_TEXT))
      await writer.append(journal.notes(1, 'after'))
      const [, , odd, after] = await readAll(kit, journal.runId)
      const found = JSON.stringify(odd)
      const [, , whole, last] = journal.events
      const allowed = [JSON.stringify(whole), JSON.stringify(toReplaced(whole))]
      expectEqual(allowed.includes(found), true, `an honest copy of half a pair (it is ${found})`)
      expectEqual(after, last, 'the event after it')
    },
  },
  'append-conflict': {
    title: 'J1: refuses a batch that does not begin at lastSeq + 1, and stores nothing of it',
    async run(kit) {
      const wrong = [1, 2, 4, 99]
      for (const [index, seq] of wrong.entries()) {
        const { journal, writer } = await beginRun(kit, `run-wrong-${index}`)
        const before = [...journal.events]
        const [note] = journal.notes(1)
        if (note === undefined) continue
        await expectCode(
          writer.append(misplaced(note, seq)),
          ['journal_conflict'],
          `Appending seq ${seq} after 2`,
        )
        await expectStored(kit, journal.runId, before)
      }
    },
  },
  'append-failure-kills': {
    title: 'J1: lets nothing through after a failed append',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      const before = [...journal.events]
      const [note] = journal.notes(1)
      if (note === undefined) return
      await expectRefused(writer.append(misplaced(note, 9)), 'Appending out of order')
      await expectRefused(writer.append([note]), 'Appending after a failed append')
      await writer.close()
      await expectStored(kit, journal.runId, before)
      const again = await kit.other.openRun(journal.runId)
      await again.append([note])
      await expectStored(kit, journal.runId, [...before, note])
    },
  },
  'append-after-close': {
    title: 'refuses to append once it is closed; closing twice does no harm',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      const before = [...journal.events]
      await writer.close()
      await writer.close()
      await expectRefused(writer.append(journal.notes(1)), 'Appending after close()')
      await expectStored(kit, journal.runId, before)
    },
  },
  'close-keeps-appended': {
    title: 'loses nothing that it said was appended, and keeps nothing else, when it is closed meanwhile',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      const appends = Array.from({ length: 20 }, () => writer.append(journal.notes(1), { sync: 'os' }))
      const closed = writer.close()
      const outcomes = await Promise.allSettled(appends)
      await closed
      const kept = outcomes.filter(({ status }) => status === 'fulfilled').length
      await expectStored(kit, journal.runId, journal.events.slice(0, 2 + kept))
    },
  },
} as const satisfies Record<string, StorageCase>
