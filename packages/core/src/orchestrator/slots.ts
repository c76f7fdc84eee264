/**
 * My job: who may call now (rule B2). Calls of one run that need the same stand in one line, a p-queue; the
 * first of each line waits for all that it needs, which rates let out on the injected clock.
 *
 * Invariants:
 * 1. A slot that was given is given back exactly once, whatever becomes of the call or of its run.
 * 2. A run that rests waits for no slot: others may hold them for long.
 * 3. Who waits holds nothing: a call takes the slot of its run and that of its engine at once, or neither.
 *    So no slot lies idle, and no two calls wait for each other.
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
  /** Whose quota the calls of an engine use up. */
  accountOf(engine: string): string
  /** Lets no call on an account begin for so long: its quota is used up (rule B1). */
  close(account: string, forMs: number): void
}

/** The slots that one run's calls take. */
export interface RunSlots {
  /** Whether calls of this engine (of functions, without one) can begin without asking. */
  isFree(engine: string | undefined): boolean
  /** Whether the quota of an engine is used up: then a call that has its slot does not begin either. */
  isClosed(engine: string | undefined): boolean
  /** Resolves when a call may begin, in the order of asking; with `undefined` when the waiting was given up. */
  take(engine: string | undefined): Promise<ReleaseSlot | undefined>
  /** As {@link RunSlots.take}, for a call that began before and goes on: rates count beginnings only. */
  takeAgain(engine: string | undefined): Promise<ReleaseSlot | undefined>
  /** Gives up all waiting. */
  giveUp(): void
  /** Gives up all waiting, and gives back what is still held. */
  close(): void
}

/** Slots after a policy. */
export function createSlotHouse(
  policy: SlotPolicy = {},
  clock: Clock,
  accountOf: (engine: string) => string = (engine) => engine,
): SlotHouse {
  const engines = new Map(
    Object.entries(policy.perEngine ?? {}).map(([id, limit]) => [id, createSlots(limit)]),
  )
  const rates = new Map(Object.entries(policy.rates ?? {}).map(([id, rate]) => [id, createRate(rate, clock)]))
  const hall = createHall(clock)
  const accounts = new Map<string, Account>()
  return {
    accountOf,
    close(name, forMs) {
      const account = accounts.get(name) ?? createAccount(clock)
      accounts.set(name, account)
      account.close(forMs)
    },
    openRun() {
      const run = policy.perRun === undefined ? undefined : createSlots(policy.perRun)
      const known = new Map<string | undefined, Needs>()
      return createRunSlots(hall, (engine) => {
        const account = engine === undefined ? undefined : accounts.get(accountOf(engine))
        const before = known.get(engine)
        if (before !== undefined && before.account === account) return before
        const supplies = { run, engine: engines.get(engine ?? ''), rate: rates.get(engine ?? ''), account }
        const needs = needsOf(supplies)
        known.set(engine, needs)
        return needs
      })
    },
  }
}

/** What a call needs to begin, and to go on. */
interface Needs {
  readonly begin: readonly Supply[]
  /** The same list where nothing is needed for a beginning only: then both stand in one line. */
  readonly goOn: readonly Supply[]
  /** Looked at once it was closed for the first time. */
  readonly account: Account | undefined
}

type Supplies = Readonly<Record<'run' | 'engine' | 'rate' | 'account', Supply | undefined>>

function needsOf({
  run,
  engine,
  rate,
  account,
}: Supplies & { readonly account: Account | undefined }): Needs {
  const goOn = [run, engine].filter((supply) => supply !== undefined)
  const once = [rate, account].filter((supply) => supply !== undefined)
  return { goOn, begin: once.length === 0 ? goOn : [...goOn, ...once], account }
}

/** Something of which a call takes one before it may begin. */
interface Supply {
  /** Milliseconds until there is one: 0 for now, Infinity when somebody has to give one back. */
  freeInMs(): number
  /** Takes one; what is given is called when the call has ended. */
  take(): ReleaseSlot
}

function createSlots(limit: number): Supply {
  let taken = 0
  return {
    freeInMs: () => (taken < limit ? 0 : Number.POSITIVE_INFINITY),
    take() {
      taken += 1
      return () => {
        taken -= 1
      }
    },
  }
}

