import {
  closeSync,
  constants,
  fsync,
  ftruncateSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { platform } from 'node:process'
import { promisify } from 'node:util'

/** Flushes a file and all that is known about it. */
export const flushFile = promisify(fsync)

/** Opens an existing file without following a link at its end. */
export function openExisting(path: string, flags: number): number {
  return openSync(path, flags | constants.O_NOFOLLOW)
}

/** Writes all of the bytes: `writeSync` may take fewer than it was given, without an error. */
export function writeWhole(fd: number, bytes: Uint8Array, length = bytes.length): void {
  for (let done = 0; done < length; ) done += writeSync(fd, bytes, done, length - done)
}

/** Small texts become bytes here: one that has bytes of its own costs more than it takes to write it. */
const scratch = Buffer.allocUnsafe(64 * 1024)
const BYTES_A_CHARACTER = 3

/** Writes all of a text or of bytes. */
export function writeContent(fd: number, content: string | Uint8Array): void {
  if (typeof content !== 'string') writeWhole(fd, content)
  else if (content.length * BYTES_A_CHARACTER > scratch.length) writeWhole(fd, Buffer.from(content))
  else writeWhole(fd, scratch, scratch.write(content))
}

/** Makes a file that must not exist yet. */
export function createFile(path: string, text: string): void {
  writeText(openSync(path, 'wx'), text)
}

/** Replaces a file by way of another: a reader sees the old content or the new. */
export function replaceFile(path: string, temp: string, text: string): void {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants
  writeText(openSync(temp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o666), text)
  renameSync(temp, path)
}

function writeText(fd: number, text: string): void {
  try {
    writeContent(fd, text)
  } finally {
    closeSync(fd)
  }
}

/** The text of a small file; throws `ELOOP` where it is a link. */
export function readText(path: string): string {
  const fd = openExisting(path, constants.O_RDONLY)
  try {
    return readFileSync(fd, 'utf8')
  } finally {
    closeSync(fd)
  }
}

/** Flushes the names in a folder: without it, a new or renamed file may be lost with the power. */
export async function flushFolder(path: string): Promise<void> {
  // Windows opens no folder, and keeps names in order by itself.
  if (platform === 'win32') return
  const fd = openSync(path, constants.O_RDONLY)
  try {
    await flushFile(fd)
  } finally {
    closeSync(fd)
  }
}

/** Cuts a file, as far as that is possible: what calls it is failing already. */
export function tryCut(fd: number, size: number): void {
  try {
    ftruncateSync(fd, size)
  } catch {
    // The torn line stays and is cut off by the next owner.
  }
}

/** Removes a file that was not finished, if that is possible: what calls it is failing already. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // Its name keeps it out of everything.
  }
}

/** Closes a file whose content matters no more, or was flushed. */
export function closeQuietly(fd: number): void {
  try {
    closeSync(fd)
  } catch {
    // Its number is free all the same.
  }
}

/** What tells a file from every other one that is open. */
export function inodeOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`
}

/** Whether a symbolic link is at the path. */
export function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
}
