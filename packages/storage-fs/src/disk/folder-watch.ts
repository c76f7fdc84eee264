import { type FSWatcher, watch } from 'node:fs'
import { type ChangeBell, createChangeBell } from './change-bell.ts'

/** Network folders and full watch tables tell nothing, so it is looked this often all the same. */
const POLL_MS = 1_000

/** A folder that is being watched. It keeps the process alive until it is closed. */
export interface FolderWatch {
  /** Rings when something in the folder may have changed. */
  readonly bell: ChangeBell
  close(): void
}

/** Watches a folder, by notice where the platform gives one and by polling. Never throws. */
export function watchFolder(path: string): FolderWatch {
  const bell = createChangeBell()
  const timer = setInterval(bell.ring, POLL_MS)
  const watcher = tryWatch(path, bell.ring)
  return {
    bell,
    close() {
      clearInterval(timer)
      watcher?.close()
    },
  }
}

function tryWatch(path: string, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, onChange)
    // The folder is gone or the table of watches is full: polling goes on and whoever looks finds out.
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return undefined
  }
}
