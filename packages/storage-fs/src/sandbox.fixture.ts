import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DurableEvent, type RunInput, type RunStorage, type RunWriter, SwarmError } from '@batonjs/core'
import { afterEach, beforeEach } from 'vitest'
import { begin, RUN_ID } from './events.fixture.ts'
import { createFsStorage } from './fs-storage.ts'

/** A folder of runs that each test gets anew. */
export interface Sandbox {
  readonly root: string
  readonly storage: RunStorage
  /** A path inside the folder of {@link RUN_ID}. */
  at(...names: readonly string[]): string
  /** Another storage on the same folder, as another process would have it. */
  another(host?: string): RunStorage
  /** Creates a run of two events and these. */
  begin(...more: readonly DurableEvent[]): Promise<RunWriter>
  /** Creates a run of two events and these, and lets go of it. */
  leave(...more: readonly DurableEvent[]): Promise<void>
  journal(): Buffer
  setJournal(bytes: Uint8Array | string): void
}

/** Makes the folder before each test of a file and removes it afterwards. */
export function useSandbox(): Sandbox {
  let root = ''
  let storages: RunStorage[] = []
  const another = (host?: string) => {
    const storage = createFsStorage({ folder: root, ...(host !== undefined && { host }) })
    storages.push(storage)
    return storage
  }
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'baton-fs-'))
    storages = []
    another()
  })
  afterEach(async () => {
    for (const storage of storages) await storage.dispose?.()
    rmSync(root, { recursive: true, force: true })
  })
  return toSandbox(
    () => root,
    () => storages[0] ?? another(),
    another,
  )
}

function toSandbox(root: () => string, storage: () => RunStorage, another: Sandbox['another']): Sandbox {
  const at = (...names: readonly string[]) => join(root(), RUN_ID, ...names)
  const create = (more: readonly DurableEvent[]) => storage().createRun([...begin(), ...more], { sync: 'os' })
  return {
    get root() {
      return root()
    },
    get storage() {
      return storage()
    },
    at,
    another,
    begin: (...more) => create(more),
    leave: async (...more) => (await create(more)).close(),
    journal: () => readFileSync(at('events.jsonl')),
    setJournal: (bytes) => writeFileSync(at('events.jsonl'), bytes),
  }
}

/** All events that a storage has of the run. */
export async function readAll(storage: RunStorage, fromSeq = 1): Promise<DurableEvent[]> {
  const events: DurableEvent[] = []
  for await (const event of storage.readEvents(RUN_ID, { fromSeq })) events.push(event)
  return events
}

/** What a promise rejects with; fails the test when it does not, or with no error of Baton's. */
export async function failureOf(promise: Promise<unknown>): Promise<SwarmError> {
  const thrown: unknown = await promise.then(
    () => new Error('It did not fail'),
    (reason) => reason,
  )
  if (SwarmError.is(thrown)) return thrown
  throw thrown
}

/** A request to pause. */
export function pauseInput(inputId: string): RunInput {
  return { kind: 'control', inputId, submittedAt: 1, control: 'pause', by: 'ada' }
}
