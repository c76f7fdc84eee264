import { StorageError, SwarmError } from '@batonjs/core'

/** What a user can do about an error of the operating system. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  ENOSPC: 'Free space on the device, then resume the run',
  EDQUOT: 'The disk quota is used up: free space, then resume the run',
  EFBIG: 'The file would be larger than this process may write: raise `ulimit -f` and resume the run',
  EMFILE: 'This process has too many open files: raise `ulimit -n` or run fewer runs at once, then try again',
  ENFILE: 'The machine has too many open files: close some, then try again',
  EACCES: 'Give the user of this process access to it',
  EPERM: 'Give the user of this process access to it',
  EROFS: 'The file system is read-only: choose another folder',
  EIO: 'The device failed: check it, then resume the run, which reads the journal anew',
  ENOENT: 'It is gone: restore it, or choose another folder',
  ENOTDIR: 'A file stands where a folder is needed: choose another folder',
}

/** Errors that may pass without a change to the program or the folder. */
const PASSING = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EAGAIN', 'EBUSY', 'EINTR', 'ETXTBSY'])

/** The error code of the operating system, such as `ENOENT`; `undefined` for any other value. */
export function errnoOf(thrown: unknown): string | undefined {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  return typeof code === 'string' ? code : undefined
}

/** Whether nothing is at the path that was named. */
export function isMissing(thrown: unknown): boolean {
  return errnoOf(thrown) === 'ENOENT' || errnoOf(thrown) === 'ENOTDIR'
}

/**
 * The typed error of a failed file operation: `path_refused` where a symbolic link was met, else
 * `storage_failed`. An error of Baton's own passes unchanged.
 */
export function toStorageError(thrown: unknown, action: string, path: string): SwarmError {
  if (SwarmError.is(thrown)) return thrown
  const errno = errnoOf(thrown)
  if (errno === 'ELOOP') return linkRefused(path)
  const reason = errno ?? (thrown instanceof Error ? thrown.message : String(thrown))
  const wayOut = errno === undefined ? undefined : WAYS_OUT[errno]
  const message = `Cannot ${action} "${path}": ${reason}${wayOut === undefined ? '' : `. ${wayOut}`}`
  const retryable = errno !== undefined && PASSING.has(errno)
  return new StorageError(message, {
    code: 'storage_failed',
    retryable,
    details: { path, errno },
    cause: thrown,
  })
}

/** Runs a file operation; what it throws leaves as a typed error. */
export function attempt<T>(action: string, path: string, operation: () => T): T {
  try {
    return operation()
  } catch (thrown) {
    throw toStorageError(thrown, action, path)
  }
}

/** A symbolic link where only a real file or folder of the run is let through (rule J5). */
export function linkRefused(path: string): StorageError {
  return new StorageError(`"${path}" is refused: it is or passes a symbolic link`, { code: 'path_refused' })
}

/** There is no run of this id. */
export function runNotFound(runId: string, root: string): StorageError {
  return new StorageError(`There is no run "${runId}" in "${root}"`, { code: 'run_not_found' })
}

/** The folder of a run was deleted, moved or replaced while it was in use. */
export function runGone(runId: string, what: string): StorageError {
  const message = `Run "${runId}" is gone: ${what}. Put its folder back, then resume the run`
  return new StorageError(message, { code: 'run_gone' })
}
