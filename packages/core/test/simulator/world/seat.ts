/** One process of a simulated host and its part of the run. */
import type { SwarmEvent } from '../../../src/events/swarm-event.ts'
import { createOrchestrator, type Orchestrator } from '../../../src/orchestrator/create-orchestrator.ts'
import type { ResumeOptions, RunRequest, RunResult } from '../../../src/orchestrator/options.ts'
import { ENGINES, type Scenario } from '../scenario.ts'
import type { Stage } from './actor.ts'
import type { Cast } from './cast.ts'
import { createChecks } from './checks.ts'
import type { Disk } from './disk.ts'
import { createSimulatedEngine } from './engine.ts'
import type { Process } from './world.ts'

/** The id of every simulated run. */
export const RUN_ID = 'run-simulated'

/** See the head of the file. */
export interface Seat {
  readonly process: Process
  readonly orchestrator: Orchestrator
  /** How its part of the run ended. */
  end: SeatEnd | undefined
  /** What the reader of its stream got. */
  readonly read: SwarmEvent[]
  /** The reader leaves its loop at the next event. */
  leaves: boolean
}

/** How a part of a run ended. */
export type SeatEnd = { readonly result: RunResult | undefined } | { readonly error: unknown }

/** Boots a process. */
export function createSeat(stage: Stage, cast: Cast, disk: Disk): Seat {
  const { process } = stage
  const { slots, quota } = cast.scenario.host
  const orchestrator = createOrchestrator({
    flows: cast.flowsOf(stage),
    engines: ENGINES.map((id) => createSimulatedEngine(id, stage)),
    storage: disk.storageOf(process),
    checks: createChecks(stage),
    clock: stage.world.clockOf(process),
    random: stage.world.random.next,
    owner: ownerOf(process),
    ...(slots === undefined ? {} : { slots }),
    ...(quota === undefined ? {} : { quota }),
  })
  return { process, orchestrator, end: undefined, read: [], leaves: false }
}

/** The name under which a process owns a run. */
export function ownerOf({ id }: Process): string {
  return `process ${id}`
}

/** What to do with a run. */
export type Task =
  | { readonly kind: 'begin'; readonly request: RunRequest }
  | { readonly kind: 'resume'; readonly options: ResumeOptions }

/** Goes through the scenario's door; `end` tells when the process has done its part. */
export function enter(seat: Seat, door: Scenario['host']['door'], task: Task): void {
  const done = (result: RunResult | undefined): void => {
    seat.end = { result }
  }
  const failed = (error: unknown): void => {
    seat.end = { error }
  }
  pass(seat, door, task).then(done, failed)
}

async function pass(seat: Seat, door: Scenario['host']['door'], task: Task): Promise<RunResult | undefined> {
  const { orchestrator } = seat
  if (door === 'execute') {
    return task.kind === 'begin'
      ? await orchestrator.execute(task.request)
      : await orchestrator.resume(RUN_ID, task.options)
  }
  if (door === 'start' && task.kind === 'begin') return await (await orchestrator.start(task.request)).result
  const stream =
    task.kind === 'begin'
      ? orchestrator.executeStream(task.request)
      : orchestrator.resumeStream(RUN_ID, task.options)
  return await read(seat, stream)
}

/** Reads a stream to its end; a reader that leaves gets no result. */
async function read(
  seat: Seat,
  stream: AsyncGenerator<SwarmEvent, RunResult, void>,
): Promise<RunResult | undefined> {
  for (;;) {
    const next = await stream.next()
    if (next.done === true) return next.value
    seat.read.push(next.value)
    if (!seat.leaves) continue
    // What `break` does. Its value is no result, whatever the types say.
    await stream.return(undefined as unknown as RunResult)
    return undefined
  }
}
