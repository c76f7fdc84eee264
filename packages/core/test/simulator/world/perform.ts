/**
 * Plays a scenario: a process begins the run, things happen one at a time, processes end and others take the
 * run up again, until it is over. What was seen is given back for others to judge.
 */
import type { DurableEvent } from '../../../src/events/swarm-event.ts'
import type { RunResult } from '../../../src/orchestrator/options.ts'
import { createRandom } from '../random.ts'
import type { Fault } from '../scenario.ts'
import type { CallRecord } from './calls.ts'
import type { Cast } from './cast.ts'
import { createDisk, type Stored } from './disk.ts'
import { Host } from './host.ts'
import { forgetSessions } from './live-sessions.ts'
import { World } from './world.ts'

/** What was seen of a run. */
export interface Performance extends Stored {
  readonly journal: readonly DurableEvent[]
  readonly calls: readonly CallRecord[]
  /** What the last process said of the run; left out when it was killed with the last event. */
  readonly result: RunResult | undefined
  readonly problems: readonly string[]
  readonly struck: readonly Fault[]
  readonly processes: number
  readonly story: readonly string[]
}

/** How a scenario is played. */
export interface PerformOptions {
  /** Draws the order in which things happen. */
  readonly seed: number
  /** What goes wrong. @default nothing */
  readonly faults?: readonly Fault[]
  /** What the run begins with, as if its process had just died. */
  readonly stored?: Stored
  /** Looks after every turn whether the living state is that of the journal; else now and then. @default false */
  readonly isWatched?: boolean
}

const MOST_TURNS = 10_000

/** Plays a scenario to its end, or until it is clear that there is none. */
export async function perform(
  cast: Cast,
  { seed, faults = [], stored, isWatched = false }: PerformOptions,
): Promise<Performance> {
  const { scenario } = cast
  forgetSessions()
  const world = new World(createRandom(seed), scenario.host)
  const onAppend = (events: readonly DurableEvent[]): void => host.observe(events)
  const disk = createDisk({ world, faults, slow: scenario.host.slowDisk, onAppend })
  const host: Host = new Host({ cast, world, disk, faults, isWatched })
  if (stored !== undefined) await disk.restore(stored)
  host.go()
  while (!host.isOver && world.turns < MOST_TURNS) await host.advance()
  if (!host.isOver) host.problems.push(`the run goes on after ${MOST_TURNS} turns`)
  await host.leave()
  return {
    journal: disk.lines.map((line) => JSON.parse(line)),
    lines: disk.lines,
    artifacts: await disk.artifacts(),
    inbox: disk.inbox,
    calls: host.book.records,
    result: host.result,
    problems: [...host.problems, ...host.book.problems],
    struck: [...disk.struck, ...host.struck],
    processes: host.processes,
    story: world.story,
  }
}
