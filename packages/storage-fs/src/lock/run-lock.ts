/**
 * The lock of a run: `lock.<n>`, the highest number wins.
 *
 * 1. A lock file is made whole and only once (a hard link fails when the name is taken), so of two
 *    processes that want the same number one gets it.
 * 2. Numbers only grow: the highest file is never removed, it is released by emptying it, which needs no
 *    space on a full disk. Who was slow and makes a lower one sees the higher and gives up.
 * 3. An owner may write as long as its own file lies there. Who takes over from an owner that may still
 *    live renames that file to `lock.<n>.taken` first, and gives the journal a new inode before it
 *    removes the mark (see journal-fence.ts).
 * 4. A lock of this process that it does not hold is nobody's: its folder was away when it was released.
 */
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { type RunOwner, StorageError } from '@batonjs/core'
import { attempt, errnoOf, isMissing, toStorageError } from '../disk/failure.ts'
import { parseFields, textOf } from '../disk/json-fields.ts'
import { drawToken, isOwnToken, toTempPath } from '../disk/temp-name.ts'
import { createFile, removeQuietly } from '../disk/whole-file.ts'
import type { RunPaths } from '../run/run-paths.ts'
import { isAlive, type ProcessIdentity, parseIdentity, toIdentityFields } from './process-identity.ts'

/** A lock file as it is found. */
export interface LockState {
  readonly number: number
  readonly path: string
  /** Its owner gave it back. */
  readonly released: boolean
  /** Left out when the file does not tell. */
  readonly owner?: RunOwner
}

/** A lock that this process holds. */
export interface HeldLock {
  readonly number: number
  readonly path: string
  /** Tells it from every other. */
  readonly token: string
}

/** Tokens of the locks that this process holds, or is about to. */
const heldTokens = new Set<string>()

const LOCK_NAME = /^lock\.([1-9][0-9]{0,14})$/
const TAKEN_NAME = /^lock\.[1-9][0-9]{0,14}\.taken$/

/** A token for a lock that this process is about to hold. */
export function drawLockToken(): string {
  const token = drawToken()
  heldTokens.add(token)
  return token
}

/** What a lock file holds. */
export function toLockText(self: ProcessIdentity, token: string): string {
  const fields = { ...toIdentityFields(self), token, locked_at: new Date().toISOString() }
  return `${JSON.stringify(fields)}\n`
}

/** A lock of this token is not held, or no longer. */
export function forgetLock(token: string): void {
  heldTokens.delete(token)
}

/** The path of a lock in a run's folder. */
export function toLockPath(folder: string, number: number): string {
  return join(folder, `lock.${number}`)
}

/** The locks in a folder, the highest first. */
export function readLocks(folder: string, self: ProcessIdentity): readonly LockState[] {
  return listLocks(folder).flatMap((number) => readLock(folder, number, self) ?? [])
}

/** The number of the highest lock, 0 when there is none: it grows with every owner. */
export function newestLockNumber(folder: string): number {
  return listLocks(folder)[0] ?? 0
}

function listLocks(folder: string): readonly number[] {
  return readdirSync(folder)
    .flatMap((name) => LOCK_NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a)
}

/** Whether the lock's owner lives or may live, so that nobody may replace it unasked. */
export function isHeld(lock: LockState | undefined): lock is LockState {
  return lock !== undefined && !lock.released && lock.owner?.alive !== false
}

/** Locks a run. Throws `run_locked` with the owner; `takeover` replaces one that nobody can check. */
export function acquireLock(paths: RunPaths, self: ProcessIdentity, takeover: boolean): HeldLock {
  return attempt('lock', paths.folder, () => contend(paths, self, takeover))
}

/** Tries for the next number until it has it or somebody else does, from whom nothing is taken. */
function contend(paths: RunPaths, self: ProcessIdentity, takeover: boolean): HeldLock {
  for (let mayTake = takeover; ; mayTake = false) {
    const newest = readLocks(paths.folder, self)[0]
    if (isHeld(newest) && !(mayTake && newest.owner?.alive === undefined)) throw runLocked(paths, newest)
    const lock = claimLock(paths.folder, (newest?.number ?? 0) + 1, self)
    if (lock !== undefined) return lock
  }
}

