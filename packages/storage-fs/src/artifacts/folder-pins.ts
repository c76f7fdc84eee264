/**
 * The folders of a run that are pinned now. One that was entered stays pinned until the turn of the event
 * loop ends, so that many small files in a row enter it once. It is the open folder that is kept, not the
 * knowledge that its path was no link: what happens to the path meanwhile leads no file astray (rule J5).
 */
import { setImmediate } from 'node:timers'
import type { RunPaths } from '../run/run-paths.ts'
import { canPin, type PinnedFolder, pinFolder } from './pinned-folder.ts'

/** So many folders are kept open at most; more are pinned for as long as they are in use. */
const KEPT_FOLDERS = 16

/** A pinned folder and how many need it: those who use it, and the turn. */
interface Pin {
  readonly folder: PinnedFolder
  users: number
}

export class FolderPins {
  readonly #paths: RunPaths
  readonly #pins = new Map<string, Pin>()

  constructor(paths: RunPaths) {
    this.#paths = paths
  }

  /** Pins a folder of the run, or returns `undefined` when it is not there; see {@link pinFolder}. */
  enter(names: readonly string[], create: boolean): PinnedFolder | undefined {
    const key = names.join('/')
    const pin = this.#pins.get(key) ?? this.#pin(key, names, create)
    if (pin === undefined) return undefined
    pin.users++
    return { at: pin.folder.at, release: () => release(pin) }
  }

  #pin(key: string, names: readonly string[], create: boolean): Pin | undefined {
    const folder = pinFolder(this.#paths.folder, names, create)
    if (folder === undefined) return undefined
    const pin = { folder, users: 0 }
    if (canPin && this.#pins.size < KEPT_FOLDERS) this.#keep(key, pin)
    return pin
  }

  #keep(key: string, pin: Pin): void {
    if (this.#pins.size === 0) setImmediate(() => this.#endTurn())
    pin.users++
    this.#pins.set(key, pin)
  }

  #endTurn(): void {
    for (const pin of this.#pins.values()) release(pin)
    this.#pins.clear()
  }
}

function release(pin: Pin): void {
  pin.users--
  if (pin.users === 0) pin.folder.release()
}
