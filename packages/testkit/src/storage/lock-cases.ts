import type { SwarmError } from '@batonjs/core'
import { expectEqual, expectThat } from '../suite/expect.ts'
import {
  beginRun,
  expectCode,
  expectRefused,
  expectStored,
  leaveRun,
  type StorageCase,
} from './storage-kit.ts'

/** Who may write (rule S7). */
export const lockCases = {
  'lock-refuses-second': {
    title: 'S7: refuses a second writer and names the owner',
    async run(kit) {
      const journal = await leaveRun(kit)
      await kit.storage.openRun(journal.runId)
      for (const handle of [kit.storage, kit.other]) {
        const refusal = await expectCode(
          handle.openRun(journal.runId),
          ['run_locked'],
          'Opening an owned run',
        )
        expectThat(namesOwner(refusal), `the refusal names no owner: ${JSON.stringify(refusal.details)}`)
      }
    },
  },
  'lock-alive-is-kept': {
    title: 'S7: does not let a takeover push out a living owner of this process',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      const takeover = kit.other.openRun(journal.runId, { takeover: true })
      await expectCode(takeover, ['run_locked'], 'Taking over from a living owner')
      await writer.append(journal.notes(1))
      await expectStored(kit, journal.runId, journal.events)
    },
  },
  'lock-released': {
    title: 'S7: lets the next one in when the writer is closed, who goes on at the right seq',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      await writer.append(journal.notes(3))
      await writer.close()
      expectEqual(await writer.owned(), false, 'owned() of a closed writer')
      const next = await kit.other.openRun(journal.runId)
      expectEqual(next.lastSeq, 5, 'lastSeq of the next writer')
      expectEqual(await next.owned(), true, 'owned() of the next writer')
      await next.append(journal.notes(2))
      await expectStored(kit, journal.runId, journal.events)
    },
  },
  'lock-once': {
    title: 'S7: lets exactly one of several who come at once have the lock',
    async run(kit) {
      const journal = await leaveRun(kit)
      const handles = [kit.storage, kit.other, kit.storage, kit.other, kit.other]
      const opening = handles.map((handle) => handle.openRun(journal.runId))
      const outcomes = await Promise.allSettled(opening)
      const [winner, ...more] = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      expectThat(
        winner !== undefined && more.length === 0,
        `${outcomes.length - 1} of ${handles.length} have to be refused`,
      )
      for (const one of opening) {
        await one.catch(async () => expectCode(one, ['run_locked'], 'Losing the race for the lock'))
      }
      await winner.append(journal.notes(1))
      await expectStored(kit, journal.runId, journal.events)
    },
  },
  'lock-close-is-own': {
    title: 'S7: does not release the lock of the next writer when an old one is closed again',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      await writer.close()
      const next = await kit.other.openRun(journal.runId)
      await writer.close()
      expectEqual(await next.owned(), true, 'owned() of the next writer')
      await expectCode(
        kit.storage.openRun(journal.runId),
        ['run_locked'],
        'Opening a run that the next writer owns',
      )
    },
  },
  'lock-per-run': {
    title: 'locks one run and no other',
    async run(kit) {
      const one = await beginRun(kit, 'run-one')
      const two = await beginRun(kit, 'run-two')
      await Promise.all([one, two].map(({ writer, journal }) => writer.append(journal.notes(2))))
      await one.writer.close()
      expectEqual(await two.writer.owned(), true, 'owned() of the other run')
      await expectStored(kit, 'run-one', one.journal.events)
      await expectStored(kit, 'run-two', two.journal.events)
    },
  },
  'lock-unknown-run': {
    title: 'says that there is no such run, and makes none',
    async run(kit) {
      await expectCode(kit.storage.openRun('run-unknown'), ['run_not_found'], 'Opening an unknown run')
      expectEqual((await kit.storage.listRuns()).runs, [], 'the runs after opening an unknown one')
    },
  },
  'lock-lost': {
    title: 'S7: an owner that lost its lock knows it and can append no more',
    needs: 'loseLock',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      const before = [...journal.events]
      await kit.loseLock(journal.runId)
      expectEqual(await writer.owned(), false, 'owned() after the lock was lost')
      await expectRefused(writer.append(journal.notes(1)), 'Appending after the lock was lost')
      await writer.close()
      await expectStored(kit, journal.runId, before)
    },
  },
} as const satisfies Record<string, StorageCase>

function namesOwner({ details }: SwarmError): boolean {
  const { owner } = Object(details)
  return typeof Object(owner).pid === 'number' && typeof Object(owner).host === 'string'
}
