import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { endInSteps, isRunning } from './end-process.ts'
import { readLines } from './lines.ts'
import { createMark, type Mark } from './process-mark.ts'
import type { ProcessExit, ProcessOptions, RunningProcess } from './process-options.ts'
import { createProcessTree } from './process-tree.ts'
import { tellReaper } from './reaper.ts'
import { checkFolder, toSpawnFailure } from './spawn-failure.ts'
import { createStderrTail } from './stderr-tail.ts'

const MAX_LINE_BYTES = 64 * 1024 * 1024

/**
 * Starts a program, in a session of its own. Rejects with an `EngineError`: `engine_unavailable` when the program or the
 * folder is missing or cannot be used, the same and retryable when the system has no process, memory or file left, and
 * `invalid_request` when the arguments are too large.
 */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  await checkFolder(options.cwd)
  const mark = await createMark(options)
  const child = await spawnChild(options, mark)
  if (options.input !== undefined) child.stdin.end(options.input)
  return toRunningProcess(child, mark, options.maxLineBytes ?? MAX_LINE_BYTES)
}

async function spawnChild(options: ProcessOptions, mark: Mark): Promise<ChildProcessWithoutNullStreams> {
  const { command, args = [], cwd, env } = options
  try {
    const child = spawn(command, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...env, ...mark.environment },
      detached: true,
      windowsHide: true,
    })
    // Before that there may be no streams: they are files, too.
    await once(child, 'spawn')
    // That nothing can be written or read any more is told by `write`, and by the exit.
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {})
    return child
  } catch (cause) {
    throw toSpawnFailure(cause, options)
  }
}

function toRunningProcess(
  child: ChildProcessWithoutNullStreams,
  mark: Mark,
  maxLineBytes: number,
): RunningProcess {
  const exit = exitOf(child)
  watch(child)
  const tree = createProcessTree(
    (entry) => mark.isMarked(entry) || (isRunning(child) && entry.pid === child.pid),
    child.pid,
  )
  let ending: Promise<readonly number[]> | undefined
  return {
    // A process that was spawned has a pid.
    pid: child.pid as number,
    lines: readLines(child.stdout, { maxLineBytes, exited: exit }),
    write: (text) =>
      new Promise((resolve) => {
        child.stdin.write(text, (error) => resolve(error === null || error === undefined))
      }),
    closeInput: () => void child.stdin.end(),
    exit,
    end(options = {}) {
      ending ??= endInSteps({ child, exit, tree }, options)
      return ending
    },
  }
}

/** Whatever kills Baton kills the program as well, before that can make anything of it. */
function watch(child: ChildProcessWithoutNullStreams): void {
  const { pid } = child
  if (pid === undefined) return
  tellReaper('+', pid)
  child.once('exit', () => tellReaper('-', pid))
}

function exitOf(child: ChildProcessWithoutNullStreams): Promise<ProcessExit> {
  const tail = createStderrTail(child.stderr)
  return new Promise((resolve) => {
    // A signal that cannot be sent is told as an error; that the program is still there will show.
    child.on('error', () => {})
    child.once('exit', (code, signal) => {
      void tail.whole().then((stderr) => resolve({ code, signal, stderr }))
    })
  })
}
