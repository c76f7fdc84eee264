/**
 * My job: everything that a program has started, found and ended. A tool's shell has its own session, and a parent
 * that died leaves its children to others: neither process groups nor parents alone find them, so a mark in the
 * environment, the parents, and what was seen before are taken together.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { type ProcessEntry, readProcesses } from './process-table.ts'

const TERM_MS = 400
const KILL_MS = 1_000
const POLL_MS = 20

/** Processes that belong together. */
export interface ProcessTree {
  /** Those that run. What was found once is known from then on, whatever becomes of its parent. */
  find(): Promise<readonly ProcessEntry[]>
}

/** The tree of all that `isRoot` picks, with everything below. */
export function createProcessTree(isRoot: (entry: ProcessEntry) => boolean): ProcessTree {
  const known = new Map<number, string>()
  return {
    async find() {
      const entries = await readProcesses()
      const found = withDescendants(entries, (entry) => known.get(entry.pid) === entry.start || isRoot(entry))
      for (const { pid, start } of found) known.set(pid, start)
      return found
    },
  }
}

function withDescendants(
  entries: readonly ProcessEntry[],
  isRoot: (entry: ProcessEntry) => boolean,
): readonly ProcessEntry[] {
  const children = new Map<number, ProcessEntry[]>()
  for (const entry of entries) {
    const siblings = children.get(entry.parent)
    if (siblings === undefined) children.set(entry.parent, [entry])
    else siblings.push(entry)
  }
  const found = new Set(entries.filter((entry) => entry.pid !== process.pid && isRoot(entry)))
  // A set hands out what is added to it while it is gone through.
  for (const { pid } of found) for (const child of children.get(pid) ?? []) found.add(child)
  return [...found]
}

/** Ends all of them, gently at first. Resolves to the pids that withstood. */
export async function endTree(tree: ProcessTree): Promise<readonly number[]> {
  let left = await signalUntilGone(tree, 'SIGTERM', TERM_MS)
  if (left.length > 0) left = await signalUntilGone(tree, 'SIGKILL', KILL_MS)
  return left.map(({ pid }) => pid)
}

/** Each one found is signalled, those that come up meanwhile too. */
async function signalUntilGone(
  tree: ProcessTree,
  signal: NodeJS.Signals,
  forMs: number,
): Promise<readonly ProcessEntry[]> {
  const signalled = new Set<string>()
  const until = Date.now() + forMs
  for (;;) {
    const left = await tree.find()
    if (left.length === 0 || Date.now() > until) return left
    for (const { pid, start } of left) {
      const name = `${pid} ${start}`
      if (!signalled.has(name)) send(pid, signal)
      signalled.add(name)
    }
    await pause(POLL_MS)
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It is gone, or belongs to another user: the next look will tell.
  }
}
