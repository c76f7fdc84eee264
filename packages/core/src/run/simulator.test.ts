import { describe, expect, it } from 'vitest'
import { drawScenario } from '../../test/simulator/draw/draw-scenario.ts'
import { addFigures, createFigures, type Figures } from '../../test/simulator/figures.ts'
import { keptSeeds } from '../../test/simulator/kept-seeds.ts'
import type { Scenario } from '../../test/simulator/scenario.ts'
import { shrink } from '../../test/simulator/shrink.ts'
import { simulate } from '../../test/simulator/simulate.ts'

const SEEDS = Number(process.env.BATON_SEEDS ?? 2_000)
const FIRST = Number(process.env.BATON_FIRST_SEED ?? 1)

/** Plays seeds; the first that fails is thrown with what is wrong and its scenario, shrunk. */
async function playSeeds(first: number, count: number): Promise<Figures> {
  const figures = createFigures()
  for (let seed = first; seed < first + count; seed += 1) {
    const scenario = drawScenario(seed, figures.draws)
    const simulation = await simulate(scenario, { seed })
    addFigures(figures, simulation)
    if (simulation.problems.length > 0) throw await toError(seed, scenario, simulation.problems)
  }
  return figures
}

async function toError(seed: number, scenario: Scenario, problems: readonly string[]): Promise<Error> {
  const shrunk = JSON.stringify(await shrink(scenario, seed), null, 1)
  return new Error(`Seed ${seed}:\n${problems.join('\n')}\nShrunk, for kept-seeds.ts:\n${shrunk}`)
}

describe('the simulator (fault 47)', () => {
  it.each(keptSeeds)('$why', async ({ seed, scenario }) => {
    const { problems } = await simulate(scenario ?? drawScenario(seed, createFigures().draws), { seed })
    expect(problems).toEqual([])
  })

  it(`S5: ${SEEDS} runs drawn by a seed settle, keep the rules of the design, and end alike after faults`, async () => {
    const { draws, met } = await playSeeds(FIRST, SEEDS)
    expect(draws.passed).toBeGreaterThan(2 * (draws.mended + draws.discarded))
    if (SEEDS < 2_000) return
    const wanted = [
      'fault kill-torn',
      'fault stop',
      'fault takeover',
      'skip lost',
      'skip terminal',
      'error timeout',
    ]
    expect(wanted.filter((what) => !met.has(what))).toEqual([])
  }, 180_000)
})
