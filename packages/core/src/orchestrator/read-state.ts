/** My job: the journal of a run, and the state that it tells. */
import type { DurableEvent } from '../events/swarm-event.ts'
import { foldRun } from '../run/fold.ts'
import type { RunState } from '../run/state.ts'
import type { Host } from './host.ts'

/** The state of a run by its journal. */
export async function readState(host: Host, runId: string): Promise<RunState> {
  return foldRun(await readJournal(host, runId))
}

/** Every event of a run. */
export async function readJournal(host: Host, runId: string): Promise<readonly DurableEvent[]> {
  const events: DurableEvent[] = []
  for await (const event of host.storage.readEvents(runId)) events.push(event)
  return events
}
