/**
 * My job: who may call now (rule B2). Order is p-queue's; rates run on the injected clock.
 *
 * Invariant: a slot that was given is given back exactly once, whatever becomes of the call.
 */
import PQueue from 'p-queue'
import type { Clock } from './clock.ts'
import type { Rate, SlotPolicy } from './options.ts'

/** Gives a slot back. Calling it again does nothing. */
export type ReleaseSlot = () => void

/** The slots of an orchestrator, shared by its runs. */
export interface SlotHouse {
  /** The slots of one run. */
  openRun(): RunSlots
}

/** The slots that one run's calls take. */
export interface RunSlots {
  /** Whether calls of this engine (of functions, without one) can begin without asking. */
  isFree(engine: string | undefined): boolean
  /** Resolves when a call may begin, in the order of asking. */
  take(engine: string | undefined): Promise<ReleaseSlot>
}

/** Slots after a policy. */
export function createSlotHouse(policy: SlotPolicy = {}, clock: Clock): SlotHouse {
  const engines = new Map(
    Object.entries(policy.perEngine ?? {}).map(([id, limit]) => [id, createQueue(limit)]),
  )
  const gates = new Map(Object.entries(policy.rates ?? {}).map(([id, rate]) => [id, createGate(rate, clock)]))
  return {
    openRun() {
      const run = policy.perRun === undefined ? undefined : createQueue(policy.perRun)
      return {
        isFree: (engine) =>
          run === undefined && (engine === undefined || !(engines.has(engine) || gates.has(engine))),
        async take(engine) {
          const releaseEngine = await hold(engine === undefined ? undefined : engines.get(engine))
          const releaseRun = await hold(run)
          if (engine !== undefined) await gates.get(engine)?.()
          return () => {
            releaseRun()
            releaseEngine()
          }
        },
      }
    },
  }
}

function createQueue(concurrency: number): PQueue {
  return new PQueue({ concurrency })
}

/** Waits for a place in a queue and keeps it until it is released. */
function hold(queue: PQueue | undefined): Promise<ReleaseSlot> {
  if (queue === undefined) return Promise.resolve(() => {})
  return new Promise((resolve) => {
    queue.add(() => new Promise<void>((release) => resolve(release))).catch(() => {})
  })
}

/** Lets at most `calls` through within any `perMs`. */
function createGate({ calls, perMs }: Rate, clock: Clock): () => Promise<void> {
  const begun: number[] = []
  return () => {
    const now = clock.monotonic()
    const earlier = begun.length < calls ? undefined : begun[begun.length - calls]
    const at = earlier === undefined ? now : Math.max(now, earlier + perMs)
    begun.push(at)
    if (begun.length > calls) begun.shift()
    if (at <= now) return Promise.resolve()
    return new Promise((resolve) => clock.setTimer(clock.now() + (at - now), resolve))
  }
}
