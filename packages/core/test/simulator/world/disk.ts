/**
 * A storage that outlives the processes of a run, and on which appends fail, tear or end their process.
 *
 * Invariants:
 * 1. What is read after a restart was stored as text: nothing is shared with the process that wrote it.
 * 2. Every fault strikes once, at the append that its number names.
 */
import { StorageError } from '../../../src/errors/swarm-error.ts'
import type { DurableEvent } from '../../../src/events/swarm-event.ts'
import { createMemoryStorage } from '../../../src/orchestrator/memory/memory-storage.ts'
import type { ArtifactStore } from '../../../src/storage/artifact-store.ts'
import type { AppendOptions, RunInput, RunStorage, RunWriter } from '../../../src/storage/storage.ts'
import type { Fault } from '../scenario.ts'
import type { Process, World } from './world.ts'

/** A storage of simulated runs. */
export interface Disk {
  /** The storage as a process sees it. */
  storageOf(process: Process): RunStorage
  /** The journal as text, a line for each event. */
  readonly lines: readonly string[]
  /** Which process wrote each line. */
  readonly writers: readonly number[]
  /** Everything that was put into the inbox. */
  readonly inbox: readonly Submitted[]
  /** Faults that have struck. */
  readonly struck: readonly Fault[]
  /** The artifacts of the run, by path. */
  artifacts(): Promise<Artifacts>
  /** Writes a journal and artifacts that another run has made. */
  restore(stored: Stored): Promise<void>
}

/** Artifacts by path. */
export type Artifacts = ReadonlyMap<string, string>

/** What a run leaves behind. */
export interface Stored {
  readonly lines: readonly string[]
  readonly artifacts: Artifacts
  /** What was put into its inbox, and how many lines there were by then. */
  readonly inbox: readonly Submitted[]
}

/** Something that was put into an inbox. */
export interface Submitted {
  readonly input: RunInput
  readonly at: number
}

/** What a run had left behind when its journal was so long. */
export function prefixOf({ lines, artifacts, inbox }: Stored, length: number): Stored {
  const kept = lines.slice(0, length)
  const isOpen = ({ input, at }: Submitted): boolean =>
    at <= length && !kept.some((line) => line.includes(JSON.stringify(input.inputId)))
  return { lines: kept, artifacts, inbox: inbox.filter(isOpen) }
}

/** What a disk is made of. */
export interface DiskOptions {
  readonly world: World
  readonly faults: readonly Fault[]
  readonly slow: boolean
  /** Is told what has become durable. */
  readonly onAppend: (events: readonly DurableEvent[]) => void
}

const NEVER = new Promise<never>(() => {})
const RESTORER: Process = { id: 0, isAlive: true }

/** An empty disk. */
export function createDisk(options: DiskOptions): Disk {
  const inner = createMemoryStorage()
  const lines: string[] = []
  const writers: number[] = []
  const struck: Fault[] = []
  const inbox: Submitted[] = []
  const disk: DiskState = { ...options, inner, lines, writers, inbox, struck, appends: 0, holder: undefined }
  return {
    lines,
    writers,
    inbox,
    struck,
    storageOf: (process) => createStorage(disk, process),
    artifacts: () => readArtifacts(inner),
    async restore(stored) {
      const [created, ...rest] = stored.lines.map(parseLine)
      if (created === undefined) throw new Error('There is no journal to restore')
      const writer = await inner.createRun([created])
      keep(disk, RESTORER, [created])
      if (rest.length > 0) await apply(disk, RESTORER, writer, { events: rest })
      await writer.close()
      const store = inner.artifacts(created.runId)
      for (const [path, content] of stored.artifacts) await store.put(path, content)
      for (const { input } of stored.inbox) await inner.submit(created.runId, input)
    },
  }
}

async function readArtifacts(inner: RunStorage): Promise<Artifacts> {
  const { runs } = await inner.listRuns()
  const found = new Map<string, string>()
  for (const { runId } of runs) {
    const store = inner.artifacts(runId)
    for (const path of await store.list()) found.set(path, (await store.get(path)) ?? '')
  }
  return found
}

interface DiskState extends DiskOptions {
  readonly inner: RunStorage
  readonly lines: string[]
  readonly writers: number[]
  readonly inbox: Submitted[]
  readonly struck: Fault[]
  appends: number
  holder: { readonly process: Process; readonly writer: RunWriter } | undefined
}

interface Batch {
  readonly events: readonly DurableEvent[]
  readonly options?: AppendOptions | undefined
}

function createStorage(disk: DiskState, process: Process): RunStorage {
  const { inner } = disk
  const alive = <T>(value: Promise<T>): Promise<T> => (process.isAlive ? value : NEVER)
  return {
    specVersion: 1,
    async createRun(events) {
      const strike = strikeOf(disk)
      if (strike !== undefined && !isAfter(strike)) return await refuse(disk, process, strike)
      const writer = await inner.createRun(events)
      keep(disk, process, events)
      disk.holder = { process, writer }
      if (strike !== undefined) {
        if (process.isAlive && !strike.kind.startsWith('kill')) await writer.close()
        return await refuse(disk, process, strike)
      }
      return createWriter(disk, process, writer)
    },
    async openRun(runId, { takeover = false } = {}) {
      await releaseLock(disk, takeover)
      if (!process.isAlive) return await NEVER
      const writer = await inner.openRun(runId)
      disk.holder = { process, writer }
      return createWriter(disk, process, writer)
    },
    async *readEvents(runId, options) {
      for await (const { seq } of inner.readEvents(runId, options)) yield parseLine(disk.lines[seq - 1] ?? '')
    },
    listRuns: (query) => alive(inner.listRuns(query)),
    submit(runId, input) {
      disk.inbox.push({ input, at: disk.lines.length })
      return alive(inner.submit(runId, input))
    },
    artifacts: (runId) => createArtifacts(inner.artifacts(runId), alive),
    remove: (runId) => inner.remove(runId),
  }
}

