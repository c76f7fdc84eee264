import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import type { EndOptions, ProcessExit } from './process-options.ts'
import { endTree, type ProcessTree } from './process-tree.ts'

const STEP_MS = 1_500

/** A program and what belongs to it. */
export interface Ended {
  readonly child: ChildProcessWithoutNullStreams
  readonly exit: Promise<ProcessExit>
  readonly tree: ProcessTree
}

/** Asks, signals, then ends whatever is left of the tree. */
export async function endInSteps(ended: Ended, options: EndOptions): Promise<readonly number[]> {
  const { child, tree } = ended
  const { ask, askMs = STEP_MS, signal = 'SIGTERM', signalMs = STEP_MS } = options
  // What leaves the tree when its parent ends must have been seen before that.
  if (isRunning(child)) await tree.find()
  if (ask !== undefined) await step(ended, ask, askMs)
  await step(ended, () => child.kill(signal), signalMs)
  const left = await endTree(tree)
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
  return left
}

/** Whether it has not exited yet. */
export function isRunning({ exitCode, signalCode }: ChildProcessWithoutNullStreams): boolean {
  return exitCode === null && signalCode === null
}

async function step({ child, exit }: Ended, act: () => unknown, forMs: number): Promise<void> {
  if (!isRunning(child)) return
  const timer = new AbortController()
  try {
    Promise.resolve(act()).catch(() => {})
  } catch {
    // Who cannot be asked is signalled.
  }
  const patience = pause(forMs, undefined, { signal: timer.signal }).catch(() => {})
  await Promise.race([exit, patience])
  timer.abort()
}
