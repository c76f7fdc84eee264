/**
 * My job: the mark that every process carries which was started for a piece of work, in its environment.
 *
 * 1. A mark is `<work>/<owner>/<own>`: digest of the work, the Baton process, one start.
 * 2. A Baton process that itself was started by one keeps the outer mark before its own.
 */
import { createHash, randomBytes } from 'node:crypto'
import { MARK_VARIABLE, ownStart, type ProcessEntry, readProcesses } from './process-table.ts'
import { createProcessTree, endTree } from './process-tree.ts'
import { watchOwner } from './reaper.ts'
import { isScarce, toStartFailure } from './spawn-failure.ts'

/** What a process is started for. */
export interface MarkOptions {
  /** Identifies the work, such as an idempotency key: the same for every attempt. @default unique */
  readonly mark?: string
  /**
   * Whether an earlier attempt, of a Baton process that has died, may have left something that works on: it is
   * ended before anything else starts. False saves the look where there was none. @default true
   */
  readonly sweep?: boolean
}

/** A mark for processes that a library starts: {@link startProcess} has its own. */
export interface ProcessMark {
  /** To be added to the environment of the process that is started. */
  readonly environment: Readonly<Record<string, string>>
  /**
   * Ends every process that carries the mark, and what those started; as {@link RunningProcess.end} in its last step.
   * Where processes cannot be looked at it ends nothing, and resolves to nothing.
   */
  end(): Promise<readonly number[]>
}

/** This process, as its marks name it. */
export const owner = `${process.pid}-${ownStart()}-${randomBytes(6).toString('hex')}`

/**
 * Makes a mark. When this Baton process dies, be it by `kill -9`, whatever carries it is killed within a second. Rejects
 * with an EngineError `engine_unavailable`, retryable, when the system has nothing left to sweep with.
 */
export async function markProcesses(options: MarkOptions = {}): Promise<ProcessMark> {
  const { environment, isMarked } = await createMark(options)
  return { environment, end: () => endTree(createProcessTree(isMarked)).catch(() => []) }
}

/** A mark, and how to tell who carries it. */
export interface Mark extends Pick<ProcessMark, 'environment'> {
  readonly isMarked: (entry: ProcessEntry) => boolean
}

/** As {@link markProcesses}, for who looks at the processes himself. */
export async function createMark({ mark, sweep = true }: MarkOptions): Promise<Mark> {
  const work = mark === undefined ? randomBytes(16).toString('hex') : digestOf(mark)
  if (mark !== undefined && sweep) await endLeftovers(work)
  const own = `${work}/${owner}/${randomBytes(6).toString('hex')}`
  const outer = process.env[MARK_VARIABLE]
  watchOwner(owner)
  return {
    environment: { [MARK_VARIABLE]: outer === undefined ? own : `${outer}.${own}` },
    isMarked: ({ marks }) => marks.includes(own),
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

/** What lives of the work whose Baton process is gone. One whose owner lives is its owner's. */
async function endLeftovers(work: string): Promise<void> {
  const entries = await lookForLeftovers()
  const orphans = new Set(ownersOf(work, entries).filter((name) => !isAlive(name, entries)))
  if (orphans.size === 0) return
  const isLeft = (entry: ProcessEntry): boolean => ownersOf(work, [entry]).some((name) => orphans.has(name))
  await endTree(createProcessTree(isLeft)).catch((cause: unknown) => {
    throw toStartFailure(cause, 'What an earlier attempt left could not be ended')
  })
}

/** Where processes cannot be looked at at all there is nothing to sweep; where they can be in a moment it is waited for. */
async function lookForLeftovers(): Promise<readonly ProcessEntry[]> {
  try {
    return await readProcesses()
  } catch (cause) {
    if (!isScarce(cause)) return []
    throw toStartFailure(cause, 'What an earlier attempt left could not be looked for')
  }
}

function ownersOf(work: string, entries: readonly ProcessEntry[]): readonly string[] {
  return entries.flatMap(({ marks }) =>
    marks.split('.').flatMap((mark) => {
      const [of, by] = mark.split('/')
      return of === work && by !== undefined ? [by] : []
    }),
  )
}

function isAlive(name: string, entries: readonly ProcessEntry[]): boolean {
  const [pid, start] = name.split('-')
  return entries.some((entry) => String(entry.pid) === pid && (start === '' || entry.start === start))
}