function createArtifacts(inner: ArtifactStore, alive: <T>(value: Promise<T>) => Promise<T>): ArtifactStore {
  return {
    put: (path, content) => alive(Promise.resolve()).then(() => inner.put(path, content)),
    append: (path, content) => alive(Promise.resolve()).then(() => inner.append(path, content)),
    get: (path) => alive(inner.get(path)),
    list: (prefix) => alive(inner.list(prefix)),
  }
}

/** The lock of a dead process is free; that of a living one only for who takes it over. */
async function releaseLock({ holder }: DiskState, takeover: boolean): Promise<void> {
  if (holder !== undefined && (takeover || !holder.process.isAlive)) await holder.writer.close()
}

function createWriter(disk: DiskState, process: Process, writer: RunWriter): RunWriter {
  let failure: unknown
  const append = async (batch: Batch): Promise<void> => {
    if (failure !== undefined) throw failure
    if (disk.holder?.writer !== writer) throw lockLost()
    const strike = strikeOf(disk)
    if (strike === undefined) return await applySlowly(disk, process, writer, batch)
    await tear(disk, process, writer, { batch, strike })
    try {
      await refuse(disk, process, strike)
    } catch (error) {
      failure = error
      throw error
    }
  }
  return {
    get lastSeq() {
      return writer.lastSeq
    },
    append: (events, options) => (process.isAlive ? append({ events, options }) : NEVER),
    backlog: () => (process.isAlive ? writer.backlog() : NEVER),
    inputs: (signal) => deliver(disk, process, writer.inputs(signal)),
    owned: () => Promise.resolve(disk.holder?.writer === writer),
    close: () => (process.isAlive ? writer.close() : NEVER),
  }
}

async function applySlowly(
  disk: DiskState,
  process: Process,
  writer: RunWriter,
  batch: Batch,
): Promise<void> {
  const { world, slow } = disk
  const isSlow = slow && world.random.chance(0.3)
  if (isSlow && world.random.chance(0.5)) await world.turnOf(process, 'the disk takes its time')
  if (disk.holder?.writer !== writer) throw lockLost()
  await apply(disk, process, writer, batch)
  if (!isSlow) return
  await world.turnOf(process, 'the disk answers')
  // An append counts for its owner only while the lock is still its own after the write.
  if (disk.holder?.writer !== writer) throw lockLost()
}

async function apply(
  disk: DiskState,
  process: Process,
  writer: RunWriter,
  { events, options }: Batch,
): Promise<void> {
  await writer.append(events, options)
  keep(disk, process, events)
}

function keep(disk: DiskState, process: Process, events: readonly DurableEvent[]): void {
  for (const event of events) {
    disk.lines.push(JSON.stringify(event))
    disk.writers.push(process.id)
  }
  disk.onAppend(events)
}

function parseLine(line: string): DurableEvent {
  return JSON.parse(line)
}

type Strike = Fault

function strikeOf(disk: DiskState): Strike | undefined {
  disk.appends += 1
  const fault = disk.faults.find(({ kind, at }) => at === disk.appends && /-(before|after|torn)$/.test(kind))
  if (fault !== undefined) disk.struck.push(fault)
  return fault
}

function isAfter({ kind }: Strike): boolean {
  return kind.endsWith('-after')
}

/** Applies what a strike lets through: nothing, all, or the first events of the batch. */
async function tear(
  disk: DiskState,
  process: Process,
  writer: RunWriter,
  { batch, strike }: { readonly batch: Batch; readonly strike: Strike },
): Promise<void> {
  const { events, options } = batch
  const count = isAfter(strike)
    ? events.length
    : strike.kind.endsWith('-torn')
      ? disk.world.random.int(events.length)
      : 0
  const kept = events.slice(0, count)
  if (kept.length === 0) return
  const acks = options?.acks?.filter((id) => kept.some((event) => 'inputId' in event && event.inputId === id))
  await apply(disk, process, writer, { events: kept, ...(acks === undefined ? {} : { options: { acks } }) })
}

/** The process ends, or is told that its write failed. */
function refuse({ world }: DiskState, process: Process, { kind }: Strike): Promise<never> {
  if (kind.startsWith('kill')) {
    world.story.push(`${kind}: process ${process.id} is killed`)
    world.kill(process)
    return NEVER
  }
  return Promise.reject(new StorageError('ENOSPC: no space left on device', { code: 'storage_failed' }))
}

function lockLost(): StorageError {
  return new StorageError('Another process has taken the run over', { code: 'run_lock_lost' })
}

/** Inputs as they arrive; where the scenario says so, each of them twice. */
async function* deliver(
  disk: DiskState,
  process: Process,
  inputs: AsyncIterable<RunInput>,
): AsyncIterable<RunInput> {
  const isTwice = disk.faults.some(({ kind }) => kind === 'deliver-again')
  for await (const input of inputs) {
    if (!process.isAlive) await NEVER
    yield input
    if (isTwice) yield input
  }
}
