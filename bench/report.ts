import { cpus } from 'node:os'

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
  readonly isReached: boolean | undefined
}

/** A row as one line of text. */
export function toLine({ workload, what, baton, floor, ratio, goal, isReached }: Row): string {
  return `${workload.padEnd(5)} ${what.padEnd(38)} ${baton.padStart(14)} ${floor.padStart(14)} ${ratio.padStart(20)}   ${goal} ${mark(isReached)}`
}

function mark(isReached: boolean | undefined): string {
  if (isReached === undefined) return ''
  return isReached ? '✓' : '✗'
}

/** The page `docs/benchmarks.md`. */
export function toPage(rows: readonly Row[], notes: readonly string[]): string {
  const [cpu] = cpus()
  const table = rows.map(
    ({ workload, what, baton, floor, ratio, goal, isReached }) =>
      `| ${workload} | ${what} | ${baton} | ${floor} | ${ratio} | ${goal} | ${isReached === undefined ? '' : isReached ? 'yes' : 'no'} |`,
  )
  return `# Benchmarks

\`npm run bench\` measures Baton and the floor in turn, round by round, in one process on one machine, and writes
this page. Times depend on the machine and on what else it does: trust the ratios, which come from the same rounds.
The floor is a plain loop that appends the same bytes in the same number of appends. Every step is a function that
does nothing and returns 200 characters. The figures are medians; in brackets the least and the most.

Machine: ${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, Node ${process.versions.node}.

| | Work | Baton | Floor | Ratio | Goal | Reached |
| --- | --- | ---: | ---: | ---: | --- | --- |
${table.join('\n')}

## What dominates the rest

${notes.map((note) => `- ${note}`).join('\n')}
`
}
