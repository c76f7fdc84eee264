import type { MarkOptions } from './process-mark.ts'

/** What to start, and how. */
export interface ProcessOptions extends MarkOptions {
  /** The program: a path, or a name that is looked for on the `PATH` of `env`. */
  readonly command: string
  /** @default none */
  readonly args?: readonly string[]
  /** The folder to work in. Must be there. @default that of this process */
  readonly cwd?: string
  /** The whole environment: nothing is inherited. {@link pickEnvironment} makes one. */
  readonly env: Readonly<Record<string, string>>
  /** Given on stdin at once, which is then closed. @default stdin stays open for `write` */
  readonly input?: string
  /** What to do when the program is missing, a sentence of its own such as `Install it with …`. @default none */
  readonly install?: string
  /** Longest line that is read, in bytes; one that is longer is an EngineError `bad_output`. @default 64 MiB */
  readonly maxLineBytes?: number
}

/** A program that runs. Whoever started it calls `end` in the end, also when it has exited by itself. */
export interface RunningProcess {
  readonly pid: number
  /**
   * The lines of stdout, without their ends; to be read once. The program waits while nobody reads. Ends when
   * stdout does, and soon after the exit when something that the program started holds stdout open or writes on.
   * Throws an EngineError `bad_output` for a line over `maxLineBytes`.
   */
  readonly lines: AsyncIterable<string>
  /** Writes to stdin. Resolves when the text is taken: true, or false when the program reads no more. */
  write(text: string): Promise<boolean>
  /** Closes stdin, after what was written. */
  closeInput(): void
  /** How the program exited. Never rejects, and does not wait for what the program has started. */
  readonly exit: Promise<ProcessExit>
  /**
   * Ends the program and everything that it started, whatever session or parent that has by now: asks, then sends
   * a signal, then kills. Within 4.5 seconds by default, and in a few milliseconds when it has exited already. Further
   * calls join the first. Never rejects: where processes cannot be looked at, the program and its group are killed.
   * Resolves to the pids that could not be ended, as a rule none: those of another user.
   */
  end(options?: EndOptions): Promise<readonly number[]>
}

/** How a program exited. */
export interface ProcessExit {
  /** `null` when a signal ended it. */
  readonly code: number | null
  /** `null` when it exited by itself. */
  readonly signal: NodeJS.Signals | null
  /** The end of what it wrote to stderr, at most 64 kB. */
  readonly stderr: string
}

/** The steps of an orderly end. */
export interface EndOptions {
  /** Asks the program to end, in its own protocol. What it throws is of no matter. @default nobody asks */
  readonly ask?: () => unknown
  /** How long to wait after asking, in milliseconds. @default 1,500 */
  readonly askMs?: number
  /** What the program is sent then. @default 'SIGTERM' */
  readonly signal?: NodeJS.Signals
  /** How long to wait after the signal before the kill, in milliseconds. @default 1,500 */
  readonly signalMs?: number
}
