/** The value in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value below which a part of the values lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * part
  const [low, high] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN]
  return low + (high - low) * (at % 1)
}

/** What was measured of one engine, in milliseconds to the first token. */
export interface Figures {
  readonly title: string
  /** The CLI or SDK by itself. */
  readonly bare: readonly number[]
  /** The first step of a run, from the request on: the run is made and is on the disk before anything is called. */
  readonly newRun: readonly number[]
  /** A step of a run that goes on, from the end of the step before. */
  readonly nextStep: readonly number[]
}

/**
 * What Baton adds at the median, to a step and to the first one of a run. The sides of a round are measured right after
 * each other, so that what else the machine does falls on all of them.
 */
export function addedOf({ bare, newRun, nextStep }: Figures): {
  readonly step: number
  readonly run: number
} {
  const differences = (values: readonly number[]): readonly number[] =>
    values.map((value, round) => value - (bare[round] ?? Number.NaN))
  return { step: median(differences(nextStep)), run: median(differences(newRun)) }
}

/** The figures as a table. */
export function renderLatency(all: readonly Figures[]): string {
  const rows = all.map((figures) => {
    const { title, bare, newRun, nextStep } = figures
    const { step, run } = addedOf(figures)
    const columns = [bare, nextStep, newRun].map(sayMiddle)
    return `| ${title} | ${bare.length} | ${columns.join(' | ')} | ${step.toFixed(1)} | ${run.toFixed(1)} |`
  })
  return [
    '| ms to the first token: median (quartiles) | rounds | bare | a step through Baton | the first step of a new run | a step adds | a new run adds |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

function sayMiddle(values: readonly number[]): string {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => quantile(values, part).toFixed(1))
  return `${middle} (${low}–${high})`
}
