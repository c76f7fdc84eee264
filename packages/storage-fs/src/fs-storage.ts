import { setMaxListeners } from 'node:events'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import {
  type ArtifactStore,
  type CreateRunOptions,
  checkOptions,
  type DurableEvent,
  type OpenRunOptions,
  type ReadEventsOptions,
  type RunInput,
  type RunPage,
  type RunQuery,
  type RunStorage,
  type RunWriter,
  type StorageNotice,
} from '@batonjs/core'
import { createFsArtifacts } from './artifacts/fs-artifacts.ts'
import { toStorageError } from './disk/failure.ts'
import { probeFolder } from './disk/folder-probe.ts'
import { readRunEvents } from './journal/event-reader.ts'
import type { ReaderHost } from './journal/reader-host.ts'
import { IndexCache } from './journal/seq-index.ts'
import { identifySelf, type ProcessIdentity } from './lock/process-identity.ts'
import { acquireLock, forgetLock, releaseLock } from './lock/run-lock.ts'
import { RunOwnership } from './lock/run-ownership.ts'
import { createRunFolder } from './run/create-run.ts'
import { FsRunWriter } from './run/fs-run-writer.ts'
import { Inbox, leaveInput } from './run/inbox.ts'
import { MetaKeeper } from './run/meta-keeper.ts'
import { openRunFolder } from './run/open-run.ts'
import type { OwnedRun } from './run/owned-run.ts'
import { listRunFolders } from './run/run-list.ts'
import { checkRunFolder, type RunPaths, toRunPaths } from './run/run-paths.ts'
import { discard, prepareRoot, stagingOf } from './run/staging.ts'

/** Where runs are kept, and who keeps them. */
export interface FsStorageOptions {
  /** The folder of all runs, made with the first of them. @default './runs' */
  readonly folder?: string
  /**
   * The name of this machine in locks. Machines that share the folder need different ones: a process can
   * see only on its own host whether an owner lives. @default the host name
   */
  readonly host?: string
}

/**
 * Keeps each run in a folder of its own: an append-only journal that `jq` can read, and files beside it.
 * Touches no disk until it is used. Throws `options_invalid`. Dispose of it to close the writers and readers that are open.
 *
 * @example const orchestrator = createOrchestrator({ flows, engines, storage: createFsStorage() })
 */
export function createFsStorage(options: FsStorageOptions = {}): RunStorage {
  checkOptions('createFsStorage', options, { 'folder?': 'text', 'host?': 'text' })
  return new FsStorage(options)
}

class FsStorage implements RunStorage {
  readonly specVersion = 1
  readonly #root: string
  readonly #self: ProcessIdentity
  readonly #writers = new Map<string, FsRunWriter>()
  readonly #disposed = new AbortController()
  readonly #host: ReaderHost = {
    lives: this.#writers,
    indexes: new IndexCache(),
    disposed: this.#disposed.signal,
  }
  #probed: Promise<readonly StorageNotice[]> | undefined

  constructor({ folder = './runs', host = hostname() }: FsStorageOptions) {
    this.#root = resolve(folder)
    // Every reader listens; there may be thousands.
    setMaxListeners(0, this.#disposed.signal)
    this.#self = identifySelf(host)
  }

  async createRun(events: readonly DurableEvent[], options: CreateRunOptions = {}): Promise<RunWriter> {
    const paths = this.#pathsOf(events[0]?.runId ?? '')
    const notices = await this.#probe()
    const { sync = 'disk' } = options
    return this.#own(paths, await createRunFolder(paths, this.#self, { events, sync }), notices)
  }

  async openRun(runId: string, { takeover = false }: OpenRunOptions = {}): Promise<RunWriter> {
    const paths = this.#pathsOf(runId)
    checkRunFolder(paths)
    const notices = await this.#probe()
    return this.#own(paths, await openRunFolder(paths, this.#self, takeover), notices)
  }

  readEvents(runId: string, options: ReadEventsOptions = {}): AsyncIterable<DurableEvent> {
    return readRunEvents(() => this.#pathsOf(runId), this.#host, options)
  }

  listRuns(query: RunQuery = {}): Promise<RunPage> {
    return listRunFolders(this.#root, this.#self, query)
  }

  async submit(runId: string, input: RunInput): Promise<void> {
    const paths = this.#pathsOf(runId)
    checkRunFolder(paths)
    await leaveInput(paths, input)
  }

  artifacts(runId: string): ArtifactStore {
    return createFsArtifacts(this.#pathsOf(runId))
  }

  async remove(runId: string): Promise<void> {
    const paths = this.#pathsOf(runId)
    checkRunFolder(paths)
    const lock = acquireLock(paths, this.#self, false)
    try {
      await discard(this.#root, paths.folder, this.#self)
    } catch (thrown) {
      releaseLock(lock)
      throw toStorageError(thrown, 'remove', paths.folder)
    }
    forgetLock(lock.token)
  }

  async dispose(): Promise<void> {
    this.#disposed.abort()
    await Promise.all([...this.#writers.values()].map((writer) => writer.close()))
  }

  #pathsOf(runId: string): RunPaths {
    return toRunPaths(this.#root, runId)
  }

  #own(paths: RunPaths, run: OwnedRun, notices: readonly StorageNotice[]): RunWriter {
    const { journal, lock, first, last, acknowledged } = run
    const writer = new FsRunWriter({
      runId: paths.runId,
      journal,
      ownership: new RunOwnership(paths, lock, journal),
      inbox: new Inbox(paths.inbox, acknowledged),
      meta: new MetaKeeper(paths, first, last),
      notices: [...run.notices, ...notices],
      onClose: () => {
        if (this.#writers.get(paths.runId) === writer) this.#writers.delete(paths.runId)
      },
    })
    this.#writers.set(paths.runId, writer)
    return writer
  }

  /** Looks at the file system once, and again after it failed. */
  #probe(): Promise<readonly StorageNotice[]> {
    this.#probed ??= this.#look().catch((thrown) => {
      this.#probed = undefined
      throw toStorageError(thrown, 'use the folder', this.#root)
    })
    return this.#probed
  }

  async #look(): Promise<readonly StorageNotice[]> {
    await prepareRoot(this.#root, this.#self)
    return probeFolder(stagingOf(this.#root))
  }
}
