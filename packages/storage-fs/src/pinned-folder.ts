/**
 * Folders inside a run, opened one by one without following a link, and held open while something is done
 * in them. On Linux a name below `/proc/self/fd/<n>` is looked up in the very folder that is open, so a
 * link that is put there between check and use changes nothing. Elsewhere each folder is checked by name.
 */
import { closeSync, constants, existsSync, lstatSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { errnoOf, isMissing, linkRefused } from './failure.ts'
import { isLink } from './whole-file.ts'

/** A folder that is held. */
export interface PinnedFolder {
  /** The path of a name in it, for as long as it is held. */
  at(name: string): string
  release(): void
}

const OPEN_FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW
const canPin = existsSync('/proc/self/fd')

/**
 * Pins the folder that the names lead to, or returns `undefined` when it is not there. With `create` what
 * is missing below the first folder is made. Throws `path_refused` where a link is met.
 */
export function pinFolder(top: string, names: readonly string[], create: boolean): PinnedFolder | undefined {
  let folder = pin(top, top)
  for (const name of names) {
    if (folder === undefined) return undefined
    const outer = folder
    const path = outer.at(name)
    try {
      if (create) makeFolder(path)
      folder = pin(path, join(top, ...names))
    } finally {
      outer.release()
    }
  }
  return folder
}

function pin(path: string, shown: string): PinnedFolder | undefined {
  try {
    return canPin ? pinOpen(path) : pinByName(path, shown)
  } catch (thrown) {
    // A link at the end fails with ENOTDIR, since it is no folder, on some kernels with ELOOP.
    if (errnoOf(thrown) === 'ELOOP' || isLink(path)) throw linkRefused(shown)
    if (isMissing(thrown)) return undefined
    throw thrown
  }
}

function pinOpen(path: string): PinnedFolder {
  const fd = openSync(path, OPEN_FOLDER)
  return { at: (name) => `/proc/self/fd/${fd}/${name}`, release: () => closeSync(fd) }
}

function pinByName(path: string, shown: string): PinnedFolder | undefined {
  const found = lstatSync(path)
  if (found.isSymbolicLink()) throw linkRefused(shown)
  return found.isDirectory() ? { at: (name) => join(path, name), release: () => {} } : undefined
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path)
  } catch (thrown) {
    if (errnoOf(thrown) !== 'EEXIST') throw thrown
  }
}
