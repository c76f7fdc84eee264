import type { Figures } from '../../packages/core/test/simulator/figures.ts'
import type { Failure } from '../../packages/core/test/simulator/play-seed.ts'

/** Seeds that lie beside each other. */
export interface SeedRange {
  readonly first: number
  readonly count: number
  /** How long one that fails is shrunk at most. */
  readonly shrinkMs: number
}

/** What became of a range of seeds. */
export interface RangeReport {
  readonly figures: Figures
  readonly failures: readonly Failure[]
}
