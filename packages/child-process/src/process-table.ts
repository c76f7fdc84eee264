/** My job: which processes run on this machine, as far as it may be known. */
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { isScarce } from './spawn-failure.ts'

/** The variable by which everything that was started can be told. */
export const MARK_VARIABLE = 'BATON_MARK'

/** A process that runs; one that has exited and waits for its parent is none. */
export interface ProcessEntry {
  readonly pid: number
  readonly parent: number
  /** The pid of the first process of its session; where that is not told, of its process group. */
  readonly session: number
  /** When it began, in the system's own words: tells it from another one that gets the same pid later. */
  readonly start: string
  /** The value of {@link MARK_VARIABLE}; empty when it has none, or when it belongs to another user. */
  readonly marks: string
}

/** Processes that are looked at in one go: others wait no longer than for these. */
const BATCH = 64

/** Every process, from `/proc` where there is one, else from `ps`. Rejects when they cannot be looked at. */
export async function readProcesses(): Promise<readonly ProcessEntry[]> {
  if (process.platform === 'win32') return []
  const entries = process.platform === 'linux' ? await readProc() : await readPs()
  // Some containers have a /proc with nothing in it.
  if (entries.some(({ pid }) => pid === process.pid)) return entries
  throw new Error('The table of processes does not even hold this one')
}

async function readPs(): Promise<readonly ProcessEntry[]> {
  const run = promisify(execFile)
  const { stdout } = await run('ps', ['-axEww', '-o', 'pid=,ppid=,pgid=,stat=,lstart=,command='], {
    maxBuffer: 256 * 1024 * 1024,
  })
  return parsePs(stdout)
}

async function readProc(): Promise<readonly ProcessEntry[]> {
  const pids = readdirSync('/proc').filter((name) => name >= '0' && name <= '9~')
  const entries: ProcessEntry[] = []
  for (const [index, pid] of pids.entries()) {
    if (index % BATCH === BATCH - 1) await new Promise(setImmediate)
    const entry = readEntry(pid)
    if (entry !== undefined) entries.push(entry)
  }
  return entries
}

function readEntry(pid: string): ProcessEntry | undefined {
  const stat = readText(`/proc/${pid}/stat`)
  // The name stands in brackets and may hold anything, brackets and blanks too.
  const [state, parent, , session, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const start = rest[15]
  if (start === undefined || state === 'Z' || state === 'X') return undefined
  const marks = marksIn(readText(`/proc/${pid}/environ`))
  return { pid: Number(pid), parent: Number(parent), session: Number(session), start, marks }
}

/** When this process began, as the table says it; nothing where that would need a program to be run. */
export function ownStart(): string {
  return process.platform === 'linux' ? (readEntry('self')?.start ?? '') : ''
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch (thrown) {
    // That nothing can be opened must not look as if nothing ran.
    if (isScarce(thrown)) throw thrown
    // It has ended meanwhile, or belongs to another user.
    return ''
  }
}

function marksIn(environment: string): string {
  const at = `\0${environment}`.indexOf(`\0${MARK_VARIABLE}=`)
  if (at < 0) return ''
  return environment.slice(at + MARK_VARIABLE.length + 1).split('\0', 1)[0] ?? ''
}

const PS_LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s(.*)$/
const PS_MARK = new RegExp(` ${MARK_VARIABLE}=([\\w./-]*)`)

/** Reads what `ps` prints: pid, parent, group, state, start, and the command followed by its environment. */
export function parsePs(text: string): readonly ProcessEntry[] {
  return text.split('\n').flatMap((line) => {
    const [, pid, parent, group, state = '', start = '', command = ''] = PS_LINE.exec(line) ?? []
    if (pid === undefined || state.startsWith('Z')) return []
    const marks = PS_MARK.exec(command)?.[1] ?? ''
    return { pid: Number(pid), parent: Number(parent), session: Number(group), start, marks }
  })
}
