/**
 * The simulator (fault 47) plays whole runs of the kernel that follow from a seed.
 *
 * `draw/` draws a scenario: flows, what their steps do, what people answer, what goes wrong. `world/` plays it
 * in virtual time, on a disk that fails, with processes that die; one thing happens at a time, in an order that
 * the seed draws as well. What the run leaves behind is judged twice: `oracle/` reads its journal and holds it
 * against the rules of the design, written down a second time without the kernel's code; `checks/` compare what
 * lived in the processes, what was called and what was asked with that journal.
 *
 * A scenario is played in peace, in another order, with its faults, and from prefixes of its journal on, as if
 * the process had died there. Where nothing may depend on the order (`outcome.ts` says where), all of these must
 * end alike. In one seed of three calls take something (`draw-money.ts`): budgets, prices, quotas and accounts are
 * laid over it, and a run that had too little is resumed with more. A seed that fails is shrunk, told and kept: see `play-seed.ts` and `kept-seeds.ts`.
 */
import { checkJournal } from '@batonjs/testkit'
import { checkCalls } from './checks/check-calls.ts'
import { checkPrefixes } from './checks/check-prefixes.ts'
import { checkRequests } from './checks/check-requests.ts'
import { checkResult } from './checks/check-result.ts'
import { checkStatus } from './checks/check-status.ts'
import { auditJournal } from './oracle/audit.ts'
import { differenceOf, isOrderless, type Outcome, outcomeOf } from './outcome.ts'
import { createRandom, type Random } from './random.ts'
import type { Fault, Scenario } from './scenario.ts'
import { type Cast, createCast } from './world/cast.ts'
import { prefixOf, type Stored } from './world/disk.ts'
import { type Performance, perform } from './world/perform.ts'

/** What a simulation found, and what it went through. */
export interface Simulation {
  readonly problems: readonly string[]
  readonly plays: readonly Play[]
  /** Whether nothing of its outcome may depend on the order of events. */
  readonly isOrderless: boolean
}

/** One of the runs of a simulation. */
export interface Play extends Performance {
  /** Such as `in peace`. */
  readonly how: string
}

/** How thoroughly a scenario is played. */
export interface SimulateOptions {
  /** Draws the orders in which things happen. */
  readonly seed: number
  /**
   * Looks at the living state after every turn, derives every prefix of the journals anew, and takes the run up
   * at many of them; else samples do. @default false
   */
  readonly isThorough?: boolean
}

/** Prefixes that are derived anew, and that are played on, of each journal. */
const SAMPLE = { derived: 10, resumed: 1 }
const THOROUGH = { derived: Number.POSITIVE_INFINITY, resumed: 40 }

/** Plays a scenario. */
export async function simulate(
  scenario: Scenario,
  { seed, isThorough = false }: SimulateOptions,
): Promise<Simulation> {
  const simulator = new Simulator(createCast(scenario), createRandom(seed), isThorough)
  const calm = await simulator.play('in peace', {})
  if (simulator.isOrderless) await simulator.play('in another order', {})
  await simulator.play('with faults', { faults: scenario.faults })
  for (const length of simulator.choose(calm.lines.length, simulator.counts.resumed)) {
    await simulator.play(`from seq ${length} on`, { stored: prefixOf(calm, length) })
  }
  const { problems, plays, isOrderless } = simulator
  return { problems, plays, isOrderless }
}

interface PlayOptions {
  readonly faults?: readonly Fault[]
  readonly stored?: Stored
}

class Simulator {
  readonly problems: string[] = []
  readonly plays: Play[] = []
  readonly isOrderless: boolean
  readonly counts: typeof SAMPLE
  readonly #cast: Cast
  readonly #random: Random
  readonly #isThorough: boolean
  #outcome: Outcome | undefined

  constructor(cast: Cast, random: Random, isThorough: boolean) {
    this.#cast = cast
    this.#random = random
    this.#isThorough = isThorough
    this.isOrderless = isOrderless(cast.scenario, cast.flows)
    this.counts = isThorough ? THOROUGH : SAMPLE
  }

  async play(how: string, options: PlayOptions): Promise<Play> {
    // Its orders follow from its name: they are the same however many others are played.
    const seed = this.#random.fork(how).int(2 ** 31)
    const performance = await perform(this.#cast, { seed, isWatched: this.#isThorough, ...options })
    const play = { ...performance, how }
    this.plays.push(play)
    for (const problem of this.#judge(play)) this.problems.push(`${how}: ${problem}`)
    return play
  }

  /** Lengths of prefixes: all of them, or some at random. */
  choose(length: number, most: number): readonly number[] {
    const all = Array.from({ length: Math.max(0, length - 1) }, (_, index) => index + 1)
    return this.#random.some(all, most)
  }

  #judge({ journal, calls, problems, result, struck }: Performance): readonly string[] {
    const hasSlots = this.#cast.scenario.host.slots !== undefined
    const isCanceled = struck.some(({ kind }) => kind === 'cancel')
    const { accounts, priceless } = this.#cast.scenario.host
    const audit = auditJournal(journal, {
      hasSlots,
      isCanceled,
      ...(accounts === undefined ? {} : { accounts }),
      ...(priceless === undefined ? {} : { priceless }),
    })
    const found = [
      ...problems,
      ...checkJournal(journal),
      ...audit.problems,
      ...checkCalls(calls, journal),
      ...checkRequests(journal),
      ...checkResult(result, journal),
      ...checkPrefixes(journal, this.choose(journal.length, this.counts.derived)),
      ...checkStatus(journal, this.choose(journal.length, this.counts.derived)),
    ]
    if (found.length > 0 || !this.isOrderless || isCanceled) return found
    return this.#compare(outcomeOf(journal, audit))
  }

  /** Holds an outcome against that of the first play. */
  #compare(outcome: Outcome): readonly string[] {
    this.#outcome ??= outcome
    const difference = differenceOf(this.#outcome, outcome)
    return difference === undefined ? [] : [`it ends otherwise: ${difference}`]
  }
}
