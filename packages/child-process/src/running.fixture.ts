/** What the tests of this package share: programs to start, and a count of what is left of them. */
import { readdirSync, readFileSync } from 'node:fs'
import type { ProcessOptions, RunningProcess } from './process-options.ts'
import { startProcess } from './start-process.ts'

export const environment = { PATH: process.env.PATH ?? '' }

let tags = 0

/** A number of seconds for `sleep` that nothing else on this machine sleeps: finds the sleepers by their arguments. */
export function createTag(): string {
  tags += 1
  return `300.${process.pid}${String(tags).padStart(3, '0')}${Date.now()}`
}

/** The processes that sleep for that long. */
export function pidsWith(tag: string): readonly number[] {
  return pidsWhere((words) => words.includes('sleep') && words.includes(tag))
}

/** The processes that run with such arguments. */
export function pidsWhere(fits: (words: readonly string[]) => boolean): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isRunning(name))
    .filter((pid) => fits(read(`/proc/${pid}/cmdline`).split('\0')))
    .map(Number)
}

function isRunning(pid: string): boolean {
  const stat = read(`/proc/${pid}/stat`)
  return !/^[ZX]?$/.test(stat.charAt(stat.lastIndexOf(')') + 2))
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Starts a program of Node's. */
export function startNode(program: string, options: Partial<ProcessOptions> = {}): Promise<RunningProcess> {
  return startProcess({ command: process.execPath, args: ['-e', program], env: environment, ...options })
}

/** Starts a shell. */
export function startShell(script: string, options: Partial<ProcessOptions> = {}): Promise<RunningProcess> {
  return startProcess({ command: '/bin/sh', args: ['-c', script], env: environment, ...options })
}

/** The next line of a program: once it is there, what it did before has been done. */
export async function nextLine({ lines }: RunningProcess): Promise<string> {
  // A for loop would close the lines.
  const { value } = await lines[Symbol.asyncIterator]().next()
  return String(value)
}

export async function allLines({ lines }: Pick<RunningProcess, 'lines'>): Promise<readonly string[]> {
  const all: string[] = []
  for await (const line of lines) all.push(line)
  return all
}
