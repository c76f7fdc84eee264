import type { Orchestrator, Run, RunResult, SwarmEvent } from '@batonjs/core'
import { EventLog } from './event-log.ts'

/** A run that goes on, and what it has said so far. */
export interface Drive {
  readonly run: Run
  readonly events: readonly SwarmEvent[]
  /** The first event that fits, of those that came or are to come. Rejects when the run ends without it. */
  when(fits: (event: SwarmEvent) => boolean): Promise<SwarmEvent>
  /** How it ended, when all of its events have been read. */
  readonly result: Promise<RunResult>
}

/** Starts a run and reads along. */
export async function drive(orchestrator: Orchestrator): Promise<Drive> {
  const run = await orchestrator.start()
  const log = new EventLog()
  const read = async (): Promise<RunResult> => {
    try {
      for await (const event of run.events()) log.add(event)
    } finally {
      log.end()
    }
    return run.result
  }
  return { run, events: log.events, when: (fits) => log.when(fits), result: read() }
}
