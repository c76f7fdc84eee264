import { spawn } from 'node:child_process'

export interface CommandOptions {
  /** Where the command runs. @default the folder of this process */
  readonly folder?: string
  /** After this the command and everything that it started is killed. @default no limit */
  readonly limitMs?: number
  /** `show` passes the output on as it comes; `keep` holds it back for the caller. @default 'show' */
  readonly output?: 'show' | 'keep'
}

export interface CommandOutcome {
  /** The exit code; null when the command was killed. */
  readonly code: number | null
  readonly timedOut: boolean
  /** What it printed, both streams in order; empty when it was shown. */
  readonly output: string
}

/** Runs a command with closed input and waits for its end. It never throws: the caller reads the outcome. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { folder, limitMs, output = 'show' }: CommandOptions = {},
): Promise<CommandOutcome> {
  const stream = output === 'show' ? 'inherit' : 'pipe'
  // A group of its own, so that a timeout reaches what the command started.
  const child = spawn(command, [...args], { cwd: folder, stdio: ['ignore', stream, stream], detached: true })
  const pieces: string[] = []
  child.stdout?.on('data', (piece: Buffer) => void pieces.push(piece.toString()))
  child.stderr?.on('data', (piece: Buffer) => void pieces.push(piece.toString()))
  let timedOut = false
  const killGroup = (): void => killProcessGroup(child.pid)
  const timer =
    limitMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true
          killGroup()
        }, limitMs)
  process.once('exit', killGroup)
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      pieces.push(`${error.message}\n`)
      resolve(null)
    })
    child.once('close', resolve)
  })
  process.off('exit', killGroup)
  clearTimeout(timer)
  return { code, timedOut, output: pieces.join('') }
}

/** Runs a command that must succeed. */
export async function expectSuccess(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { code, timedOut, output } = await runCommand(command, args, options)
  if (code === 0) return output
  const why = timedOut ? `took longer than ${options.limitMs} ms` : `ended with ${code}`
  throw new Error(`\`${command} ${args.join(' ')}\` ${why}\n${output}`)
}

function killProcessGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}
