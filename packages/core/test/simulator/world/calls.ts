/**
 * What is seen from outside of every call: which execution it was for, whether its start was on disk, and how
 * many of them work at once (rules S5, S8 and B2).
 */
import type { ExecutionContext } from '../../../src/engine/context.ts'
import type { CallBudget } from '../../../src/events/envelope.ts'
import type { SlotPolicy } from '../../../src/orchestrator/options.ts'
import type { Disk } from './disk.ts'
import type { Process } from './world.ts'

/** One call of an engine or a function. */
export interface CallRecord {
  readonly idempotencyKey: string
  readonly attempt: number
  readonly process: number
  /** Events that were on disk when it began. */
  readonly seq: number
  /** Whether its process no longer owned the run. */
  readonly isOrphan: boolean
  /** What it was told that it may take. */
  readonly budget?: CallBudget
}

/** A call as its process knows it. */
export interface CallPlace {
  readonly context: ExecutionContext
  readonly process: Process
  /** The engine that is called; left out for a function. */
  readonly engine?: string
  /** What the call may take. */
  readonly budget?: CallBudget | undefined
}

/** A call that goes on. */
export interface OngoingCall {
  /** Waits for people, without a slot. */
  away<T>(answer: Promise<T>): Promise<T>
  end(): void
}

/** Notes calls. */
export interface CallBook {
  readonly records: readonly CallRecord[]
  readonly problems: readonly string[]
  begin(place: CallPlace): OngoingCall
  /** Notes what a call itself finds wrong. */
  complain(problem: string): void
}

/** An empty book. */
export function createCallBook(disk: Disk, slots: SlotPolicy = {}): CallBook {
  const records: CallRecord[] = []
  const problems: string[] = []
  const atWork = new Set<CallPlace>()
  const work = (place: CallPlace): void => {
    atWork.add(place)
    const problem = crowdOf(place, [...atWork], slots)
    if (problem !== undefined) problems.push(problem)
  }
  return {
    records,
    problems,
    complain(problem) {
      problems.push(problem)
    },
    begin(place) {
      const { context, process, budget } = place
      const { idempotencyKey, attempt, signal } = context
      const isOrphan = disk.writers.at(-1) !== process.id
      const record = { idempotencyKey, attempt, process: process.id, seq: disk.lines.length, isOrphan }
      records.push(budget === undefined ? record : { ...record, budget })
      work(place)
      const end = (): void => {
        atWork.delete(place)
      }
      // What ignores its abort goes on without a slot.
      signal.addEventListener('abort', end, { once: true })
      return {
        end,
        async away(answer) {
          end()
          const given = await answer
          if (!signal.aborted) work(place)
          return given
        },
      }
    },
  }
}

/** How a call works beside more others than the slots of its process allow. */
function crowdOf(
  { context, process, engine }: CallPlace,
  atWork: readonly CallPlace[],
  { perRun = Number.POSITIVE_INFINITY, perEngine = {} }: SlotPolicy,
): string | undefined {
  const mine = atWork.filter((other) => other.process === process)
  const ofEngine = mine.filter((other) => engine !== undefined && other.engine === engine).length
  const most = engine === undefined ? undefined : perEngine[engine]
  const isCrowded = mine.length > perRun || (most !== undefined && ofEngine > most)
  return isCrowded
    ? `${context.idempotencyKey} works beside ${mine.length - 1} others, ${ofEngine} calls of "${engine}" in all (B2)`
    : undefined
}
