/** Times of one thing over several rounds, in microseconds a unit. */
export interface Sample {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** One thing to be timed. `prepare` is not counted. */
export interface Contestant {
  readonly name: string
  /** Steps, chunks or runs that one round does. */
  readonly units: number
  /** Makes what one round runs; its result is the round. */
  prepare(): Promise<() => Promise<unknown> | unknown>
}

/** Times contestants in turn, round by round, so that a busy machine is busy for all of them. */
export async function race(
  contestants: readonly Contestant[],
  rounds: number,
): Promise<ReadonlyMap<string, Sample>> {
  const times = new Map<string, number[]>(contestants.map(({ name }) => [name, []]))
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, units, prepare } of contestants) {
      const run = await prepare()
      globalThis.gc?.()
      const startedAt = performance.now()
      await run()
      const took = ((performance.now() - startedAt) * 1_000) / units
      // The first round warms up.
      if (round > 0) times.get(name)?.push(took)
    }
  }
  return new Map([...times].map(([name, list]) => [name, toSample(list)]))
}

/** Median, least and most. */
export function toSample(times: readonly number[]): Sample {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (place: number): number => sorted[Math.min(sorted.length - 1, Math.floor(place))] ?? Number.NaN
  return { median: at(sorted.length / 2), min: at(0), max: at(sorted.length - 1) }
}
