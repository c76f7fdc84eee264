import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import type { EndOptions, ProcessExit } from './process-options.ts'
import { endTree, type ProcessTree, send } from './process-tree.ts'

const STEP_MS = 1_500
const KILL_MS = 500

/** A program and what belongs to it. */
export interface Ended {
  readonly child: ChildProcessWithoutNullStreams
  readonly exit: Promise<ProcessExit>
  readonly tree: ProcessTree
}

/** Asks, signals, then ends whatever is left of the tree. Never rejects. */
export async function endInSteps(ended: Ended, options: EndOptions): Promise<readonly number[]> {
  const { child, tree } = ended
  const { ask, askMs = STEP_MS, signal = 'SIGTERM', signalMs = STEP_MS } = options
  const group = isRunning(child) ? child.pid : undefined
  // What leaves the tree when its parent ends must have been seen before that.
  if (group !== undefined) await tree.find().catch(() => {})
  if (ask !== undefined) await step(ended, ask, askMs)
  await step(ended, () => child.kill(signal), signalMs)
  // Where no file is left, theirs are what it takes to look.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
  const left = await endTree(tree).catch(() => undefined)
  if (left === undefined || isRunning(child)) await killGroup(ended, group)
  const stays = isRunning(child) && child.pid !== undefined ? [child.pid] : []
  return [...new Set([...(left ?? []), ...stays])]
}

/**
 * What can be done where nothing can be seen. The group of a program that had exited before may be another one's by now;
 * of one that has exited since, the number is not given out again so soon.
 */
async function killGroup(ended: Ended, group: number | undefined): Promise<void> {
  if (group === undefined) return
  send(-group, 'SIGKILL')
  await step(ended, () => ended.child.kill('SIGKILL'), KILL_MS)
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
