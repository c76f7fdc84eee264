/**
 * The artifacts of a run: files below its folder (rule J5). The path is checked before the disk is touched,
 * then every folder on it is entered without following a link.
 */
import { closeSync, constants, fstatSync, linkSync, openSync, readFile, renameSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type ArtifactStore, checkArtifactPath, type PutOptions } from '@batonjs/core'
import { errnoOf, isMissing, linkRefused, runNotFound, toStorageError } from '../disk/failure.ts'
import { drawToken } from '../disk/temp-name.ts'
import {
  closeQuietly,
  flushFile,
  flushFolder,
  isLink,
  removeQuietly,
  tryCut,
  writeContent,
  writeWhole,
} from '../disk/whole-file.ts'
import type { RunPaths } from '../run/run-paths.ts'
import { listArtifacts } from './artifact-list.ts'
import { FolderPins } from './folder-pins.ts'
import type { PinnedFolder } from './pinned-folder.ts'

/** So much is written at a time. */
const SLICE_SIZE = 1024 * 1024
const { O_WRONLY, O_RDONLY, O_CREAT, O_EXCL, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants
const readWhole = promisify(readFile)

/** A name in a folder of the run. */
interface Place {
  readonly folders: readonly string[]
  readonly name: string
}

/** A path that was let through, and what is to be written there. */
interface Placement extends Place {
  readonly content: string | Uint8Array
  readonly sync: 'disk' | 'os'
  /** Where the file is found as well. */
  readonly also: Place | undefined
}

/** The artifacts of a run. Asks for nothing until one of its members is called. */
export function createFsArtifacts(paths: RunPaths): ArtifactStore {
  const pins = new FolderPins(paths)
  const run: RunFolder = { paths, pins }
  return {
    put: (path, content, options) => use(paths, path, () => put(run, toPlacement(path, content, options))),
    append: (path, content) => use(paths, path, () => append(run, toPlacement(path, content))),
    get: (path) => use(paths, path, () => get(run, toPlace(path))),
    async list(prefix = '') {
      return listArtifacts(paths, prefix)
    },
  }
}

/** The folder of a run and what of it is open. */
interface RunFolder {
  readonly paths: RunPaths
  readonly pins: FolderPins
}

/** Checks the path, runs the operation, and makes what it throws a typed error. */
async function use<T>(paths: RunPaths, path: string, operation: () => Promise<T>): Promise<T> {
  checkArtifactPath(path)
  try {
    return await operation()
  } catch (thrown) {
    throw toStorageError(thrown, 'use the artifact', join(paths.folder, path))
  }
}

function toPlace(path: string): Place {
  const folders = path.split('/')
  const name = folders.pop() ?? ''
  return { folders, name }
}

function toPlacement(
  path: string,
  content: string | Uint8Array,
  { sync = 'os', also }: PutOptions = {},
): Placement {
  if (also !== undefined) checkArtifactPath(also)
  return { ...toPlace(path), content, sync, also: also === undefined ? undefined : toPlace(also) }
}

async function put(run: RunFolder, placement: Placement): Promise<void> {
  const folder = enter(run, placement)
  const target = folder.at(placement.name)
  const temp = folder.at(toPutName())
  try {
    if (isLink(target)) throw linkRefused(placement.name)
    await createWhole(temp, placement)
    if (placement.also !== undefined) nameAlso(run, temp, placement.also)
    renameSync(temp, target)
  } catch (thrown) {
    removeQuietly(temp)
    throw thrown
  } finally {
    folder.release()
  }
  if (placement.sync === 'disk') await flushFolders(run.paths, placement)
}

async function createWhole(path: string, { content, sync }: Placement): Promise<void> {
  const fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o666)
  try {
    if (content.length <= SLICE_SIZE) writeContent(fd, content)
    else await writeInSlices(fd, typeof content === 'string' ? Buffer.from(content) : content)
    if (sync === 'disk') await flushFile(fd)
  } finally {
    closeQuietly(fd)
  }
}

/** Other work gets its turn between the slices. */
async function writeInSlices(fd: number, bytes: Uint8Array): Promise<void> {
  for (let start = 0; start < bytes.length; start += SLICE_SIZE) {
    if (start > 0) await setImmediate()
    writeWhole(fd, bytes.subarray(start, start + SLICE_SIZE))
  }
}

/** Gives a finished file a second name. Mostly that is free, and a hard link is all. */
function nameAlso(run: RunFolder, file: string, place: Place): void {
  const folder = enter(run, place)
  try {
    linkSync(file, folder.at(place.name))
  } catch (thrown) {
    if (errnoOf(thrown) !== 'EEXIST') throw thrown
    replaceByLink(file, folder, place.name)
  } finally {
    folder.release()
  }
}

function replaceByLink(file: string, folder: PinnedFolder, name: string): void {
  const target = folder.at(name)
  if (isLink(target)) throw linkRefused(name)
  const temp = folder.at(toPutName())
  linkSync(file, temp)
  try {
    renameSync(temp, target)
  } catch (thrown) {
    removeQuietly(temp)
    throw thrown
  }
}

/** The name of a file that is not finished. */
function toPutName(): string {
  return `.put-${drawToken()}`
}

/** Adds all of the content or, when it fails, nothing. */
async function append(run: RunFolder, placement: Placement): Promise<void> {
  const folder = enter(run, placement)
  try {
    const fd = openSync(
      folder.at(placement.name),
      O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK,
      0o666,
    )
    const { size } = fstatSync(fd)
    try {
      writeContent(fd, placement.content)
    } catch (thrown) {
      tryCut(fd, size)
      throw thrown
    } finally {
      closeSync(fd)
    }
  } finally {
    folder.release()
  }
}

async function get({ pins }: RunFolder, { folders, name }: Place): Promise<string | undefined> {
  const folder = pins.enter(folders, false)
  if (folder === undefined) return undefined
  try {
    return await readArtifact(folder.at(name))
  } finally {
    folder.release()
  }
}

async function readArtifact(path: string): Promise<string | undefined> {
  try {
    const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      return await readWhole(fd, 'utf8')
    } finally {
      closeSync(fd)
    }
  } catch (thrown) {
    if (isMissing(thrown)) return undefined
    throw thrown
  }
}

function enter({ paths, pins }: RunFolder, { folders }: Place): PinnedFolder {
  const folder = pins.enter(folders, true)
  if (folder === undefined) throw runNotFound(paths.runId, paths.root)
  return folder
}

/** Flushes the names of a file and of every folder on the way to them. */
async function flushFolders(paths: RunPaths, { folders, also }: Placement): Promise<void> {
  await flushUp(paths, folders)
  if (also !== undefined) await flushUp(paths, also.folders)
}

async function flushUp(paths: RunPaths, folders: readonly string[]): Promise<void> {
  for (let depth = folders.length; depth >= 0; depth--) {
    await flushFolder(join(paths.folder, ...folders.slice(0, depth)))
  }
}
