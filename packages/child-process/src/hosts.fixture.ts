import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { environment } from './running.fixture.ts'

/** A Baton process of its own, that the test may kill. */
export interface Host {
  readonly child: ChildProcess
  /** What it printed first. */
  readonly line: string
  /** What it prints next. */
  next(): Promise<string>
}

/** Runs a module of this folder, or a bundle of one, until it has printed a line; with a prefix, behind that command. */
export async function startHost(
  module: string,
  args: readonly string[] = [],
  prefix: readonly string[] = [],
): Promise<Host> {
  const path = module.startsWith('/') ? module : fileURLToPath(new URL(module, import.meta.url))
  const flags = ['--conditions=@batonjs/source', '--import', 'tsx', path, ...args]
  const [command = process.execPath, ...words] = [...prefix, process.execPath, ...flags]
  const child = spawn(command, words, { env: environment, stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<string> => String((await lines.next()).value)
  return { child, line: await next(), next }
}
