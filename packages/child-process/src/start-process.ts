import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { endInSteps } from './end-process.ts'
import { readLines } from './lines.ts'
import { markProcesses, type ProcessMark } from './process-mark.ts'
import type { ProcessExit, ProcessOptions, RunningProcess } from './process-options.ts'
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
  const mark = await markProcesses(options)
  const child = await spawnChild(options, mark)
  if (options.input !== undefined) child.stdin.end(options.input)
  return toRunningProcess(child, mark, options.maxLineBytes ?? MAX_LINE_BYTES)
}

async function spawnChild(
  options: ProcessOptions,
  mark: ProcessMark,
): Promise<ChildProcessWithoutNullStreams> {
  const { command, args = [], cwd, env } = options
  try {
    const child = spawn(command, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...env, ...mark.environment },
      detached: true,
      windowsHide: true,
    })
    // A program that reads no more is told by `write`, and by its exit.
    child.stdin.on('error', () => {})
    await once(child, 'spawn')
    return child
  } catch (cause) {
    throw toSpawnFailure(cause, options)
  }
}

function toRunningProcess(
  child: ChildProcessWithoutNullStreams,
  mark: ProcessMark,
  maxLineBytes: number,
): RunningProcess {
  const exit = exitOf(child)
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
      ending ??= endInSteps({ child, exit, mark }, options)
      return ending
    },
  }
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
