import { existsSync, writeFileSync } from 'node:fs'
import { formatKeptSeeds, readKeptSeeds, toKeptSeed } from '../../packages/core/test/simulator/kept-seeds.ts'
import type { Failure } from '../../packages/core/test/simulator/play-seed.ts'

/** Adds a failure to the kept seeds of a file; what its seed had there without a reason is replaced. */
export function keep(file: string, failure: Failure): void {
  const before = existsSync(file) ? readKeptSeeds(file) : []
  const others = before.filter(({ seed, why }) => why !== '' || seed !== failure.seed)
  writeFileSync(file, formatKeptSeeds([...others, toKeptSeed(failure)]))
}
