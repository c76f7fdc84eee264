/** Times of one thing over several rounds, in microseconds a unit. */
export interface Sample {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** One thing to be timed. `prepare` is not counted. */
export interface Contestant {
  /** Steps, chunks or runs that one round does. */
  readonly units: number
  /** Makes what one round runs; its result is the round. */
  prepare(): Promise<() => Promise<unknown> | unknown>
}

/** How one thing did beside another. */
export interface Comparison {
  readonly ours: Sample
  readonly theirs: Sample
  /** Of the two times of each round. */
  readonly ratio: Sample
}

/** A contestant is compiled by then, and its rounds are like each other. */
const WARM_UP = { rounds: 12, forMs: 1_000 }

/** Times a contestant, once it is warm. */
export async function time(contestant: Contestant, rounds: number): Promise<Sample> {
  await warmUp(contestant)
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) times.push(await timeRound(contestant))
  return toSample(times)
}

/** Times two contestants in turn, round by round, so that a busy machine is busy for both of them. */
export async function compare(ours: Contestant, theirs: Contestant, rounds: number): Promise<Comparison> {
  await warmUp(ours)
  await warmUp(theirs)
  const times: { readonly ours: number; readonly theirs: number }[] = []
  for (let round = 0; round < rounds; round += 1) {
    times.push({ ours: await timeRound(ours), theirs: await timeRound(theirs) })
  }
  return toComparison(times)
}

/** A dozen rounds, or as many as a second holds. */
async function warmUp(contestant: Contestant): Promise<void> {
  const startedAt = performance.now()
  for (let round = 0; round < WARM_UP.rounds; round += 1) {
    await timeRound(contestant)
    if (performance.now() - startedAt > WARM_UP.forMs) return
  }
}

async function timeRound({ units, prepare }: Contestant): Promise<number> {
  const run = await prepare()
  const startedAt = performance.now()
  await run()
  return ((performance.now() - startedAt) * 1_000) / units
}

/** What rounds of two come to. */
export function toComparison(
  rounds: readonly { readonly ours: number; readonly theirs: number }[],
): Comparison {
  return {
    ours: toSample(rounds.map(({ ours }) => ours)),
    theirs: toSample(rounds.map(({ theirs }) => theirs)),
    ratio: toSample(rounds.map(({ ours, theirs }) => ours / theirs)),
  }
}

/** Median, least and most. */
export function toSample(times: readonly number[]): Sample {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (place: number): number => sorted[Math.min(sorted.length - 1, Math.floor(place))] ?? Number.NaN
  return { median: at(sorted.length / 2), min: at(0), max: at(sorted.length - 1) }
}
