import { closeSync, fdatasync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { RunStorage } from '@batonjs/core'

const flush = promisify(fdatasync)

/** The events of a run's journal, one member for each append. */
export type Appends = readonly (readonly unknown[])[]

/** A storage that counts the events of each append, to be replayed by the floor. */
export function countAppends(storage: RunStorage): {
  readonly storage: RunStorage
  readonly counts: number[]
} {
  const counts: number[] = []
  const counted: RunStorage = instead(storage, {
    async createRun(events, options) {
      counts.push(events.length)
      const writer = await storage.createRun(events, options)
      return instead(writer, {
        append(batch, how) {
          counts.push(batch.length)
          return writer.append(batch, how)
        },
      })
    },
  })
  return { storage: counted, counts }
}

/** The same object with a few members of its own. */
function instead<T extends object>(target: T, members: Partial<T>): T {
  return new Proxy(target, {
    get(_, member) {
      const value: unknown = Reflect.get(Object.hasOwn(members, member) ? members : target, member, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** Cuts a journal into the appends that wrote it. */
export function readAppends(path: string, counts: readonly number[]): Appends {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  let next = 0
  return counts.map((count) => {
    const batch = lines.slice(next, next + count)
    next += count
    return batch.map((line): unknown => JSON.parse(line))
  })
}

/** Whoever appends events makes lines of them. */
function toLines(events: readonly unknown[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('')
}

/** How a floor writes: blocking the process, as one run alone may, or not, as many at once must. */
export type Writing = 'blocking' | 'asynchronous'

let files = 0

/** The floor: a plain loop that appends the same events, as the same bytes, in the same number of appends. */
export async function appendPlainly(
  folder: string,
  appends: Appends,
  { sync, writing }: { readonly sync: 'os' | 'disk'; readonly writing: Writing },
): Promise<void> {
  files += 1
  const home = join(folder, `floor-${files}`)
  await (writing === 'blocking' ? appendBlocking : appendAsynchronously)(home, appends, sync)
}

async function appendBlocking(home: string, appends: Appends, sync: 'os' | 'disk'): Promise<void> {
  mkdirSync(home, { recursive: true })
  const fd = openSync(join(home, 'events.jsonl'), 'a')
  for (const events of appends) {
    writeSync(fd, toLines(events))
    if (sync === 'disk') await flush(fd)
  }
  closeSync(fd)
}

async function appendAsynchronously(home: string, appends: Appends, sync: 'os' | 'disk'): Promise<void> {
  await mkdir(home, { recursive: true })
  const file = await open(join(home, 'events.jsonl'), 'a')
  for (const events of appends) {
    await file.write(toLines(events))
    if (sync === 'disk') await file.datasync()
  }
  await file.close()
}
