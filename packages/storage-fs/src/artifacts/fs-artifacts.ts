/**
 * The artifacts of a run: files below its folder (rule J5). The path is checked before the disk is touched,
 * then every folder on it is entered without following a link.
 */
import { closeSync, constants, fstatSync, openSync, readFile, renameSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type ArtifactStore, checkArtifactPath, type PutOptions } from '@batonjs/core'
import { isMissing, linkRefused, runNotFound, toStorageError } from '../disk/failure.ts'
import { drawToken } from '../disk/temp-name.ts'
import {
  closeQuietly,
  flushFile,
  flushFolder,
  isLink,
  removeQuietly,
  tryCut,
  writeWhole,
} from '../disk/whole-file.ts'
import type { RunPaths } from '../run/run-paths.ts'
import { listArtifacts } from './artifact-list.ts'
import { type PinnedFolder, pinFolder } from './pinned-folder.ts'

/** So much is written at a time; other work gets its turn in between. */
const SLICE_SIZE = 1024 * 1024
const { O_WRONLY, O_RDONLY, O_CREAT, O_EXCL, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants
const readWhole = promisify(readFile)

/** A path that was let through, and what is to be written there. */
interface Placement {
  readonly folders: readonly string[]
  readonly name: string
  readonly bytes: Uint8Array
  readonly sync: 'disk' | 'os'
}

/** The artifacts of a run. Asks for nothing until one of its members is called. */
export function createFsArtifacts(paths: RunPaths): ArtifactStore {
  return {
    put: (path, content, options) => write(paths, path, () => put(paths, place(path, content, options))),
    append: (path, content) => write(paths, path, () => append(paths, place(path, content))),
    get: (path) => write(paths, path, () => get(paths, place(path, ''))),
    async list(prefix = '') {
      return listArtifacts(paths, prefix)
    },
  }
}

/** Checks the path, runs the operation, and makes what it throws a typed error. */
async function write<T>(paths: RunPaths, path: string, operation: () => Promise<T>): Promise<T> {
  checkArtifactPath(path)
  try {
    return await operation()
  } catch (thrown) {
    throw toStorageError(thrown, 'use the artifact', join(paths.folder, path))
  }
}

function place(path: string, content: string | Uint8Array, { sync = 'os' }: PutOptions = {}): Placement {
  const folders = path.split('/')
  const name = folders.pop() ?? ''
  return { folders, name, bytes: typeof content === 'string' ? Buffer.from(content) : content, sync }
}

async function put(paths: RunPaths, placement: Placement): Promise<void> {
  const folder = enter(paths, placement, true)
  const target = folder.at(placement.name)
  const temp = folder.at(`.put-${drawToken()}`)
  try {
    if (isLink(target)) throw linkRefused(placement.name)
    await createWhole(temp, placement)
    renameSync(temp, target)
  } catch (thrown) {
    removeQuietly(temp)
    throw thrown
  } finally {
    folder.release()
  }
  if (placement.sync === 'disk') await flushFolders(paths, placement)
}

async function createWhole(path: string, { bytes, sync }: Placement): Promise<void> {
  const fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o666)
  try {
    for (let start = 0; start < bytes.length; start += SLICE_SIZE) {
      if (start > 0) await setImmediate()
      writeWhole(fd, bytes.subarray(start, start + SLICE_SIZE))
    }
    if (sync === 'disk') await flushFile(fd)
  } finally {
    closeQuietly(fd)
  }
}

/** Adds all of the content or, when it fails, nothing. */
async function append(paths: RunPaths, placement: Placement): Promise<void> {
  const folder = enter(paths, placement, true)
  try {
    const fd = openSync(
      folder.at(placement.name),
      O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK,
      0o666,
    )
    const { size } = fstatSync(fd)
    try {
      writeWhole(fd, placement.bytes)
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

async function get(paths: RunPaths, placement: Placement): Promise<string | undefined> {
  const folder = pinFolder(paths.folder, placement.folders, false)
  if (folder === undefined) return undefined
  try {
    return await readArtifact(folder.at(placement.name))
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

function enter(paths: RunPaths, { folders }: Placement, create: boolean): PinnedFolder {
  const folder = pinFolder(paths.folder, folders, create)
  if (folder === undefined) throw runNotFound(paths.runId, paths.root)
  return folder
}

/** Flushes the name of a file and of every folder on the way to it. */
async function flushFolders(paths: RunPaths, { folders }: Placement): Promise<void> {
  for (let depth = folders.length; depth >= 0; depth--) {
    await flushFolder(join(paths.folder, ...folders.slice(0, depth)))
  }
}
