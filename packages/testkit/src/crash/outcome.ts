import type { DurableEvent } from '@batonjs/core'
import { allOf } from '../collect.ts'
import { executionOf } from '../journal/rule.ts'

/**
 * What a run came to, however often it was interrupted on the way: its status and output, and how every
 * execution ended. Attempts, times and the order of what ran side by side do not count.
 */
export function outcomeOf(events: readonly DurableEvent[]): unknown {
  const last = allOf(events, 'run_completed').at(-1)
  const { status, result, error } = last ?? {}
  return { status, result, error: error?.code, executions: executionsOf(events) }
}

function executionsOf(events: readonly DurableEvent[]): Record<string, string> {
  const ends = new Map<string, string>()
  for (const event of events) {
    if (event.type === 'step_end') ends.set(executionOf(event), `succeeded ${event.output.digest}`)
    else if (event.type === 'step_error') ends.set(executionOf(event), `failed ${event.error.code}`)
    else if (event.type === 'step_skipped') ends.set(executionOf(event), `skipped ${event.reason}`)
  }
  return Object.fromEntries([...ends].sort(([a], [b]) => (a < b ? -1 : 1)))
}
