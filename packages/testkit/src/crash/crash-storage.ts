import type { ArtifactStore, RunStorage, RunWriter } from '@batonjs/core'
import { type CrashPlan, Fate } from './fate.ts'

/** A storage that breaks by plan. */
export interface CrashStorage extends RunStorage {
  /** Writes so far: creations, appends, inputs and files, as far as the plan counts them. */
  readonly writes: number
  /** Whether the planned write was reached. */
  readonly struck: boolean
  /** Ids of the runs that were to be created through it, whether or not they came to be. */
  readonly runIds: readonly string[]
  /**
   * Resolves when the process is gone, as far as the storage can tell: nothing that it began is under
   * way any more and its locks are free, as those of a dead owner are. Never, when nobody is killed.
   */
  readonly died: Promise<void>
}

/**
 * Wraps a storage so that it kills its process, or fails, at its n-th write. What comes later from a
 * killed process never returns; the storage below stays as the process left it, for another to resume.
 */
export function crashStorage(storage: RunStorage, plan: CrashPlan = {}): CrashStorage {
  const fate = new Fate(plan)
  const writers = new Set<RunWriter>()
  const runIds: string[] = []
  const keep = async (opening: Promise<RunWriter>) => {
    const writer = await opening
    writers.add(writer)
    return writer
  }
  const releaseAll = async () => void (await Promise.allSettled([...writers].map((writer) => writer.close())))
  return {
    specVersion: 1,
    runIds,
    died: fate.quiet.then(releaseAll),
    get writes() {
      return fate.writes
    },
    get struck() {
      return fate.struck
    },
    async createRun(events, options) {
      let created: RunWriter | undefined
      runIds.push(events[0]?.runId ?? '')
      const create = async () => {
        created = await keep(storage.createRun(events, options))
        return created
      }
      try {
        return mortalWriter(await fate.write('journal', create), fate)
      } catch (thrown) {
        // A creation that fails leaves nobody who could release its lock.
        await created?.close()
        throw thrown
      }
    },
    openRun: async (runId, options) =>
      mortalWriter(await fate.live(() => keep(storage.openRun(runId, options))), fate),
    readEvents: (runId, options) =>
      mortalStream(fate, (signal) => storage.readEvents(runId, { ...options, signal }), options?.signal),
    listRuns: (query) => fate.live(() => storage.listRuns(query)),
    submit: (runId, input) => fate.write('other', () => storage.submit(runId, input)),
    artifacts: (runId) => mortalArtifacts(storage.artifacts(runId), fate),
    remove: (runId) => fate.write('other', () => storage.remove(runId)),
    dispose: () => fate.live(async () => storage.dispose?.()),
  }
}

/** A writer that dies with its process, and, as every writer, of a failed append (rule J1). */
function mortalWriter(writer: RunWriter, fate: Fate): RunWriter {
  let failure: Promise<never> | undefined
  return {
    ...(writer.notices === undefined ? {} : { notices: writer.notices }),
    get lastSeq() {
      return writer.lastSeq
    },
    append(events, options) {
      if (failure !== undefined) return failure
      const appending = fate.write('journal', () => writer.append(events, options))
      appending.catch((thrown: unknown) => {
        failure = Promise.reject(thrown)
        failure.catch(() => {})
      })
      return appending
    },
    backlog: () => fate.live(() => writer.backlog()),
    inputs: (signal) => mortalStream(fate, (either) => writer.inputs(either), signal),
    owned: () => fate.live(() => writer.owned()),
    close: () => fate.live(() => writer.close()),
  }
}

function mortalArtifacts(files: ArtifactStore, fate: Fate): ArtifactStore {
  return {
    put: (path, content, options) => fate.write('other', () => files.put(path, content, options)),
    append: (path, content) => fate.write('other', () => files.append(path, content)),
    get: (path) => fate.live(() => files.get(path)),
    list: (prefix) => fate.live(() => files.list(prefix)),
  }
}

/** A stream that ends for its storage when the process dies, and for the dead process never. */
async function* mortalStream<T>(
  fate: Fate,
  open: (signal: AbortSignal) => AsyncIterable<T>,
  signal?: AbortSignal,
) {
  if (fate.death.aborted) await fate.gone()
  const either = signal === undefined ? fate.death : AbortSignal.any([signal, fate.death])
  for await (const value of open(either)) {
    if (fate.death.aborted) break
    yield value
  }
  if (fate.death.aborted) await fate.gone()
}
