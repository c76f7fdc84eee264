/** What a process says of a run that is over is what stands in its journal (law 1). */
import { isDeepStrictEqual } from 'node:util'
import type { RunCompleted } from '../../../src/events/run-events.ts'
import type { DurableEvent } from '../../../src/events/swarm-event.ts'
import type { RunResult } from '../../../src/orchestrator/options.ts'

/** What a result tells otherwise than the journal. Who was killed with the last event tells nothing. */
export function checkResult(
  result: RunResult | undefined,
  journal: readonly DurableEvent[],
): readonly string[] {
  const end = journal.at(-1)
  if (result === undefined || end?.type !== 'run_completed') return []
  const told = Object.entries(tellOf(end)).filter(
    ([name, value]) => !isDeepStrictEqual(value, tellOf(result)[name]),
  )
  const open = result.openRequests.length
  const wrong = told.map(([name]) => `its result tells another ${name} than its journal`)
  return open === 0 ? wrong : [...wrong, `its result tells ${open} open requests`]
}

function tellOf({
  status,
  census,
  usage,
  costUsd,
  error,
  nextFlow,
}: RunResult | RunCompleted): Record<string, unknown> {
  return { status, census, usage, costUsd, error, nextFlow }
}
