/** My job: one run that is kept in memory: its journal, its writer, its inbox. */
import { StorageError } from '../../errors/swarm-error.ts'
import type { DurableEvent } from '../../events/swarm-event.ts'
import type { ReadEventsOptions, RunInput, RunWriter } from '../../storage/storage.ts'
import { type Bell, createBell } from '../readers/bell.ts'
import type { MemoryFile } from './memory-artifacts.ts'

/** One run of a memory storage. `lastSeq` is the number of events, since `seq` is gapless from 1. */
export interface MemoryRun {
  readonly runId: string
  /** Counts the runs of the storage: the greater, the newer. */
  readonly order: number
  readonly events: DurableEvent[]
  readonly appended: Bell
  /** Every input that ever came, oldest first. */
  readonly inputs: RunInput[]
  /** Ids of the inputs that came or were acknowledged: another one like it is dropped. */
  readonly known: Set<string>
  readonly acknowledged: Set<string>
  readonly submitted: Bell
  readonly artifacts: Map<string, MemoryFile>
  writer: RunWriter | undefined
  removed: boolean
}

/** A run that nobody has written to. */
export function createMemoryRun(runId: string, order: number): MemoryRun {
  return {
    runId,
    order,
    events: [],
    appended: createBell(),
    inputs: [],
    known: new Set(),
    acknowledged: new Set(),
    submitted: createBell(),
    artifacts: new Map(),
    writer: undefined,
    removed: false,
  }
}

const DONE = Promise.resolve()

/** Locks the run and returns its writer. The caller has seen that nobody else holds the lock. */
export function lockMemoryRun(run: MemoryRun): RunWriter {
  let failure: StorageError | undefined
  const writer: RunWriter = {
    get lastSeq() {
      return run.events.length
    },
    append(events, options) {
      failure ??= findConflict(run, events)
      if (failure !== undefined) return Promise.reject(failure)
      for (const event of events) run.events.push(event)
      if (options?.acks !== undefined) acknowledge(run, options.acks)
      run.appended.ring()
      return DONE
    },
    backlog: () => Promise.resolve(run.inputs.filter((input) => !run.acknowledged.has(input.inputId))),
    inputs: (signal) => readInputs(run, signal, () => failure === undefined),
    owned: () => Promise.resolve(run.writer === writer),
    close() {
      failure ??= new StorageError(`The writer of run "${run.runId}" is closed`, { code: 'writer_closed' })
      if (run.writer === writer) run.writer = undefined
      run.submitted.ring()
      return DONE
    },
  }
  run.writer = writer
  return writer
}

/** Why a batch cannot be appended, if it cannot (rule J1). */
export function findConflict(run: MemoryRun, events: readonly DurableEvent[]): StorageError | undefined {
  let expected = run.events.length + 1
  for (const { seq } of events) {
    if (seq !== expected) return conflict(run.runId, expected, seq)
    expected++
  }
  return undefined
}

function conflict(runId: string, expected: number, seq: number): StorageError {
  const message = `Run "${runId}" expects seq ${expected}, the batch brought ${seq}: open the run again`
  return new StorageError(message, { code: 'journal_conflict', details: { expected, seq } })
}

function acknowledge(run: MemoryRun, inputIds: readonly string[]): void {
  for (const inputId of inputIds) {
    run.known.add(inputId)
    run.acknowledged.add(inputId)
  }
}

/** Leaves an input for the owner, once (rule J2). */
export function deliver(run: MemoryRun, input: RunInput): void {
  if (run.known.has(input.inputId)) return
  run.known.add(input.inputId)
  run.inputs.push(input)
  run.submitted.ring()
}

async function* readInputs(run: MemoryRun, signal: AbortSignal, isOpen: () => boolean) {
  let next = 0
  while (!signal.aborted && isOpen()) {
    const input = run.inputs[next]
    if (input === undefined) {
      await run.submitted.wait(signal)
      continue
    }
    next++
    if (!run.acknowledged.has(input.inputId)) yield input
  }
}

/**
 * Yields the events of a run, and with `follow` those to come until the run is completed or removed.
 * `find` is called, and may throw, when the first event is asked for.
 */
export async function* readMemoryRun(find: () => MemoryRun, options: ReadEventsOptions = {}) {
  const { fromSeq = 1, follow = false, signal } = options
  const run = find()
  let next = Math.max(1, fromSeq) - 1
  while (!signal?.aborted) {
    const event = run.events[next]
    if (event !== undefined) {
      next++
      yield event
    } else if (!follow || run.removed || run.events.at(-1)?.type === 'run_completed') {
      return
    } else {
      await run.appended.wait(signal)
    }
  }
}
