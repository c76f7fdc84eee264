import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DurableEvent, Orchestrator } from '@batonjs/core'
import { createFsStorage } from '@batonjs/storage-fs'
import { checkJournal, collect } from '@batonjs/testkit'
import { startVendorServer, type VendorServer } from '@batonjs/vendor-server'
import type { Target } from '../targets/target.ts'
import { type Drive, drive } from './drive.ts'
import { createHost, type Job, type Timing } from './host.ts'
import { KEY, makePlace, type Place, removePlace } from './place.ts'
import { untilNoneIn } from './processes.ts'

/** Where one cell plays: an engine, a vendor, a place, and Baton between them. */
export interface Stage {
  readonly target: Target
  readonly place: Place
  readonly server: VendorServer
  /** Starts a job through Baton in this process. */
  run(job: Job, timing?: Timing): Promise<Drive>
}

/** Plays on a fresh stage; afterwards nothing may be left, and what was recorded must hold. */
export async function onStage(target: Target, play: (stage: Stage) => Promise<void>): Promise<void> {
  const server = await startVendorServer({ keys: [KEY] })
  const place = await makePlace(server.url)
  const hosts: Orchestrator[] = []
  const run = (job: Job, timing?: Timing): Promise<Drive> => {
    const host = createHost(target, place, job, timing)
    hosts.push(host)
    return drive(host)
  }
  try {
    await play({ target, place, server, run })
    await Promise.all(hosts.map((host) => host.dispose()))
    await untilNoneIn(place.folder)
    await checkRecords(place)
  } finally {
    await Promise.all(hosts.map((host) => host.dispose()))
    await server.close()
    await removePlace(place)
  }
}

/** Every journal keeps its laws, and no file of a run holds the key. */
async function checkRecords(place: Place): Promise<void> {
  const storage = createFsStorage({ folder: place.runs })
  for (const { runId } of (await storage.listRuns({})).runs) {
    // What a journal gives are the events that it holds.
    const events = (await collect(storage.readEvents(runId))) as DurableEvent[]
    const problems = checkJournal(events)
    if (problems.length > 0) throw new Error(`The journal breaks its laws: ${problems.join('; ')}`)
  }
  const files = await readdir(place.runs, { recursive: true, withFileTypes: true })
  for (const file of files.filter((it) => it.isFile())) {
    const text = await readFile(join(file.parentPath, file.name), 'utf8')
    if (text.includes(KEY)) throw new Error(`The key stands in ${file.name}`)
  }
}
