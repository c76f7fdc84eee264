// Plays seeds of the simulator (packages/core/test/simulator) in several processes, adds up what they went
// through, and keeps every seed that fails: `npm test` plays it from then on.
//
//     npm run simulate -- --seeds 100000 --first 1 --at-once 4
//     npm run simulate -- --seed 4711
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { formatFigures } from '../packages/core/test/simulator/figures.ts'
import { KEPT_SEEDS } from '../packages/core/test/simulator/kept-seeds.ts'
import { formatFailure } from '../packages/core/test/simulator/play-seed.ts'
import { keep } from './simulate/keep.ts'
import { createProgress } from './simulate/progress.ts'
import { simulateSeeds } from './simulate/simulate-seeds.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    first: { type: 'string', default: '1' },
    'at-once': { type: 'string', default: '3' },
    seed: { type: 'string' },
    'shrink-ms': { type: 'string', default: '30000' },
    kept: { type: 'string', default: fileURLToPath(KEPT_SEEDS) },
  },
})
const first = Number(values.seed ?? values.first)
const count = values.seed === undefined ? Number(values.seeds) : 1

const progress = createProgress(count)
const { figures, failures, losses, tookMs } = await simulateSeeds({
  first,
  count,
  shrinkMs: Number(values['shrink-ms']),
  atOnce: Number(values['at-once']),
  onProgress: progress.show,
  onFailure(failure) {
    console.log(`\n${formatFailure(failure)}`)
    keep(values.kept, failure)
  },
})
progress.end()
for (const loss of losses) console.log(`\n${loss}`)

console.log(`\n${formatFigures(figures)}\n| time | ${(tookMs / 1_000).toFixed(1)} s |\n`)
const kept = failures === 0 ? '' : `, kept in ${values.kept}: say there why`
console.log(`${count} seeds from ${first} on, ${failures + losses.length} failures${kept}`)
process.exitCode = failures + losses.length === 0 ? 0 : 1
