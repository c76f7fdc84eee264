import type { DurableEvent, JsonValue } from '@batonjs/core'

export const RUN_ID = 'run-20260102-030405-abc123'
const TS = '2026-01-02T03:04:05.000Z'

/** The first two events of a run. */
export function begin(runId = RUN_ID): readonly DurableEvent[] {
  return [
    {
      type: 'run_created',
      formatVersion: 1,
      manifest: { flows: ['sample'], follow: 'list', params: { depth: 2 }, initiator: 'test', limits: {} },
      flows: [{ key: 'sample', title: 'Sample', steps: [], digest: 'd' }],
      runId,
      seq: 1,
      ts: TS,
    },
    { type: 'run_started', owner: 'test', runId, seq: 2, ts: TS },
  ]
}

/** An event without an effect. */
export function note(seq: number, data: JsonValue = null, runId = RUN_ID): DurableEvent {
  return { type: 'diagnostic', code: 'note', message: `Note ${seq}`, data, runId, seq, ts: TS }
}

/** That many of them. */
export function notes(from: number, count: number, data: JsonValue = null): readonly DurableEvent[] {
  return Array.from({ length: count }, (_, index) => note(from + index, data))
}

/** An event that repeats the id of an input. */
export function pausing(seq: number, inputId: string): DurableEvent {
  return { type: 'run_pausing', by: 'test', inputId, runId: RUN_ID, seq, ts: TS }
}

/** The last event of a run. */
export function completed(seq: number, runId = RUN_ID): DurableEvent {
  const none = { succeeded: 0, failed: 0, skipped: 0 }
  const census = { ...none, skippedBecause: {}, failures: [], earlierFailures: 0, interruptions: 0 }
  return {
    type: 'run_completed',
    status: 'succeeded',
    census: { ...census, items: none, loops: [] },
    usage: {},
    unpricedCalls: 0,
    flowTransitionHistory: [],
    runId,
    seq,
    ts: TS,
  }
}
