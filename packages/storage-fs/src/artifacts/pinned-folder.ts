/**
 * Folders inside a run, opened one by one without following a link, and held open while something is done
 * in them. On Linux a name below `/proc/self/fd/<n>` is looked up in the very folder that is open, so a
 * link that is put there between check and use changes nothing. Elsewhere each folder is checked by name.
 */
import { closeSync, constants, existsSync, mkdirSync, openSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { errnoOf, isMissing, linkRefused } from '../disk/failure.ts'
import { isLink } from '../disk/whole-file.ts'

/** A folder that is held. */
export interface PinnedFolder {
  /** The path of a name in it, for as long as it is held. */
  at(name: string): string
  release(): void
}

const OPEN_FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW
/** Whether a folder that is open can be named. */
export const canPin = existsSync('/proc/self/fd')

/**
 * Pins the folder that the names lead to, or returns `undefined` when it is not there. With `create` what
 * is missing below the first folder is made. Throws `path_refused` where a link is met.
 */
export function pinFolder(top: string, names: readonly string[], create: boolean): PinnedFolder | undefined {
  let folder = pinIfThere(top, top)
  for (const name of names) {
    if (folder === undefined) return undefined
    const outer = folder
    try {
      folder = create ? pinOrCreate(outer.at(name), top) : pinIfThere(outer.at(name), top)
    } finally {
      outer.release()
    }
  }
  return folder
}

function pinIfThere(path: string, run: string): PinnedFolder | undefined {
  try {
    return pin(path, run)
  } catch (thrown) {
    if (isMissing(thrown)) return undefined
    throw thrown
  }
}

/** Mostly the folder is there: it is looked for before it is made. */
function pinOrCreate(path: string, run: string): PinnedFolder {
  const found = pinIfThere(path, run)
  if (found !== undefined) return found
  try {
    mkdirSync(path)
  } catch (thrown) {
    if (errnoOf(thrown) !== 'EEXIST') throw thrown
  }
  return pin(path, run)
}

function pin(path: string, run: string): PinnedFolder {
  if (!canPin) return checkByName(path, run)
  try {
    const fd = openSync(path, OPEN_FOLDER)
    return { at: (name) => `/proc/self/fd/${fd}/${name}`, release: () => closeSync(fd) }
  } catch (thrown) {
    // A link at the end of the path is no folder for Linux, so that the error is ENOTDIR.
    if (isLink(path)) throw linkRefused(run)
    throw thrown
  }
}

function checkByName(path: string, run: string): PinnedFolder {
  if (isLink(path)) throw linkRefused(run)
  // Fails where there is no folder, as opening it would.
  readdirSync(path)
  return { at: (name) => join(path, name), release: () => {} }
}
