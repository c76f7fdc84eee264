import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { DurableEvent } from '@batonjs/core'
import { createFsStorage } from '@batonjs/storage-fs'
import { collect } from '@batonjs/testkit'
import { buildSync } from 'esbuild'
import { afterAll, afterEach, beforeEach } from 'vitest'
import { RUN_ID } from './job.fixture.ts'

/** One line that a process told. */
export interface Told {
  readonly what: string
  readonly address?: string
  readonly status?: string
  readonly code?: string
  readonly message?: string
  /** The folder that it is about, where there are several. */
  readonly at?: string
}

/** A process that works on the job. */
export interface JobProcess {
  readonly child: ChildProcess
  /** What it told so far. */
  readonly told: readonly Told[]
  /** Resolves with the exit code, or with the signal that ended it. */
  readonly ended: Promise<number | string>
  /** Resolves when it has told a line like this. */
  hears(isWanted: (told: Told) => boolean): Promise<void>
}

/** How a process is started. */
export interface JobProcessOptions {
  readonly behaviour?: string
  readonly host?: string
  /** Words before `node`, such as those of strace. */
  readonly before?: readonly string[]
  /** Where its runs are. @default the folder of the test */
  readonly folder?: string
  readonly env?: Readonly<Record<string, string>>
  readonly uid?: number
  /** Drops what it writes to standard error. */
  readonly isQuiet?: boolean
}

/** The folder and the processes of one test. */
export interface JobRoom {
  readonly folder: string
  /** Another folder, which ends with the file. */
  another(): string
  start(command: string, options?: JobProcessOptions): JobProcess
  /** Words that make strace inject a fault into the n-th call on the journal. */
  injecting(fault: string): readonly string[]
  journal(folder?: string): Promise<readonly DurableEvent[]>
  /** The same; no event where no run has appeared. */
  journalOrNone(folder: string): Promise<readonly DurableEvent[]>
}

/** Why no fault can be injected with strace here; `undefined` where it can. */
export const noStrace = whyNoStrace()

function whyNoStrace(): string | undefined {
  const { error, status } = spawnSync('strace', ['-f', '-o', '/dev/null', 'true'])
  if (error !== undefined) return 'strace is not installed'
  return status === 0 ? undefined : 'strace may not trace here'
}

/** A title that tells why its tests are skipped. */
export function orSkipped(title: string, reason: string | undefined): string {
  return reason === undefined ? title : `${title}: skipped, ${reason}`
}

/** A folder for each test of a file, whose processes are ended after it. They run the script beside this file. */
export function useJobRoom(name = 'job-process'): JobRoom {
  const home = mkdtempSync(join(tmpdir(), 'baton-job-'))
  const script = join(home, `${name}.mjs`)
  const another = (): string => mkdtempSync(join(home, 'runs-'))
  let folder = ''
  let running: JobProcess[] = []
  bundle(name, script)
  // Another user may run it.
  chmodSync(home, 0o755)
  beforeEach(() => {
    folder = another()
  })
  afterEach(async () => {
    for (const { child } of running) {
      child.kill('SIGCONT')
      child.kill('SIGKILL')
    }
    await Promise.all(running.map(({ ended }) => ended))
    running = []
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))
  return {
    get folder() {
      return folder
    },
    another,
    start(command, options = {}) {
      const process = startProcess([script, command, options.folder ?? folder], { ...options, home })
      running.push(process)
      return process
    },
    injecting: (fault) => injecting(fault, ['-P', join(folder, RUN_ID, 'events.jsonl')]),
    journal: (at = folder) => readJournal(at),
    journalOrNone: async (at) => (existsSync(join(at, RUN_ID)) ? readJournal(at) : []),
  }
}

async function readJournal(folder: string): Promise<readonly DurableEvent[]> {
  const storage = createFsStorage({ folder })
  const events = await collect(storage.readEvents(RUN_ID))
  await storage.dispose?.()
  return events
}

/** Words that make strace inject a fault into the n-th call, whatever it is on. */
export function injecting(fault: string, on: readonly string[] = []): readonly string[] {
  const [call = ''] = fault.split(':')
  return ['strace', '-f', '-o', '/dev/null', ...on, '-e', `trace=${call}`, '-e', `inject=${fault}`]
}

/** Plain JavaScript starts many times faster than TypeScript under a loader. */
function bundle(name: string, outfile: string): void {
  buildSync({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@batonjs/source'],
    // Bundled packages in the older format ask for Node's modules with `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
    },
    logLevel: 'error',
  })
}

function startProcess(
  words: readonly string[],
  {
    behaviour = 'work',
    host,
    before = [],
    env,
    uid,
    isQuiet = false,
    home,
  }: JobProcessOptions & { readonly home: string },
): JobProcess {
  const [command = '', ...rest] = [...before, process.execPath, ...words, behaviour, ...(host ? [host] : [])]
  const child = spawn(command, rest, {
    stdio: ['pipe', 'pipe', isQuiet ? 'ignore' : 'inherit'],
    // strace counts the calls of each thread by itself: one thread makes the n-th call the n-th of all.
    env: { PATH: process.env.PATH, HOME: home, UV_THREADPOOL_SIZE: '1', ...env },
    ...(uid === undefined ? {} : { uid }),
  })
  const told: Told[] = []
  const listeners = new Set<() => void>()
  const heard = (): void => {
    for (const look of listeners) look()
  }
  const ended = once(child, 'close').then(([code, signal]) => {
    heard()
    return code ?? signal
  })
  createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
    told.push(JSON.parse(line))
    heard()
  })
  return { child, told, ended, hears: (isWanted) => hear(told, listeners, { ended, isWanted }) }
}

interface Hearing {
  readonly ended: Promise<number | string>
  readonly isWanted: (told: Told) => boolean
}

async function hear(
  told: readonly Told[],
  listeners: Set<() => void>,
  { ended, isWanted }: Hearing,
): Promise<void> {
  const heard = new Promise<void>((resolve) => {
    const look = (): void => {
      if (!told.some(isWanted)) return
      listeners.delete(look)
      resolve()
    }
    listeners.add(look)
    look()
  })
  await Promise.race([heard, ended])
  if (!told.some(isWanted)) throw new Error(`The process ended and told only ${JSON.stringify(told)}`)
}
