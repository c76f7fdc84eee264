import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import type { ProcessMark } from './process-mark.ts'
import type { EndOptions, ProcessExit } from './process-options.ts'

const STEP_MS = 1_500

/** A program and what is known of it. */
export interface Ended {
  readonly child: ChildProcessWithoutNullStreams
  readonly exit: Promise<ProcessExit>
  readonly mark: ProcessMark
}

/** Asks, signals, then ends whatever is left of the tree. */
export async function endInSteps(ended: Ended, options: EndOptions): Promise<readonly number[]> {
  const { child, mark } = ended
  const { ask, askMs = STEP_MS, signal = 'SIGTERM', signalMs = STEP_MS } = options
  if (ask !== undefined) await step(ended, ask, askMs)
  await step(ended, () => child.kill(signal), signalMs)
  const left = await mark.end()
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
  return left
}

async function step({ child, exit }: Ended, act: () => unknown, forMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
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
