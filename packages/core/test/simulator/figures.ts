/** What simulations went through, added up: a rule that no run has met is not proven by any. */
import type { DrawFigures } from './draw/draw-flow.ts'
import type { Simulation } from './simulate.ts'

/** Sums over simulations. */
export interface Figures {
  readonly draws: DrawFigures
  seeds: number
  orderless: number
  runs: number
  events: number
  processes: number
  /** How often each thing was met, such as `fault kill` or `skip lost`. */
  readonly met: Map<string, number>
}

/** Nothing was simulated yet. */
export function createFigures(): Figures {
  const draws = { passed: 0, mended: 0, discarded: 0 }
  return { draws, seeds: 0, orderless: 0, runs: 0, events: 0, processes: 0, met: new Map() }
}

/** Adds a simulation. */
export function addFigures(figures: Figures, { performances, isOrderless }: Simulation): void {
  figures.seeds += 1
  if (isOrderless) figures.orderless += 1
  for (const { journal, struck, processes } of performances) {
    figures.runs += 1
    figures.events += journal.length
    // The first one is the desk of people in another process.
    figures.processes += processes - 1
    for (const { kind } of struck) meet(figures, `fault ${kind}`)
    for (const event of journal) for (const what of namesOf(event)) meet(figures, what)
  }
}

function meet({ met }: Figures, what: string): void {
  met.set(what, (met.get(what) ?? 0) + 1)
}

function namesOf(event: Simulation['performances'][number]['journal'][number]): readonly string[] {
  const names = [`event ${event.type}`]
  if (event.type === 'step_skipped') names.push(`skip ${event.reason}`)
  if (event.type === 'step_error') names.push(`error ${event.error.code}`)
  if (event.type === 'step_start') names.push(`kind ${event.kind}`)
  if (event.type === 'routing_decision') names.push(`route ${event.reason.replace(/\d+/g, 'n')}`)
  if (event.type === 'answer_rejected') names.push(`refused ${event.reason}`)
  if (event.type === 'run_resumed') names.push(`resumed ${event.resumedFrom}`)
  if (event.type === 'run_completed') names.push(`run ${event.status}`)
  if (event.type === 'diagnostic') names.push(`diagnostic ${event.code}`)
  if ('outcome' in event && 'requestId' in event) names.push(`request ${event.outcome}`)
  return names
}

/** The figures as lines of text. */
export function formatFigures({ draws, met, ...sums }: Figures): string {
  const { passed, mended, discarded } = draws
  const drawn = passed + mended + discarded
  const share = drawn === 0 ? 0 : Math.round((passed / drawn) * 100)
  return [
    `${sums.seeds} seeds (${sums.orderless} without order), ${sums.runs} runs, ${sums.processes} processes, ${sums.events} events`,
    `${drawn} flows drawn: ${passed} passed the linter at once (${share} %), ${mended} after mending, ${discarded} discarded`,
    ...[...met].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, count]) => `  ${what}: ${count}`),
  ].join('\n')
}
