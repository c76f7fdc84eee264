/**
 * Plays one scenario several times: in peace, in another order, with faults, and from the middle of its
 * journal. Each time everything is checked that must hold of any run, and where nothing of the outcome may
 * depend on the order, the outcomes are compared.
 */
import { checkJournal } from '@batonjs/testkit'
import { checkCalls } from './checks/check-calls.ts'
import { checkPrefixes } from './checks/check-prefixes.ts'
import { checkRequests } from './checks/check-requests.ts'
import { auditJournal } from './oracle/audit.ts'
import { differenceOf, isOrderless, type Outcome, outcomeOf } from './outcome.ts'
import { createRandom } from './random.ts'
import type { Fault, Scenario } from './scenario.ts'
import { type Cast, createCast } from './world/cast.ts'
import type { Stored } from './world/disk.ts'
import { type Performance, perform } from './world/perform.ts'

/** What a simulation found, and what it went through. */
export interface Simulation {
  readonly problems: readonly string[]
  readonly performances: readonly Performance[]
  readonly isOrderless: boolean
}

/** How thoroughly a scenario is played. */
export interface SimulateOptions {
  /** Draws the orders in which things happen. */
  readonly seed: number
  /** How many prefixes of a journal are derived anew. @default 10 */
  readonly prefixes?: number
}

/** Plays a scenario. */
export async function simulate(
  scenario: Scenario,
  { seed, prefixes = 10 }: SimulateOptions,
): Promise<Simulation> {
  const cast = createCast(scenario)
  const player = new Player(cast, createRandom(seed), prefixes)
  const calm = await player.play('in peace', {})
  if (player.isOrderless) await player.play('in another order', {})
  await player.play('with faults', { faults: scenario.faults })
  const half = player.random.between(2, Math.max(2, calm.lines.length - 1))
  await player.play(`from seq ${half} on`, {
    stored: { lines: calm.lines.slice(0, half), artifacts: calm.artifacts },
  })
  return { problems: player.problems, performances: player.performances, isOrderless: player.isOrderless }
}

interface Play {
  readonly faults?: readonly Fault[]
  readonly stored?: Stored
}

class Player {
  readonly problems: string[] = []
  readonly performances: Performance[] = []
  readonly random: ReturnType<typeof createRandom>
  readonly isOrderless: boolean
  readonly #cast: Cast
  readonly #prefixes: number
  #outcome: Outcome | undefined

  constructor(cast: Cast, random: Player['random'], prefixes: number) {
    this.#cast = cast
    this.random = random
    this.isOrderless = isOrderless(cast.scenario, cast.flows)
    this.#prefixes = prefixes
  }

  async play(how: string, { faults = [], stored }: Play): Promise<Performance> {
    const seed = this.random.int(2 ** 31)
    const performance = await perform(this.#cast, {
      seed,
      faults,
      ...(stored === undefined ? {} : { stored }),
    })
    this.performances.push(performance)
    for (const problem of this.#judge(performance)) this.problems.push(`${how}: ${problem}`)
    return performance
  }

  #judge(performance: Performance): readonly string[] {
    const { journal, calls, problems } = performance
    const { scenario } = this.#cast
    const isCanceled = performance.struck.some(({ kind }) => kind === 'cancel')
    const audit = auditJournal(journal, { hasSlots: scenario.host.slots !== undefined, isCanceled })
    const found = [
      ...problems,
      ...checkJournal(journal),
      ...audit.problems,
      ...checkCalls(calls, journal),
      ...checkRequests(journal),
      ...checkPrefixes(journal, this.#choosePrefixes(journal.length)),
    ]
    if (found.length > 0 || !this.isOrderless || isCanceled) return found
    const outcome = outcomeOf(journal, audit)
    this.#outcome ??= outcome
    const difference = differenceOf(this.#outcome, outcome)
    return difference === undefined ? [] : [`it ends otherwise: ${difference}`]
  }

  #choosePrefixes(length: number): readonly number[] {
    const most = Math.min(this.#prefixes, length - 1)
    return Array.from({ length: most }, () => this.random.between(1, length - 1))
  }
}
