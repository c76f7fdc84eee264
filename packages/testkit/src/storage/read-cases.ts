import type { DurableEvent } from '@batonjs/core'
import { collect, take } from '../collect.ts'
import { expectEqual, expectThat, within } from '../suite/expect.ts'
import { nextTurn } from '../suite/next-turn.ts'
import {
  beginRun,
  expectCode,
  expectStored,
  leaveRun,
  readAll,
  type StorageCase,
  type StorageKit,
} from './storage-kit.ts'

/** How a journal is read, while it is written too. */
export const readCases = {
  'read-from': {
    title: 'reads from any seq on; past the end there is nothing',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      await writer.append(journal.notes(8))
      for (const fromSeq of [1, 2, 10, 11, 500]) {
        const expected = journal.events.slice(fromSeq - 1)
        expectEqual(
          await readAll(kit, journal.runId, { fromSeq }),
          expected,
          `the events from seq ${fromSeq}`,
        )
      }
    },
  },
  'read-unknown-run': {
    title: 'says that there is no such run, with and without follow',
    async run(kit) {
      for (const follow of [false, true]) {
        const reading = readAll(kit, 'run-unknown', { follow })
        await expectCode(reading, ['run_not_found'], `Reading an unknown run with follow: ${follow}`)
      }
    },
  },
  'read-on-after-the-end': {
    title: 'reads what was appended after run_completed, as when a failed run is tried again',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      await writer.append(journal.complete())
      await writer.append([...journal.resume(), ...journal.notes(1), ...journal.complete()])
      await expectStored(kit, journal.runId, journal.events)
    },
  },
  'read-while-written': {
    title: 'reads a beginning of the journal while it is written: whole events, no gap',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      const reads: Promise<DurableEvent[]>[] = []
      for (let round = 0; round < 30; round++) {
        const appended = writer.append(journal.notes(7, 'x'.repeat(round * 100)), { sync: 'os' })
        reads.push(readAll({ ...kit, storage: kit.other }, journal.runId))
        await appended
      }
      for (const events of await Promise.all(reads)) {
        expectEqual(events, journal.events.slice(0, events.length), 'events read meanwhile')
      }
    },
  },
  'follow-seam': {
    title: 'follows without a gap or a repetition where replay turns live',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      await writer.append(journal.notes(50))
      const followers = [kit.storage, kit.other, kit.storage].map((storage) =>
        follow({ ...kit, storage }, journal.runId),
      )
      for (let round = 0; round < 40; round++) {
        if (round % 4 === 0) await nextTurn()
        await writer.append(journal.notes(1 + (round % 3)), { sync: 'os' })
      }
      await writer.append(journal.complete())
      for (const events of await Promise.all(followers))
        expectEqual(events, journal.events, 'the events followed')
    },
  },
  'follow-late-and-from': {
    title: 'gives late followers, and followers from any seq, the same events',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      const from = [1, 3, 6, 9].map((fromSeq) => follow(kit, journal.runId, fromSeq))
      await writer.append(journal.notes(4))
      const late = follow(kit, journal.runId)
      const ahead = follow(kit, journal.runId, 8)
      await writer.append(journal.notes(3))
      await writer.append(journal.complete())
      const all = journal.events
      expectEqual(
        await Promise.all(from),
        [0, 2, 5, 8].map((skipped) => all.slice(skipped)),
        'followers from a seq',
      )
      expectEqual(await late, all, 'the late follower')
      expectEqual(await ahead, all.slice(7), 'the follower from a seq that was still to come')
    },
  },
  'follow-paced': {
    title: 'lets a follower that reads one event at a time see each when it is there',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      const following = kit.other.readEvents(journal.runId, { follow: true })[Symbol.asyncIterator]()
      const next = async () => (await within(kit.timeoutMs, following.next(), 'The next event')).value
      const seen = [await next(), await next()]
      for (let round = 0; round < 5; round++) {
        const waiting = next()
        await writer.append(journal.notes(1))
        seen.push(await waiting)
      }
      expectEqual(seen, journal.events, 'the events seen one by one')
      await following.return?.()
    },
  },
  'follow-ends': {
    title: 'ends to follow at run_completed, at once when the run is over already',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      await writer.append(journal.complete())
      await writer.close()
      expectEqual(await follow(kit, journal.runId), journal.events, 'a run that is over')
      expectEqual(await follow(kit, journal.runId, 4), [], 'what follows the end of a run')
    },
  },
  'follow-signal': {
    title: 'ends to follow when the signal aborts, also one that is aborted already',
    async run(kit) {
      const journal = await leaveRun(kit)
      const controller = new AbortController()
      const { signal } = controller
      const following = collect(kit.storage.readEvents(journal.runId, { follow: true, signal }))
      await take(kit.storage.readEvents(journal.runId, { follow: true }), 2)
      controller.abort()
      const events = await within(kit.timeoutMs, following, 'A follower whose signal aborts')
      expectEqual(events, journal.events.slice(0, events.length), 'the events before the abort')
      const none = collect(
        kit.storage.readEvents(journal.runId, { follow: true, signal: AbortSignal.abort() }),
      )
      const after = await within(kit.timeoutMs, none, 'A follower that begins aborted')
      expectThat(after.length <= journal.events.length, 'an aborted follower sees more than there is')
    },
  },
  'follow-left': {
    title: 'lets a reader leave at any event, and others go on',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      const other = follow(kit, journal.runId)
      const left = take(kit.storage.readEvents(journal.runId, { follow: true }), 2)
      expectEqual(
        await within(kit.timeoutMs, left, 'A reader that leaves'),
        journal.events,
        'the events before it left',
      )
      await writer.append([...journal.notes(2), ...journal.complete()])
      expectEqual(await other, journal.events, 'the events of the reader that stayed')
    },
  },
} as const satisfies Record<string, StorageCase>

function follow(kit: StorageKit, runId: string, fromSeq = 1): Promise<DurableEvent[]> {
  return readAll(kit, runId, { follow: true, fromSeq })
}
