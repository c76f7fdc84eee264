import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  createMemoryStorage,
  createOrchestrator,
  type Flow,
  type Orchestrator,
  type RunStorage,
} from '@batonjs/core'
import { createStubEngine } from '@batonjs/engine-stub'
import { createFsStorage } from '@batonjs/storage-fs'
import { output } from './flows.ts'
import { type Appends, appendPlainly, countAppends, readAppends, type Writing } from './journal-floor.ts'
import type { Contestant } from './measure.ts'

/** Where a flow is run. */
export interface Setting {
  readonly flow: Flow
  readonly units: number
  /** Folder for runs; without it they are kept in memory. */
  readonly folder?: string
  readonly sync?: 'os' | 'disk'
}

function orchestrate({ flow, folder, sync = 'os' }: Setting, storage?: RunStorage): Orchestrator {
  return createOrchestrator({
    flows: [flow],
    engines: [createStubEngine(() => ({ text: output }))],
    storage: storage ?? (folder === undefined ? createMemoryStorage() : createFsStorage({ folder })),
    sync,
  })
}

async function runOnce(orchestrator: Orchestrator): Promise<void> {
  const { status } = await orchestrator.execute({ runId: `run-${randomUUID()}` })
  if (status !== 'succeeded') throw new Error(`A benchmarked run ended ${status}`)
}

/** Baton on one run of a flow. */
export function baton(setting: Setting): Contestant {
  return {
    units: setting.units,
    async prepare() {
      const orchestrator = orchestrate(setting)
      return () => runOnce(orchestrator)
    },
  }
}

/** Baton on many runs at once. */
export function batonAtOnce(setting: Setting, runs: number): Contestant {
  return {
    units: setting.units * runs,
    async prepare() {
      const orchestrator = orchestrate(setting)
      return () => Promise.all(Array.from({ length: runs }, () => runOnce(orchestrator)))
    },
  }
}

/** What Baton appends for one run of a flow. */
export async function recordAppends(setting: Setting & { readonly folder: string }): Promise<Appends> {
  const folder = join(setting.folder, `recorded-${randomUUID()}`)
  const { storage, counts } = countAppends(createFsStorage({ folder }))
  const { runId } = await orchestrate(setting, storage).execute()
  const appends = readAppends(join(folder, runId, 'events.jsonl'), counts)
  rmSync(folder, { recursive: true, force: true })
  return appends
}

/** What a floor replays. */
export interface Replay {
  readonly appends: Appends
  /** @default 1 */
  readonly runs?: number
  /** @default 'blocking' */
  readonly writing?: Writing
}

/** The floor for one run, or for several at once, each with a file of its own. */
export function floor(
  { folder, units, sync = 'os' }: Setting & { readonly folder: string },
  { appends, runs = 1, writing = 'blocking' }: Replay,
): Contestant {
  const one = (): Promise<void> => appendPlainly(folder, appends, { sync, writing })
  return {
    units: units * runs,
    async prepare() {
      return () => Promise.all(Array.from({ length: runs }, one))
    },
  }
}
