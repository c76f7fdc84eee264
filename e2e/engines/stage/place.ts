import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Where one cell happens: nothing of it is shared with another, and nothing with this machine's user. */
export interface Place {
  readonly folder: string
  /** The agent's HOME. */
  readonly home: string
  /** The workspace that it works in. */
  readonly work: string
  /** What is temporary to it. */
  readonly temporary: string
  /** Where Baton keeps the runs. */
  readonly runs: string
  /** The vendor server. */
  readonly url: string
}

/** The key that every engine is given. It must never be seen in what Baton records. */
export const KEY = 'sk-e2e-0123456789abcdef'

/** Makes a fresh place. */
export async function makePlace(url: string): Promise<Place> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'baton-e2e-')))
  const place = {
    folder,
    home: join(folder, 'home'),
    work: join(folder, 'work'),
    temporary: join(folder, 'tmp'),
    runs: join(folder, 'runs'),
    url,
  }
  await Promise.all([place.home, place.work, place.temporary, place.runs].map((path) => mkdir(path)))
  return place
}

/** Removes a place with all that is in it. */
export function removePlace({ folder }: Place): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** What a program needs to run at all, and where it is to write. */
export function environmentOf({ home, temporary }: Place): Record<string, string> {
  return {
    PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    TMPDIR: temporary,
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
  }
}
