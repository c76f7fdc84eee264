/**
 * Counts processes. Whatever a cell starts carries the cell's folder in its environment (HOME, TMPDIR) or works in
 * it, however it was detached: neither a session of its own nor a dead parent hides it.
 */
import { readdir, readFile, readlink } from 'node:fs/promises'
import { until } from './until.ts'

/** A process that is alive. */
export interface LiveProcess {
  readonly pid: number
  /** Of its session: a tool's shell often has one of its own. */
  readonly session: number
  readonly command: string
}

/** Every process of a cell, this one not counted. */
export async function processesIn(folder: string): Promise<readonly LiveProcess[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0 && pid !== process.pid)
  const found = await Promise.all(pids.map((pid) => processIn(folder, pid)))
  return found.filter((it) => it !== undefined)
}

/** Waits until nothing of a cell is left, and tells how long that took. */
export async function untilNoneIn(folder: string, { withinMs = 5_000 } = {}): Promise<number> {
  const begun = performance.now()
  let left: readonly LiveProcess[] = []
  const isEmpty = async () => {
    left = await processesIn(folder)
    return left.length === 0
  }
  await until('no process is left', isEmpty, { withinMs }).catch(() => {
    throw new Error(`Still there after ${withinMs} ms: ${left.map(describe).join('; ')}`)
  })
  return performance.now() - begun
}

function describe({ pid, command }: LiveProcess): string {
  return `${pid} ${command.slice(0, 120)}`
}

async function processIn(folder: string, pid: number): Promise<LiveProcess | undefined> {
  const at = `/proc/${pid}`
  const read = (name: string) => readFile(`${at}/${name}`, 'utf8').catch(() => '')
  const [environment, command, status] = await Promise.all([read('environ'), read('cmdline'), read('stat')])
  const folderIn = await readlink(`${at}/cwd`).catch(() => '')
  // The name stands in brackets and may hold anything; a Z behind it is a process that has ended.
  const [state, , , session] = status.slice(status.lastIndexOf(')') + 2).split(' ')
  if (state === undefined || state === 'Z' || state === 'X') return undefined
  if (!environment.includes(folder) && !folderIn.startsWith(folder)) return undefined
  return { pid, session: Number(session), command: command.replaceAll('\0', ' ').trim() }
}
