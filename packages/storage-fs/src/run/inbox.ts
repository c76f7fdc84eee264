/**
 * Inputs for the owner of a run: one file each, named by when it came, so that any process can leave one
 * and the owner finds them in order. A file stays until its input is acknowledged by events that count.
 */
import { lstatSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { digestText, type RunInput } from '@batonjs/core'
import { attempt, errnoOf, isMissing, linkRefused, toStorageError } from '../disk/failure.ts'
import { watchFolder } from '../disk/folder-watch.ts'
import { type Fields, numberOf, parseFields, textOf } from '../disk/json-fields.ts'
import { linkSignals } from '../disk/linked-signal.ts'
import { toTempPath } from '../disk/temp-name.ts'
import {
  closeQuietly,
  flushFile,
  flushFolder,
  isLink,
  readText,
  removeQuietly,
  writeWhole,
} from '../disk/whole-file.ts'
import type { RunPaths } from './run-paths.ts'

/** Few runs are told anything, and short ones never: the folder is made and watched after so long. */
const LISTEN_AFTER_MS = 10
const FILE_NAME = /^\d{16}-.+\.json$/
const SAFE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

/** The inbox as the owner of the run reads it. */
export class Inbox {
  readonly #folder: string
  readonly #acknowledged: Set<string>
  /** What each file was found to hold; `undefined` for one that is no input. */
  readonly #files = new Map<string, RunInput | undefined>()

  /** @param acknowledged the ids that the journal repeats already */
  constructor(folder: string, acknowledged: Set<string>) {
    this.#folder = folder
    this.#acknowledged = acknowledged
  }

  /** Inputs that wait now, oldest first, each once. */
  backlog(): readonly RunInput[] {
    return [...this.#pending(new Set())]
  }

  /** Inputs that are not acknowledged, oldest first, each once, as they come, until a signal aborts. */
  async *inputs(...ends: readonly AbortSignal[]): AsyncGenerator<RunInput, void> {
    const { signal, release } = linkSignals(...ends)
    try {
      await pause(LISTEN_AFTER_MS, signal)
      if (!signal.aborted) yield* this.#listen(signal)
    } finally {
      release()
    }
  }

  async *#listen(signal: AbortSignal): AsyncGenerator<RunInput, void> {
    const given = new Set<string>()
    tryPrepareInbox(this.#folder)
    const watch = watchFolder(this.#folder)
    try {
      while (!signal.aborted) {
        const seen = watch.bell.count
        for (const input of this.#pending(given, signal)) yield input
        await watch.bell.wait(seen, signal)
      }
    } finally {
      watch.close()
    }
  }

  /** Drops inputs for good: events that count repeat them (rule J2). */
  acknowledge(inputIds: readonly string[]): void {
    for (const inputId of inputIds) this.#acknowledged.add(inputId)
    for (const [name, input] of this.#files) {
      if (input !== undefined && inputIds.includes(input.inputId)) this.#remove(name)
    }
  }

  /** What waits and was not given yet, which it is then. Stops when the signal aborts. */
  *#pending(given: Set<string>, signal?: AbortSignal): Generator<RunInput, void> {
    for (const name of this.#list()) {
      if (signal?.aborted) return
      const input = this.#open(name)
      if (input === undefined || given.has(input.inputId)) continue
      given.add(input.inputId)
      yield input
    }
  }

  /** The input in a file; a file of one that was acknowledged is removed. */
  #open(name: string): RunInput | undefined {
    if (!this.#files.has(name)) this.#files.set(name, readInput(join(this.#folder, name)))
    const input = this.#files.get(name)
    if (input === undefined || !this.#acknowledged.has(input.inputId)) return input
    this.#remove(name)
    return undefined
  }

  #list(): readonly string[] {
    return attempt('list', this.#folder, () => {
      const found = lstatSync(this.#folder, { throwIfNoEntry: false })
      if (found === undefined) return []
      if (found.isSymbolicLink()) throw linkRefused(this.#folder)
      try {
        return readdirSync(this.#folder)
          .filter((name) => FILE_NAME.test(name))
          .sort()
      } catch (thrown) {
        if (isMissing(thrown)) return []
        throw thrown
      }
    })
  }

  /** A file that cannot be removed is harmless: its input stays acknowledged. */
  #remove(name: string): void {
    this.#files.delete(name)
    try {
      rmSync(join(this.#folder, name), { force: true })
    } catch {
      // Tried again when the folder is read again.
    }
  }
}

/** Leaves an input, flushed: whoever left it may go. Throws `storage_failed`, `path_refused`. */
export async function leaveInput(paths: RunPaths, input: RunInput): Promise<void> {
  const path = join(paths.inbox, `${nextArrival()}-${toFileName(input.inputId)}.json`)
  const temp = toTempPath(paths.inbox, 'input')
  try {
    prepareInbox(paths.inbox)
    await createFlushed(temp, JSON.stringify(input))
    renameSync(temp, path)
    await flushFolder(paths.inbox)
  } catch (thrown) {
    removeQuietly(temp)
    throw toStorageError(thrown, 'leave an input at', path)
  }
}

async function createFlushed(path: string, text: string): Promise<void> {
  const fd = openSync(path, 'wx')
  try {
    writeWhole(fd, Buffer.from(text))
    await flushFile(fd)
  } finally {
    closeQuietly(fd)
  }
}

/** What cannot be made is not there for others either; looking into it tells whether the run is. */
function tryPrepareInbox(folder: string): void {
  try {
    prepareInbox(folder)
  } catch {
    // Looked for again with every look.
  }
}

/** The first who needs it makes it. */
function prepareInbox(folder: string): void {
  try {
    mkdirSync(folder)
  } catch (thrown) {
    if (errnoOf(thrown) !== 'EEXIST') throw thrown
    if (isLink(folder)) throw linkRefused(folder)
  }
}

/** Resolves after a while, or when the signal aborts. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, signal.aborted ? 0 : milliseconds)
    signal.addEventListener('abort', end)
  })
}

let lastArrival = 0

/** Microseconds since the epoch, never the same twice in one process: two inputs keep their order. */
function nextArrival(): string {
  lastArrival = Math.max(lastArrival + 1, Date.now() * 1_000)
  return String(lastArrival).padStart(16, '0')
}

function toFileName(inputId: string): string {
  return SAFE_ID.test(inputId) ? inputId : digestText(inputId).slice(0, 32)
}

/** The input that a file holds; `undefined` for a link, or for what was not left by {@link leaveInput}. */
function readInput(path: string): RunInput | undefined {
  try {
    const fields = parseFields(readText(path))
    // Checked member by member; `answer` is any JSON.
    return fields !== undefined && isInput(fields) ? (fields as Fields & RunInput) : undefined
  } catch (thrown) {
    if (isMissing(thrown) || errnoOf(thrown) === 'ELOOP') return undefined
    throw toStorageError(thrown, 'read', path)
  }
}

const CONTROLS: readonly unknown[] = ['pause', 'continue', 'stop', 'cancel']

function isInput(fields: Fields): boolean {
  const isNamed = textOf(fields, 'inputId') !== undefined && textOf(fields, 'by') !== undefined
  if (!isNamed || numberOf(fields, 'submittedAt') === undefined) return false
  if (fields.kind === 'control') return CONTROLS.includes(fields.control)
  return fields.kind === 'answer' && textOf(fields, 'requestId') !== undefined && 'answer' in fields
}
