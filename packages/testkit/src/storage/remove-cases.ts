import { expectEqual, within } from '../suite/expect.ts'
import { createSampleJournal } from './sample-journal.ts'
import {
  answerInput,
  beginRun,
  expectCode,
  expectStored,
  leaveRun,
  readAll,
  type StorageCase,
} from './storage-kit.ts'

/** How a run goes away, and the storage itself. */
export const removeCases = {
  'remove-all': {
    title: 'removes a run for good, with its files and its inputs',
    async run(kit) {
      const journal = await leaveRun(kit)
      const { runId } = journal
      await kit.storage.artifacts(runId).put('a.md', 'x')
      await kit.storage.submit(runId, answerInput('i-1'))
      await leaveRun(kit, 'run-kept')
      await kit.other.remove(runId)
      await expectCode(readAll(kit, runId), ['run_not_found'], 'Reading a removed run')
      await expectCode(kit.storage.openRun(runId), ['run_not_found'], 'Opening a removed run')
      const writer = await kit.storage.createRun(createSampleJournal(runId).begin())
      expectEqual(await writer.backlog(), [], 'the backlog of a new run of that id')
      expectEqual(await kit.storage.artifacts(runId).list(), [], 'the files of a new run of that id')
      await expectStored(kit, 'run-kept', createSampleJournal('run-kept').begin())
    },
  },
  'remove-owned': {
    title: 'refuses to remove a run that somebody owns',
    async run(kit) {
      const { journal, writer } = await beginRun(kit)
      for (const handle of [kit.storage, kit.other]) {
        await expectCode(handle.remove(journal.runId), ['run_locked'], 'Removing an owned run')
      }
      await writer.append(journal.notes(1))
      await expectStored(kit, journal.runId, journal.events)
    },
  },
  'remove-unknown': {
    title: 'says that there is no such run',
    async run(kit) {
      await expectCode(kit.storage.remove('run-unknown'), ['run_not_found'], 'Removing an unknown run')
    },
  },
  'dispose-twice': {
    title: 'can be disposed of twice',
    async run({ storage, timeoutMs }) {
      const { writer } = await beginRun({ storage })
      await writer.close()
      await within(timeoutMs, Promise.resolve(storage.dispose?.()), 'The first dispose()')
      await within(timeoutMs, Promise.resolve(storage.dispose?.()), 'The second dispose()')
    },
  },
  'port-version': {
    title: 'states the version of the port',
    async run({ storage }) {
      expectEqual(storage.specVersion, 1, 'specVersion')
    },
  },
} as const satisfies Record<string, StorageCase>