/** Lets at most `calls` begin within any `perMs`. */
function createRate({ calls, perMs }: Rate, clock: Clock): Supply {
  const begun: number[] = []
  return {
    freeInMs() {
      const earlier = begun.length < calls ? undefined : begun[begun.length - calls]
      return earlier === undefined ? 0 : Math.max(0, earlier + perMs - clock.monotonic())
    },
    take() {
      begun.push(clock.monotonic())
      if (begun.length > calls) begun.shift()
      return KEEP_NOTHING
    },
  }
}

/** An account: as many calls as one likes may begin, but none while it is closed. */
interface Account extends Supply {
  close(forMs: number): void
}

function createAccount(clock: Clock): Account {
  let opensAt = 0
  return {
    freeInMs: () => Math.max(0, opensAt - clock.monotonic()),
    take: () => KEEP_NOTHING,
    close(forMs) {
      opensAt = Math.max(opensAt, clock.monotonic() + forMs)
    },
  }
}

const KEEP_NOTHING: ReleaseSlot = () => {}

/** Where the first of each line waits. */
interface Hall {
  /** Resolves with all of the supplies taken, the longest waiting first. Rejects at the signal, with nothing held. */
  wait(supplies: readonly Supply[], signal: AbortSignal): Promise<ReleaseSlot>
}

interface Waiter {
  readonly supplies: readonly Supply[]
  readonly admit: (release: ReleaseSlot) => void
}

function createHall(clock: Clock): Hall {
  const waiting = new Set<Waiter>()
  let cancelLook = (): void => {}
  const look = (): void => {
    cancelLook()
    let soonest = Number.POSITIVE_INFINITY
    for (const waiter of waiting) {
      const inMs = Math.max(...waiter.supplies.map((supply) => supply.freeInMs()))
      if (inMs > 0) {
        soonest = Math.min(soonest, inMs)
        continue
      }
      waiting.delete(waiter)
      waiter.admit(takeAll(waiter.supplies, look))
    }
    cancelLook = soonest < Number.POSITIVE_INFINITY ? clock.setTimer(clock.now() + soonest, look) : () => {}
  }
  return {
    wait: (supplies, signal) =>
      new Promise((admit, reject) => {
        const waiter = { supplies, admit }
        const leave = (): void => {
          waiting.delete(waiter)
          reject(signal.reason)
          look()
        }
        signal.addEventListener('abort', leave, { once: true })
        waiting.add(waiter)
        look()
      }),
  }
}

function takeAll(supplies: readonly Supply[], onRelease: () => void): ReleaseSlot {
  const releases = supplies.map((supply) => supply.take())
  return () => {
    for (const release of releases) release()
    onRelease()
  }
}

function createRunSlots(hall: Hall, needsOf: (engine: string | undefined) => Needs): RunSlots {
  const lines = new Map<readonly Supply[], PQueue>()
  const waiting = new Set<AbortController>()
  const held = new Set<ReleaseSlot>()
  const lineOf = (supplies: readonly Supply[]): PQueue => {
    const line = lines.get(supplies) ?? new PQueue({ concurrency: 1 })
    lines.set(supplies, line)
    return line
  }
  const pass = async (supplies: readonly Supply[], signal: AbortSignal): Promise<ReleaseSlot> => {
    const giveBack = await hall.wait(supplies, signal)
    const release = (): void => {
      if (held.delete(release)) giveBack()
    }
    held.add(release)
    // It may have been given up in the moment in which it was admitted.
    if (signal.aborted) release()
    return release
  }
  const take = (supplies: readonly Supply[]): Promise<ReleaseSlot | undefined> => {
    const controller = new AbortController()
    const { signal } = controller
    waiting.add(controller)
    const turn = lineOf(supplies).add(() => pass(supplies, signal), { signal })
    return turn.catch(() => undefined).finally(() => waiting.delete(controller))
  }
  const giveUp = (): void => {
    for (const controller of waiting) controller.abort()
  }
  return {
    isFree: (engine) => needsOf(engine).begin.length === 0,
    isClosed: (engine) => (needsOf(engine).account?.freeInMs() ?? 0) > 0,
    async take(engine) {
      for (;;) {
        const { begin } = needsOf(engine)
        const release = await take(begin)
        if (release === undefined || needsOf(engine).begin === begin) return release
        // Its account was closed for the first time while it stood in line.
        release()
      }
    },
    takeAgain: (engine) => take(needsOf(engine).goOn),
    giveUp,
    close() {
      giveUp()
      for (const release of held) release()
    },
  }
}
