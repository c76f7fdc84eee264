import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** Where a job runs and on what. */
export interface JobOptions {
  readonly root: string
  readonly repo: string
  /** Its runs are kept in `runs` below. */
  readonly folder: string
  /** The run to go on with. */
  readonly resume?: string
}

/** How a job ended. */
export interface JobEnd {
  readonly runId: string
  readonly code: number | null
  readonly output: string
  /** From its first event to its end. */
  readonly tookMs: number
}

/** One process of the main job. */
export interface Job {
  /** The run, as soon as it has begun; `undefined` when the process ended before. */
  readonly runId: Promise<string | undefined>
  readonly ended: Promise<JobEnd>
  /** Kills it that long after its first event; true when it had ended by itself. */
  killAfter(delayMs: number): Promise<boolean>
}

/** Starts the main job in a process of its own, with an environment of its own. */
export function startJob({ root, repo, folder, resume }: JobOptions): Job {
  const flags = [
    '--conditions=@batonjs/source',
    '--import',
    'tsx',
    join(root, 'examples/repo-review/main.ts'),
  ]
  const task = resume === undefined ? ['--repo', repo] : ['--resume', resume]
  const child = spawn(process.execPath, [...flags, ...task, '--runs', join(folder, 'runs')], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: folder, TMPDIR: tmpdir() },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let beganAt = performance.now()
  const found = new Promise<string | undefined>((resolve) => {
    const read = (chunk: Buffer): void => {
      const isFirst = output === ''
      output += chunk.toString()
      if (isFirst) beganAt = performance.now()
      const runId = resume ?? /^Run (run-\S+):/m.exec(output)?.[1]
      if (runId !== undefined) resolve(runId)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('close', () => resolve(undefined))
  })
  const ended = new Promise<JobEnd>((resolve) => {
    child.on('close', async (code) => {
      resolve({ runId: (await found) ?? '', code, output, tookMs: performance.now() - beganAt })
    })
  })
  return {
    runId: found,
    ended,
    async killAfter(delayMs) {
      const first = await Promise.race([ended.then(() => 'ended'), setTimeout(delayMs, 'time')])
      if (first === 'ended') return true
      child.kill('SIGKILL')
      const { code } = await ended
      return code !== null
    },
  }
}
