// One of the processes that play seeds: it is told ranges, and reports each.
import { createFigures } from '../../packages/core/test/simulator/figures.ts'
import { type Failure, playSeed } from '../../packages/core/test/simulator/play-seed.ts'
import type { RangeReport, SeedRange } from './messages.ts'

// Whoever asked is gone.
process.on('disconnect', () => process.exit())

process.on('message', async ({ first, count, shrinkMs }: SeedRange) => {
  const figures = createFigures()
  const failures: Failure[] = []
  for (let seed = first; seed < first + count; seed += 1) {
    const failure = await playSeed(seed, figures, shrinkMs)
    if (failure !== undefined) failures.push(failure)
  }
  const report: RangeReport = { figures, failures }
  process.send?.(report)
})