/** Moves the locks before this one out of the way. Returns whether one of them may still be written under. */
export function fenceOthers(paths: RunPaths, lock: HeldLock, self: ProcessIdentity): boolean {
  for (const other of readLocks(paths.folder, self)) {
    if (other.number < lock.number && isHeld(other)) renameSync(other.path, `${other.path}.taken`)
  }
  return readdirSync(paths.folder).some((name) => TAKEN_NAME.test(name))
}

/** Removes the locks before this one. The journal is this owner's alone by now. */
export function removeOthers(paths: RunPaths, lock: HeldLock): void {
  for (const name of readdirSync(paths.folder)) {
    const number = Number(LOCK_NAME.exec(name)?.[1] ?? Number.NaN)
    if (number < lock.number || TAKEN_NAME.test(name)) rmSync(join(paths.folder, name), { force: true })
  }
}

/** Gives a lock back. Does nothing when it was taken or removed. */
export function releaseLock(lock: HeldLock): void {
  forgetLock(lock.token)
  try {
    truncateSync(lock.path)
  } catch (thrown) {
    if (!isMissing(thrown)) throw toStorageError(thrown, 'release', lock.path)
  }
}

/** The error that names who holds the run. */
export function runLocked(paths: RunPaths, lock: LockState): StorageError {
  const { owner } = lock
  const who = owner === undefined ? 'an unknown process' : `process ${owner.pid} on host "${owner.host}"`
  const wayOut =
    owner?.alive === true
      ? 'It is running: wait for its result, or stop it there or from here with open(runId).stop()'
      : 'Whether it lives cannot be seen from here: if it is gone, resume the run with takeover: true'
  const message = `Run "${paths.runId}" is locked by ${who} (lock "${lock.path}"). ${wayOut}`
  return new StorageError(message, { code: 'run_locked', retryable: true, details: { owner } })
}

/** Makes the lock file of this number, unless somebody has, or has gone on to a higher one. */
function claimLock(folder: string, number: number, self: ProcessIdentity): HeldLock | undefined {
  const path = toLockPath(folder, number)
  const temp = toTempPath(folder, 'lock')
  const token = drawLockToken()
  try {
    createFile(temp, toLockText(self, token))
    if (linkOnce(temp, path)) {
      if (readLocks(folder, self)[0]?.number === number) return { number, path, token }
      rmSync(path, { force: true })
    }
  } catch (thrown) {
    forgetLock(token)
    throw thrown
  }
  forgetLock(token)
  return undefined
}

function linkOnce(temp: string, path: string): boolean {
  try {
    linkSync(temp, path)
    return true
  } catch (thrown) {
    if (errnoOf(thrown) === 'EEXIST') return false
    throw thrown
  } finally {
    removeQuietly(temp)
  }
}

function readLock(folder: string, number: number, self: ProcessIdentity): LockState | undefined {
  const path = toLockPath(folder, number)
  const text = tryRead(path)
  if (text === undefined) return undefined
  const fields = parseFields(text) ?? {}
  const identity = parseIdentity(fields)
  const lock = { number, path, released: text === '' || isLeft(textOf(fields, 'token')) }
  return identity === undefined ? lock : { ...lock, owner: toOwner(identity, self) }
}

/** Whether this process made a lock and does not hold it any more. */
function isLeft(token: string | undefined): boolean {
  return token !== undefined && isOwnToken(token) && !heldTokens.has(token)
}

function toOwner(identity: ProcessIdentity, self: ProcessIdentity): RunOwner {
  const alive = isAlive(identity, self)
  const { pid, host } = identity
  return alive === undefined ? { pid, host } : { pid, host, alive }
}

/** The text of a lock; `undefined` when it was removed since it was listed. */
function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (thrown) {
    if (isMissing(thrown)) return undefined
    throw thrown
  }
}
