/** Plays the scenario of a seed; when it fails, shrinks it and says all that it takes to play it again. */
import { drawScenario } from './draw/draw-scenario.ts'
import { addFigures, type Figures } from './figures.ts'
import { playScenario } from './play-scenario.ts'
import { type Failing, shrink } from './shrink.ts'

/** One seed of so many is played thoroughly. */
const THOROUGH_EVERY = 100

/** A seed that failed. */
export interface Failure {
  readonly seed: number
  readonly problems: readonly string[]
  readonly shrunk: Failing
}

/** How long a failing seed is shrunk at most. */
const SHRINK_MS = 30_000

/** Plays a seed and adds what it went through. */
export async function playSeed(
  seed: number,
  figures: Figures,
  shrinkMs = SHRINK_MS,
): Promise<Failure | undefined> {
  const scenario = drawScenario(seed, figures.draws)
  const isThorough = seed % THOROUGH_EVERY === 0
  const simulation = await playScenario({ scenario, order: seed, isThorough })
  addFigures(figures, simulation)
  const { problems } = simulation
  if (problems.length === 0) return undefined
  return { seed, problems, shrunk: await shrink({ scenario, order: seed, isThorough, problems }, shrinkMs) }
}

/** What a person needs to know of a failure. */
export function formatFailure({ seed, problems, shrunk }: Failure): string {
  return [
    `Seed ${seed} fails:`,
    ...problems.map((problem) => `  ${problem}`),
    'Its scenario, shrunk:',
    `  ${JSON.stringify(shrunk.scenario)}`,
    ...shrunk.problems.map((problem) => `  ${problem}`),
    `Play it again, and keep it:  npm run simulate -- --seed ${seed}`,
  ].join('\n')
}
