import { cpus } from 'node:os'
import type { Comparison, Sample } from './measure.ts'

/** One row of the table. */
export interface Row {
  readonly workload: string
  readonly what: string
  /** With its unit. */
  readonly baton: string
  readonly floor: string
  /** Baton's figure over the floor's, with its spread. */
  readonly ratio: string
  readonly goal: string
  /** The best figure of another engine, measured elsewhere. */
  readonly peer: string
  /** Left out where there is no goal. */
  readonly isReached?: boolean
}

/** What a row is about. */
export interface Claim extends Pick<Row, 'workload' | 'what' | 'goal'> {
  readonly peer?: string
  /** The ratio to the floor that reaches the goal. */
  readonly most?: number
}

/** The row of a goal that is no ratio to a floor. */
export function toRow(claim: Omit<Claim, 'most'>, measured: string, isReached: boolean): Row {
  return { peer: '–', ...claim, baton: measured, floor: '–', ratio: '–', isReached }
}

/** The row of something beside its floor. */
export function toFloorRow({ most, ...claim }: Claim, { ours, theirs, ratio }: Comparison, unit = 'µs'): Row {
  return {
    peer: '–',
    ...claim,
    baton: spread(ours, unit),
    floor: `${digits(theirs.median)} ${unit}`,
    ratio: spread(ratio),
    ...(most === undefined ? {} : { isReached: ratio.median <= most }),
  }
}

/** The median, and in brackets the least and the most. */
export function spread({ median, min, max }: Sample, unit?: string): string {
  return `${digits(median)}${unit === undefined ? '' : ` ${unit}`} (${digits(min)}–${digits(max)})`
}

function digits(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)
}

/** A row as one line of text. */
export function toLine({ workload, what, baton, floor, ratio, goal, peer, isReached }: Row): string {
  const cells = [
    workload.padEnd(4),
    what.padEnd(54),
    baton.padStart(24),
    floor.padStart(10),
    ratio.padStart(20),
    ` ${goal}`.padEnd(22),
    peer.padEnd(16),
    mark(isReached, '✓', '✗'),
  ]
  return cells.join(' ')
}

function mark(isReached: boolean | undefined, yes: string, no: string): string {
  if (isReached === undefined) return ''
  return isReached ? yes : no
}

/** The page `docs/benchmarks.md`. */
export function toPage(rows: readonly Row[], notes: readonly string[]): string {
  const [cpu] = cpus()
  const table = rows.map(
    ({ workload, what, baton, floor, ratio, goal, peer, isReached }) =>
      `| ${[workload, what, baton, floor, ratio, goal, mark(isReached, 'yes', 'no'), peer].join(' | ')} |`,
  )
  return `# Benchmarks

\`npm run bench\` measures Baton and the floor in turn, round by round, each workload in a process of its own, and writes
this page; \`npm run bench -- --only W1b --quick\` looks at one. Times depend on the machine and on what else it does: trust
the ratios, which are taken round by round, after a dozen rounds, or a second of them, that warm up. The floor is a plain
loop that makes the same lines of the same events and appends them in the same number of appends. Every step is a function
that does nothing and returns 200 characters. The figures are medians; in brackets the least and the most. The peers were
measured on another machine, by their times only: compare magnitudes.

Machine: ${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, Node ${process.versions.node}.

| | Work | Baton | Floor | Ratio | Goal | Reached | Best peer, elsewhere |
| --- | --- | ---: | ---: | ---: | --- | --- | --- |
${table.join('\n')}

## What dominates the rest

${notes.map((note) => `- ${note}`).join('\n')}
`
}
