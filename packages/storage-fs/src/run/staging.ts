import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errnoOf } from '../disk/failure.ts'
import { drawToken } from '../disk/temp-name.ts'
import { flushFolder } from '../disk/whole-file.ts'
import type { ProcessIdentity } from '../lock/process-identity.ts'
import { isHeld, readLocks } from '../lock/run-lock.ts'

/** A folder without a lock is being made this moment, or was left by a crash long ago. */
const ABANDONED_MS = 60 * 60 * 1_000

/** Where runs are put together before they appear, and taken apart after they are gone. */
export function stagingOf(root: string): string {
  return join(root, '.staging')
}

/** Makes the folder of runs and its staging, flushed, and removes what a crash left there. */
export async function prepareRoot(root: string, self: ProcessIdentity): Promise<void> {
  const staging = stagingOf(root)
  const first = makeFolders(staging)
  if (first !== undefined) await flushUpTo(dirname(first), root)
  for (const name of readdirSync(staging)) removeAbandoned(join(staging, name), self)
}

/** A new, empty folder in the staging. */
export function createStage(root: string): string {
  const stage = join(stagingOf(root), drawToken())
  mkdirSync(stage)
  return stage
}

/** Makes a run disappear at once, then removes its files. */
export async function discard(root: string, folder: string, self: ProcessIdentity): Promise<void> {
  await prepareRoot(root, self)
  const grave = join(stagingOf(root), drawToken())
  renameSync(folder, grave)
  await flushFolder(root)
  await rm(grave, { recursive: true, force: true })
}

/**
 * Makes a folder and those above it; returns the first that was missing. Node's own recursive `mkdir` says
 * ENOENT where the file system is read-only.
 */
function makeFolders(folder: string): string | undefined {
  try {
    mkdirSync(folder)
    return folder
  } catch (thrown) {
    if (errnoOf(thrown) === 'EEXIST') return undefined
    if (errnoOf(thrown) !== 'ENOENT' || dirname(folder) === folder) throw thrown
  }
  const first = makeFolders(dirname(folder))
  mkdirSync(folder)
  return first ?? folder
}

async function flushUpTo(top: string, root: string): Promise<void> {
  for (let folder = root; ; folder = dirname(folder)) {
    await flushFolder(folder)
    if (folder === top || folder === dirname(folder)) return
  }
}

function removeAbandoned(path: string, self: ProcessIdentity): void {
  try {
    const found = statSync(path)
    // A file is left by a process that died while it probed the file system.
    const newest = found.isDirectory() ? readLocks(path, self)[0] : undefined
    if (isHeld(newest)) return
    if (newest === undefined && Date.now() - found.mtimeMs < ABANDONED_MS) return
    rmSync(path, { recursive: true, force: true })
  } catch {
    // Another process removes it too.
  }
}
