import {
  createMemoryStorage,
  type DurableEvent,
  type RunStorage,
  type RunWriter,
  StorageError,
} from '@batonjs/core'
import type { StorageCaseId } from './test-storage.ts'

/** A storage that breaks one promise, and the case that is made to catch it. */
export interface BrokenStorage {
  readonly caughtBy: StorageCaseId
  readonly create: () => RunStorage
  readonly loseLock?: (storage: RunStorage, runId: string) => Promise<void>
}

/** A memory storage with some members changed. */
export function flawed(
  caughtBy: StorageCaseId,
  change: (sound: RunStorage) => Partial<RunStorage>,
): BrokenStorage {
  return {
    caughtBy,
    create() {
      const sound = createMemoryStorage()
      return { ...sound, ...change(sound) }
    },
  }
}

/** A memory storage whose writers have some members changed. */
export function flawedWriter(
  caughtBy: StorageCaseId,
  change: (writer: RunWriter, sound: RunStorage, runId: string) => Partial<RunWriter>,
): BrokenStorage {
  return flawed(caughtBy, (sound) => ({
    createRun: async (events) => overridden(await sound.createRun(events), sound, events[0]?.runId ?? ''),
    openRun: async (runId) => overridden(await sound.openRun(runId), sound, runId),
  }))

  function overridden(writer: RunWriter, sound: RunStorage, runId: string): RunWriter {
    return Object.defineProperties(
      Object.create(writer),
      Object.getOwnPropertyDescriptors(change(writer, sound, runId)),
    )
  }
}

/** A memory storage that reads each event in another form, or not at all. */
export function flawedReading(
  caughtBy: StorageCaseId,
  change: (event: DurableEvent) => DurableEvent | undefined,
): BrokenStorage {
  return flawed(caughtBy, (sound) => ({
    async *readEvents(runId, options) {
      for await (const event of sound.readEvents(runId, options)) {
        const read = change(event)
        if (read !== undefined) yield read
      }
    },
  }))
}

/** Another turn of the event loop. */
export function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}

/** A Baton error of a storage. */
export function failure(code: string): StorageError {
  return new StorageError(`Broken on purpose: ${code}`, { code })
}
