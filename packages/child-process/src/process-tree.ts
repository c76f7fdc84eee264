/**
 * My job: everything that a program has started, found and ended. A tool's shell has its own session, and a parent
 * that died leaves its children to others: neither process groups nor parents alone find them, so a mark in the
 * environment, the parents, the sessions, and what was seen before are taken together.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { type ProcessEntry, readProcesses } from './process-table.ts'
import { isScarce } from './spawn-failure.ts'

const TERM_MS = 400
const KILL_MS = 1_000
const POLL_MS = 20

/** Processes that belong together. */
export interface ProcessTree {
  /**
   * Those that run. What was found once is known from then on, whatever becomes of its parent. Rejects when processes
   * cannot be looked at.
   */
  find(): Promise<readonly ProcessEntry[]>
}

/**
 * The tree of all that `isRoot` picks, with everything below and in their sessions.
 *
 * @param leader the pid of a process whose session belongs to it as well, also when that process has exited
 */
export function createProcessTree(isRoot: (entry: ProcessEntry) => boolean, leader?: number): ProcessTree {
  const known = new Map<number, string>(leader === undefined ? [] : [[leader, '']])
  return {
    async find() {
      const entries = (await readProcesses()).filter(({ pid }) => pid !== process.pid)
      const pids = new Set(entries.map(({ pid }) => pid))
      // While a session has members its number is given to no other process.
      const isOrphan = ({ session }: ProcessEntry): boolean => known.has(session) && !pids.has(session)
      const found = withFollowers(
        entries,
        (entry) => known.get(entry.pid) === entry.start || isOrphan(entry) || isRoot(entry),
      )
      for (const { pid, start } of found) known.set(pid, start)
      return found
    },
  }
}

/** With the children of those picked, and the sessions that they began. */
function withFollowers(
  entries: readonly ProcessEntry[],
  isRoot: (entry: ProcessEntry) => boolean,
): readonly ProcessEntry[] {
  const followers = new Map<number, ProcessEntry[]>()
  for (const entry of entries) {
    for (const pid of [entry.parent, entry.session]) {
      const others = followers.get(pid)
      if (others === undefined) followers.set(pid, [entry])
      else others.push(entry)
    }
  }
  const found = new Set(entries.filter(isRoot))
  // A set hands out what is added to it while it is gone through.
  for (const { pid } of found) for (const follower of followers.get(pid) ?? []) found.add(follower)
  return [...found]
}

/** Ends all of them, gently at first. Resolves to the pids that withstood. Rejects when they cannot be looked for. */
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
    const left = await look(tree, until)
    if (left.length === 0 || Date.now() > until) return left
    for (const { pid, start } of left) {
      const name = `${pid} ${start}`
      if (!signalled.has(name)) send(pid, signal)
      signalled.add(name)
    }
    await pause(POLL_MS)
  }
}

/** Looks again where the system has nothing left to look with: it may have in a moment. */
async function look(tree: ProcessTree, until: number): Promise<readonly ProcessEntry[]> {
  for (;;) {
    try {
      return await tree.find()
    } catch (thrown) {
      if (!isScarce(thrown) || Date.now() > until) throw thrown
    }
    await pause(POLL_MS)
  }
}

/** Sends a signal to a process, or to the group of the negative number. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It is gone, or belongs to another user: the next look will tell.
  }
}
