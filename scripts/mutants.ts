// Turns the protections and rules of the kernel off, one by one, each in a copy of the repository, and shows for
// each a test or a check of the simulator that fails. What nothing notices is not tested. Exits with 1 if one survives.
//
//     npm run mutants -- --at-once 2 --only 'loop|F4' --with simulator --seeds 500
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Fate, Hunt } from './mutants/hunt.ts'
import type { Mutant } from './mutants/mutant.ts'
import { progressLine, summaryOf, toTable } from './mutants/report.ts'
import { mutants } from './mutants/tables.ts'
import { createWorkCopy } from './mutants/work-copy.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const { values } = parseArgs({
  options: {
    'at-once': { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
    with: { type: 'string' },
    seeds: { type: 'string', default: '500' },
  },
})
const withSimulator = values.with === 'simulator'
const only = new RegExp(values.only, 'i')
const chosen = mutants.filter(({ rule, off, file }) => only.test(`${rule}: ${off} ${file}`))

const folder = mkdtempSync(join(tmpdir(), 'mutants-'))
const hunt = new Hunt({ withSimulator, seeds: Number(values.seeds) })
const fates = new Map<Mutant, Fate>()
const waiting = [...chosen]

/** Tries one mutant after the other in a copy of its own. */
async function work(_: unknown, place: number): Promise<void> {
  const copy = createWorkCopy(root, join(folder, String(place)))
  for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
    const fate = await hunt.try(copy, mutant)
    fates.set(mutant, fate)
    console.error(`${fates.size} of ${chosen.length}: ${progressLine(fate)}`)
  }
}

await Promise.all(Array.from({ length: Number(values['at-once']) }, work))
rmSync(folder, { recursive: true, force: true })

const ordered = chosen.flatMap((mutant) => fates.get(mutant) ?? [])
console.log(toTable(ordered, withSimulator))
console.log(`\n${summaryOf(ordered, withSimulator)}`)
process.exitCode = chosen.length > 0 && ordered.every(({ killer }) => killer !== undefined) ? 0 : 1
