/** When a run that has ended is given more than it had. */
import type { DurableEvent } from '../../../src/events/swarm-event.ts'
import type { Budget } from '../../../src/flow/budget.ts'
import type { PlannedHost } from '../scenario.ts'
import type { Disk } from './disk.ts'

/** The budget that the next resume gives; nothing once all were given, or where none was ever too small. */
export function raiseOf({ raises = [] }: PlannedHost, { lines }: Disk): Budget | undefined {
  if (raises.length === 0) return undefined
  const journal: readonly DurableEvent[] = lines.map((line) => JSON.parse(line))
  const given = journal.filter((event) => event.type === 'run_resumed' && event.budget !== undefined)
  const since = journal.slice(given.at(-1)?.seq ?? 0)
  return since.some(isShort) ? raises[given.length] : undefined
}

function isShort(event: DurableEvent): boolean {
  return event.type === 'budget_exceeded' && (event.limit === 'costUsd' || event.limit === 'tokens')
}
