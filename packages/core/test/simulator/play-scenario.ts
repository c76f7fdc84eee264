import type { Scenario } from './scenario.ts'
import { type Simulation, simulate } from './simulate.ts'

/** A scenario, and how it is played. */
export interface ScenarioPlay {
  readonly scenario: Scenario
  /** Draws the orders in which things happen. */
  readonly order: number
  /** @default false */
  readonly isThorough?: boolean
}

/** Plays a scenario. What the simulator itself stumbles over is a problem as well. */
export async function playScenario({ scenario, order, isThorough }: ScenarioPlay): Promise<Simulation> {
  try {
    return await simulate(scenario, { seed: order, ...(isThorough === undefined ? {} : { isThorough }) })
  } catch (thrown) {
    const problem = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
    return { problems: [`on the way: ${problem}`], plays: [], isOrderless: false }
  }
}
