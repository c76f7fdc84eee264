/**
 * My job: to write what nobody waits for, behind what somebody does.
 * My neighbours say what is written; the run never waits for me before its end.
 *
 * 1. Writes happen in the order in which they were first handed in, one after the other.
 * 2. One that is handed in again before it began takes the place of the one before: it knows more.
 * 3. They begin when the run waits for something, or when so many wait that they cost memory. The first
 *    begins at once: if nothing can be written, that is known while there is a run to tell it to.
 * 4. They are dropped when the run is no longer this process's: one that slept and was overtaken would put
 *    what is old in the place of what is new (fault 10).
 */

/** Writes something. */
export type Write = () => Promise<void>

/** Hands in writes and forgets them. */
export interface WriteBehind {
  /** Hands in a write; `subject` tells what is written. */
  add(subject: object, write: Write): void
  /** Whether a write of this subject waits to begin. */
  has(subject: object): boolean
  /** Begins to write what waits, unless a write is under way; resolves when that has ended. */
  flush(): Promise<void>
  /** Resolves when all is written, which begins at once. */
  settle(): Promise<void>
}

/** More is not kept waiting. */
const MOST_WAITING = 64

/** Nothing waits yet. `onFailure` is told of every write that fails. */
export function createWriteBehind(
  isOwner: () => Promise<boolean>,
  onFailure: (thrown: unknown) => void,
): WriteBehind {
  const waiting = new Map<object, Write>()
  let writing: Promise<void> | undefined
  let isPlanned = false
  let isFirst = true

  const writeAll = async (): Promise<void> => {
    if (!isFirst && !(await isOwner().catch(() => false))) waiting.clear()
    // What comes meanwhile waits for the next time: of a stream of lines each would become a write.
    for (const subject of [...waiting.keys()]) {
      const write = waiting.get(subject)
      waiting.delete(subject)
      await write?.().catch(onFailure)
    }
    writing = undefined
    if (waiting.size > 0) plan()
  }
  const begin = (): Promise<void> => {
    writing ??= writeAll()
    return writing
  }
  const plan = (): void => {
    if (isPlanned || writing !== undefined) return
    isPlanned = true
    setTimeout(() => {
      isPlanned = false
      void begin()
    }, 0)
  }
  const settle = async (): Promise<void> => {
    while (waiting.size > 0 || writing !== undefined) await begin()
  }
  return {
    add(subject, write) {
      waiting.set(subject, write)
      if (isFirst || waiting.size >= MOST_WAITING) void begin()
      else plan()
      isFirst = false
    },
    has: (subject) => waiting.has(subject),
    flush: begin,
    settle,
  }
}
