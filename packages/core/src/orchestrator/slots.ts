/**
 * My job: who may call now (rule B2). Order is p-queue's; rates run on the injected clock.
 *
 * Invariants:
 * 1. A slot that was given is given back exactly once, whatever becomes of the call or of its run.
 * 2. A run that rests waits for no slot: others may hold them for long.
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
  /** Resolves when a call may begin, in the order of asking; with `undefined` when the waiting was given up. */
  take(engine: string | undefined): Promise<ReleaseSlot | undefined>
  /** Gives up all waiting. */
  giveUp(): void
  /** Gives up all waiting, and gives back what is still held. */
  close(): void
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
      const doorsOf = (engine: string | undefined): readonly Door[] => {
        const queues = [engine === undefined ? undefined : engines.get(engine), run]
        const gate = engine === undefined ? undefined : gates.get(engine)
        const doors = queues.flatMap((queue) => (queue === undefined ? [] : [toDoor(queue)]))
        return gate === undefined ? doors : [...doors, gate]
      }
      return createRunSlots(doorsOf)
    },
  }
}

/** Something to pass before a call may begin; what it gives is called when the call has ended. Rejects at the signal. */
type Door = (signal: AbortSignal) => Promise<ReleaseSlot>

function createRunSlots(doorsOf: (engine: string | undefined) => readonly Door[]): RunSlots {
  const waiting = new Set<AbortController>()
  const held = new Set<ReleaseSlot>()
  const giveUp = (): void => {
    for (const controller of waiting) controller.abort()
  }
  return {
    isFree: (engine) => doorsOf(engine).length === 0,
    async take(engine) {
      const controller = new AbortController()
      waiting.add(controller)
      const releases = await passAll(doorsOf(engine), controller.signal)
      waiting.delete(controller)
      if (releases === undefined) return undefined
      const release = (): void => {
        if (held.delete(release)) for (const one of releases) one()
      }
      held.add(release)
      return release
    },
    giveUp,
    close() {
      giveUp()
      for (const release of held) release()
    },
  }
}

/** Passes one door after the other; `undefined`, and nothing held, when the signal fires before the last. */
async function passAll(
  doors: readonly Door[],
  signal: AbortSignal,
): Promise<readonly ReleaseSlot[] | undefined> {
  const releases: ReleaseSlot[] = []
  try {
    for (const pass of doors) releases.push(await pass(signal))
    signal.throwIfAborted()
    return releases
  } catch {
    for (const release of releases) release()
    return undefined
  }
}

function createQueue(concurrency: number): PQueue {
  return new PQueue({ concurrency })
}

/** Waits for a place in a queue and keeps it until it is released. */
function toDoor(queue: PQueue): Door {
  return (signal) =>
    new Promise((resolve, reject) => {
      queue.add(() => new Promise<void>((release) => resolve(release)), { signal }).catch(reject)
    })
}

/** Lets at most `calls` through within any `perMs`. */
function createGate({ calls, perMs }: Rate, clock: Clock): Door {
  const begun: number[] = []
  return (signal) => {
    const now = clock.monotonic()
    const earlier = begun.length < calls ? undefined : begun[begun.length - calls]
    const at = earlier === undefined ? now : Math.max(now, earlier + perMs)
    begun.push(at)
    if (begun.length > calls) begun.shift()
    return at <= now ? Promise.resolve(KEEP_NOTHING) : waitUntil(clock, clock.now() + (at - now), signal)
  }
}

const KEEP_NOTHING: ReleaseSlot = () => {}

function waitUntil(clock: Clock, at: number, signal: AbortSignal): Promise<ReleaseSlot> {
  return new Promise((resolve, reject) => {
    const cancel = clock.setTimer(at, () => resolve(KEEP_NOTHING))
    signal.addEventListener('abort', () => {
      cancel()
      reject(signal.reason)
    })
  })
}
