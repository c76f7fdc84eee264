import { expectEqual, expectThat } from '../suite/expect.ts'
import { BAD_RUN_IDS, GOOD_RUN_IDS } from './odd-names.ts'
import { createSampleJournal, misplaced } from './sample-journal.ts'
import {
  beginRun,
  expectCode,
  expectRefused,
  expectStored,
  leaveRun,
  type StorageCase,
} from './storage-kit.ts'

/** How a run appears, and under which names. */
export const createCases = {
  'create-whole': {
    title: 'makes a run appear with all its first events, and tells the last seq',
    async run(kit) {
      const journal = createSampleJournal('run-first')
      const events = [...journal.begin(), ...journal.notes(3)]
      const writer = await kit.storage.createRun(events)
      expectEqual(writer.lastSeq, 5, 'lastSeq')
      await expectStored(kit, 'run-first', events)
    },
  },
  'create-sync': {
    title: 'J3: makes a run appear whichever sync it is asked for',
    async run(kit) {
      for (const sync of ['disk', 'os'] as const) {
        const journal = createSampleJournal(`run-${sync}`)
        await kit.storage.createRun(journal.begin(), { sync })
        await expectStored(kit, journal.runId, journal.events)
      }
    },
  },
  'create-exists': {
    title: 'refuses a run that exists, and leaves it as it is',
    async run(kit) {
      const journal = await leaveRun(kit)
      const again = createSampleJournal(journal.runId, 99)
      await expectCode(kit.other.createRun(again.begin()), ['run_exists'], 'Creating a run twice')
      await expectStored(kit, journal.runId, journal.events)
    },
  },
  'create-at-once': {
    title: 'lets exactly one of several creators of a run win',
    async run(kit) {
      const handles = [kit.storage, kit.other, kit.storage, kit.other]
      const journals = handles.map((_, index) => createSampleJournal('run-race', index))
      const creating = handles.map((handle, index) => handle.createRun(journals[index]?.begin() ?? []))
      const outcomes = await Promise.allSettled(creating)
      const winners = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []))
      expectEqual(winners.length, 1, 'creators that win')
      await expectStored(kit, 'run-race', journals[winners[0] ?? 0]?.events ?? [])
      const losers = creating.filter((_, index) => !winners.includes(index))
      for (const loser of losers) await expectCode(loser, ['run_exists', 'run_locked'], 'Losing the race')
    },
  },
  'create-from-one': {
    title: 'J1: refuses first events that do not begin at seq 1, and no events, without a trace',
    async run(kit) {
      const journal = createSampleJournal('run-late')
      const [first] = journal.begin()
      if (first !== undefined) {
        await expectCode(
          kit.storage.createRun(misplaced(first, 2)),
          ['journal_conflict'],
          'Creating a run from seq 2',
        )
      }
      await expectRefused(kit.storage.createRun([]), 'Creating a run from nothing')
      expectEqual((await kit.storage.listRuns()).runs, [], 'the runs after refused creations')
      await beginRun(kit, 'run-late')
    },
  },
  'create-locks': {
    title: 'S7: gives the lock to whoever creates the run',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      await expectCode(
        kit.other.openRun(journal.runId),
        ['run_locked'],
        'Opening a run that its creator holds',
      )
      expectThat(await writer.owned(), 'the creator does not own the run')
    },
  },
  'run-ids-refused': {
    title: 'J5: refuses run ids off the allow-list, wherever they are given, before anything is touched',
    async run(kit) {
      for (const runId of BAD_RUN_IDS) {
        const what = `with the run id ${JSON.stringify(runId)}`
        const { storage } = kit
        await expectCode(
          storage.createRun(createSampleJournal(runId).begin()),
          ['path_refused'],
          `createRun ${what}`,
        )
        const refused = ['path_refused', 'run_not_found']
        await expectCode(storage.openRun(runId), refused, `openRun ${what}`)
        await expectCode(storage.submit(runId, ANSWER), refused, `submit ${what}`)
        await expectCode(storage.remove(runId), refused, `remove ${what}`)
        const reading = storage.readEvents(runId)[Symbol.asyncIterator]().next()
        await expectCode(reading, refused, `readEvents ${what}`)
        const writing = (async () => storage.artifacts(runId).put('a.md', 'x'))()
        await expectCode(writing, refused, `artifacts ${what}`)
      }
      expectEqual((await kit.storage.listRuns()).runs, [], 'the runs after refused ids')
    },
  },
  'run-ids-accepted': {
    title: 'J5: takes every run id of the allow-list',
    async run(kit) {
      for (const runId of GOOD_RUN_IDS) {
        const journal = await leaveRun(kit, runId)
        await expectStored(kit, runId, journal.events)
      }
      const listed = (await kit.storage.listRuns()).runs.map(({ runId }) => runId)
      expectEqual(listed.toSorted(), GOOD_RUN_IDS.toSorted(), 'the run ids listed')
    },
  },
} as const satisfies Record<string, StorageCase>

const ANSWER = {
  kind: 'control',
  inputId: 'i-1',
  submittedAt: 0,
  control: 'stop',
  by: 'ada',
} as const
