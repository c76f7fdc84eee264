/**
 * Gives a journal a new inode, so that an owner who lost its lock while it slept writes into a file that
 * nobody reads.
 *
 * An append counts for its owner only when its lock file still lies there after the write. The lock was
 * renamed before the copy begins, so every append that counted is in the copy. What was written without
 * counting lands in the copy, or in the old inode until the exchange (some reader may have seen it, so it
 * is brought along), or afterwards in the old inode, where a reader finds it unlinked and reads nothing.
 */
import { closeSync, constants, copyFileSync, fstatSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { toTempPath } from '../disk/temp-name.ts'
import { flushFile, flushFolder, openExisting, writeWhole } from '../disk/whole-file.ts'
import { readChunks } from '../journal/file-chunks.ts'
import type { RunPaths } from '../run/run-paths.ts'

const COPY = 'journal'

/** Moves the journal to a new inode. Only who holds the highest lock may, after fencing the others. */
export async function replaceJournal(paths: RunPaths): Promise<void> {
  removeCopies(paths.folder)
  const old = openExisting(paths.journal, constants.O_RDONLY)
  try {
    await moveTo(paths, toTempPath(paths.folder, COPY), old)
  } finally {
    closeSync(old)
  }
}

async function moveTo(paths: RunPaths, copy: string, old: number): Promise<void> {
  copyFileSync(paths.journal, copy, constants.COPYFILE_EXCL)
  const fresh = openExisting(copy, constants.O_RDWR | constants.O_APPEND)
  try {
    const copied = fstatSync(fresh).size
    await flushFile(fresh)
    renameSync(copy, paths.journal)
    for (const chunk of readChunks(old, { from: copied, to: fstatSync(old).size })) writeWhole(fresh, chunk)
    await flushFile(fresh)
    await flushFolder(paths.folder)
  } finally {
    closeSync(fresh)
  }
}

/** Removes what an owner left that died while it copied. */
function removeCopies(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`.${COPY}-`)) rmSync(join(folder, name), { force: true })
  }
}
