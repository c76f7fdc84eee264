/**
 * Scenarios that once failed, each shrunk to what it takes. `npm run simulate` adds them to `kept-seeds.jsonl`,
 * a person says there why they failed, and `npm test` plays them for ever after.
 */
import { readFileSync } from 'node:fs'
import type { ScenarioPlay } from './play-scenario.ts'
import type { Failure } from './play-seed.ts'

/** One of them. */
export interface KeptSeed extends ScenarioPlay {
  /** The rule that it broke, and what was wrong. A person fills it in. */
  readonly why: string
  /** What the simulator said. */
  readonly found: string
  /** What it was drawn from, at that time: draws change, so the scenario is kept. */
  readonly seed: number
}

/** Where they lie. */
export const KEPT_SEEDS = new URL('kept-seeds.jsonl', import.meta.url)

/** Every kept scenario. */
export function readKeptSeeds(file: URL | string = KEPT_SEEDS): readonly KeptSeed[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line))
}

/** A failure as it is kept. */
export function toKeptSeed({ seed, shrunk }: Failure): KeptSeed {
  const { problems, ...play } = shrunk
  return { seed, why: '', found: problems[0] ?? '', ...play }
}

/** Kept scenarios as text, a line for each. */
export function formatKeptSeeds(kept: readonly KeptSeed[]): string {
  return kept.map((one) => `${JSON.stringify(one)}\n`).join('')
}
