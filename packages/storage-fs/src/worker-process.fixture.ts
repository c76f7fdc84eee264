import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { afterAll, afterEach } from 'vitest'
import type { WorkerCall, WorkerReply } from './worker.fixture.ts'

/** A process that uses the storage. */
export interface Worker {
  readonly process: ChildProcess
  /** Waits for the reply; an error of Baton's is part of it. */
  ask(call: WorkerCall): Promise<WorkerReply>
  /** Waits for the result; fails with the worker's error. */
  get(call: WorkerCall): Promise<unknown>
  /** Kills it at once and waits until it is gone. */
  kill(): Promise<void>
  /** Resolves when it has ended, with the signal that ended it. */
  readonly ended: Promise<string | null>
}

/** How a worker is started. */
export interface WorkerOptions {
  readonly root: string
  readonly host?: string
  /** Words before `node`, such as those of strace. */
  readonly before?: readonly string[]
  /** User to run as. */
  readonly uid?: number
  readonly nodeOptions?: readonly string[]
}

/** Why no fault can be injected with strace here; `undefined` where it can. */
export const noStrace = whyNoStrace()

/** A title that tells why its tests are skipped. */
export function orSkipped(title: string, reason: string | undefined): string {
  return reason === undefined ? title : `${title}: skipped, ${reason}`
}

function whyNoStrace(): string | undefined {
  const { error, status } = spawnSync('strace', ['-f', '-o', '/dev/null', 'true'])
  if (error !== undefined) return 'strace is not installed'
  return status === 0 ? undefined : 'strace may not trace here'
}

/** Starts workers for the tests of a file, and ends those that are left after each. */
export function useWorkers(): (options: WorkerOptions) => Promise<Worker> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-worker-'))
  const script = join(folder, 'worker.mjs')
  let workers: Worker[] = []
  bundle(script)
  // Another user may run it.
  chmodSync(folder, 0o755)
  afterEach(async () => {
    for (const worker of workers) await worker.kill()
    workers = []
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return async (options) => {
    const worker = startWorker(script, options)
    workers.push(worker)
    await worker.ask({ do: 'owned' })
    return worker
  }
}

/** Plain JavaScript starts many times faster than TypeScript under a loader, and strace sees only the storage. */
function bundle(outfile: string): void {
  buildSync({
    entryPoints: [join(import.meta.dirname, 'worker.fixture.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@batonjs/source'],
    logLevel: 'error',
  })
}

function startWorker(
  script: string,
  { root, host, before = [], nodeOptions = [], uid }: WorkerOptions,
): Worker {
  const [command = '', ...words] = [
    ...before,
    process.execPath,
    ...nodeOptions,
    script,
    root,
    ...(host ? [host] : []),
  ]
  const child = spawn(command, words, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // strace counts the calls of each thread by itself: one thread makes the n-th call the n-th of all.
    env: { PATH: process.env.PATH, HOME: root, UV_THREADPOOL_SIZE: '1' },
    ...(uid !== undefined && { uid }),
  })
  const ended = once(child, 'exit').then(([, signal]) => signal)
  const ask = createAsk(child, ended)
  return {
    process: child,
    ended,
    ask,
    async get(call) {
      const { error, result } = await ask(call)
      if (error !== undefined) throw Object.assign(new Error(error.message), error)
      return result
    },
    async kill() {
      child.kill('SIGCONT')
      child.kill('SIGKILL')
      await ended
    },
  }
}

function createAsk(child: ChildProcess, ended: Promise<string | null>): Worker['ask'] {
  let asked = 0
  return async (call) => {
    const id = ++asked
    const replies = new AbortController()
    const reply = new Promise<WorkerReply>((resolve) => {
      const onMessage = (message: WorkerReply) => {
        if (message.id === id) resolve(message)
      }
      child.on('message', onMessage)
      replies.signal.addEventListener('abort', () => child.off('message', onMessage))
    })
    const gone = ended.then((signal) => ({
      id,
      error: { code: 'gone', message: `${signal}`, retryable: false },
    }))
    child.send({ id, call }, () => {})
    return Promise.race([reply, gone]).finally(() => replies.abort())
  }
}
