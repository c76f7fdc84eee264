/** What simulations went through, added up: a rule that no run has met is not proven by any. */
import type { DurableEvent } from '../../src/events/swarm-event.ts'
import type { DrawFigures } from './draw/draw-flow.ts'
import { shapesOf } from './oracle/plain-graph.ts'
import type { Play, Simulation } from './simulate.ts'

/** Sums over simulations. */
export interface Figures {
  readonly draws: DrawFigures
  seeds: number
  orderless: number
  runs: number
  processes: number
  calls: number
  events: number
  /** How often each thing was met, by what it is and its name, such as `skip reasons` and `lost`. */
  readonly met: Map<string, Map<string, number>>
}

/** Nothing was simulated yet. */
export function createFigures(): Figures {
  const draws = { passed: 0, mended: 0, discarded: 0 }
  return { draws, seeds: 0, orderless: 0, runs: 0, processes: 0, calls: 0, events: 0, met: new Map() }
}

/** Adds a simulation. */
export function addFigures(figures: Figures, { plays, isOrderless }: Simulation): void {
  figures.seeds += 1
  if (isOrderless) figures.orderless += 1
  for (const play of plays) addPlay(figures, play)
}

function addPlay(figures: Figures, { journal, struck, processes, calls }: Play): void {
  figures.runs += 1
  figures.events += journal.length
  figures.calls += calls.length
  // The first one is the desk of people in another process.
  figures.processes += processes - 1
  for (const { kind } of struck) meet(figures, kind.startsWith('kill') ? 'kills' : 'other faults', kind)
  for (const event of journal) for (const [what, name] of namesOf(event)) meet(figures, what, name)
}

function meet({ met }: Figures, what: string, name: string, times = 1): void {
  const names = met.get(what) ?? new Map<string, number>()
  names.set(name, (names.get(name) ?? 0) + times)
  met.set(what, names)
}

type Name = readonly [what: string, name: string]

function namesOf(event: DurableEvent): readonly Name[] {
  switch (event.type) {
    case 'run_created':
      return event.flows.flatMap(shapesOf).map((shape) => ['loops drawn', shape])
    case 'run_resumed':
      return [
        ['resumed after', event.resumedFrom],
        ...(event.budget === undefined ? [] : [['budgets', 'raised'] as const]),
      ]
    case 'budget_exceeded':
      return [['limits reached', event.limit]]
    case 'quota_waiting':
      return [['quotas', event.account]]
    case 'run_completed':
      return [
        ['runs ended', event.status],
        ...event.census.loops.map(({ reason }): Name => ['loop exits', reason]),
      ]
    case 'step_start':
      return [
        ['executions', event.kind],
        ...(event.reserved === undefined ? [] : [['budgets', 'reserved'] as const]),
      ]
    case 'step_skipped':
      return [['skip reasons', event.reason]]
    case 'step_error':
      return [
        [event.willRetry ? 'retries' : 'failures', event.error.code],
        ...(event.charged === undefined ? [] : [['budgets', 'charged'] as const]),
      ]
    case 'routing_decision':
      return [['routes', event.decision]]
    case 'answer_rejected':
      return [['answers refused', event.reason]]
    case 'diagnostic':
      return [['diagnostics', event.code]]
    default:
      return 'outcome' in event && 'requestId' in event ? [['requests', event.outcome]] : []
  }
}

/** Adds what somebody else has added up. */
export function mergeFigures(figures: Figures, more: Figures): void {
  figures.draws.passed += more.draws.passed
  figures.draws.mended += more.draws.mended
  figures.draws.discarded += more.draws.discarded
  for (const name of SUMS) figures[name] += more[name]
  for (const [what, names] of more.met) for (const [name, times] of names) meet(figures, what, name, times)
}

const SUMS = ['seeds', 'orderless', 'runs', 'processes', 'calls', 'events'] as const

/** The figures as a Markdown table. */
export function formatFigures({ draws, met, ...sums }: Figures): string {
  const drawn = draws.passed + draws.mended + draws.discarded
  const rows: readonly (readonly [string, string])[] = [
    ['seeds', `${format(sums.seeds)}, ${share(sums.orderless, sums.seeds)} of them without order`],
    [
      'flows drawn',
      `${format(drawn)}: ${share(draws.passed, drawn)} pass the linter at once, ${share(draws.mended, drawn)} after mending, ${format(draws.discarded)} are discarded`,
    ],
    ...(['runs', 'processes', 'calls', 'events'] as const).map((name) => [name, format(sums[name])] as const),
    ...[...met].sort(byName).map(([what, names]) => [what, formatNames(names)] as const),
  ]
  return ['| what | how often |', '|---|---|', ...rows.map(([what, often]) => `| ${what} | ${often} |`)].join(
    '\n',
  )
}

function formatNames(names: ReadonlyMap<string, number>): string {
  const all = [...names.values()].reduce((sum, times) => sum + times, 0)
  const each = [...names].sort(byName).map(([name, times]) => `${name} ${format(times)}`)
  return `${format(all)}: ${each.join(' · ')}`
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}

function format(count: number): string {
  return count.toLocaleString('en-US')
}

function share(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Math.round((100 * part) / whole)} %`
}
