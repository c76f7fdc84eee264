import { type Dirent, readdirSync } from 'node:fs'
import { checkArtifactPath } from '@batonjs/core'
import { toStorageError } from '../disk/failure.ts'
import type { RunPaths } from '../run/run-paths.ts'
import { pinFolder } from './pinned-folder.ts'

/** The paths of a run's artifacts that begin with the prefix, sorted. Links are left out. */
export function listArtifacts(paths: RunPaths, prefix: string): readonly string[] {
  try {
    return [...walk(paths, [])].filter((path) => path.startsWith(prefix)).sort()
  } catch (thrown) {
    throw toStorageError(thrown, 'list the artifacts of', paths.folder)
  }
}

function* walk(paths: RunPaths, folders: readonly string[]): Generator<string> {
  for (const entry of readFolder(paths, folders)) {
    const names = [...folders, entry.name]
    const path = names.join('/')
    if (!isArtifactPath(path)) continue
    if (entry.isDirectory()) yield* walk(paths, names)
    else if (entry.isFile()) yield path
  }
}

function readFolder(paths: RunPaths, folders: readonly string[]): readonly Dirent[] {
  const folder = pinFolder(paths.folder, folders, false)
  if (folder === undefined) return []
  try {
    return readdirSync(folder.at('.'), { withFileTypes: true })
  } finally {
    folder.release()
  }
}

/** Not the storage's own files, files that are not finished, and what somebody else left in the folder. */
function isArtifactPath(path: string): boolean {
  try {
    checkArtifactPath(path)
    return true
  } catch {
    return false
  }
}
