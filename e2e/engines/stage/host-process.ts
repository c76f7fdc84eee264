/** Baton in a process of its own, to be killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { targetOf } from '../targets/targets.ts'
import { createHost, type Job } from './host.ts'
import type { Place } from './place.ts'
import { SOURCE_FLAGS } from './source-flags.ts'

/** What such a process is told. */
export interface Order {
  readonly target: string
  readonly place: Place
  readonly job: Job
  readonly runId: string
}

/** A host that runs until it is killed, or done. */
export interface HostProcess {
  /** Kills it with -9, as a power cut would; resolves when it is gone. */
  kill(): Promise<void>
  /** Resolves when it is gone, however. */
  readonly gone: Promise<unknown>
}

/** Starts a run in a process of its own. */
export function startHost(order: Order): HostProcess {
  const args = [...SOURCE_FLAGS, fileURLToPath(import.meta.url), JSON.stringify(order)]
  const host: ChildProcess = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH },
  })
  const gone = once(host, 'exit')
  return {
    gone,
    async kill() {
      host.kill('SIGKILL')
      await gone
    },
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // What the parent wrote above.
  const { target, place, job, runId } = JSON.parse(process.argv[2] ?? '') as Order
  await createHost(targetOf(target), place, job).execute({ runId })
}
