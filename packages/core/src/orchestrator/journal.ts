/**
 * My job: to number events, fold them, and append them in batches (rules E1, J3). My neighbour, the
 * session, records what is decided and flushes at each decision boundary.
 *
 * Invariants:
 * 1. An event is folded the moment it is recorded, and yielded only after its append has returned.
 * 2. After a failed append nothing more is recorded or appended (rule S8).
 */
import type { AttemptMeasures } from '../events/step-events.ts'
import type { DurableEvent, EventDraft } from '../events/swarm-event.ts'
import { fold } from '../run/fold.ts'
import type { RunState } from '../run/state.ts'
import type { AppendOptions, RunWriter } from '../storage/storage.ts'
import type { Clock } from './clock.ts'

/** The one way into a run's record. */
export interface Journal {
  /** Gives a draft its place and what was measured, folds it, and keeps it for the next flush. */
  record(draft: EventDraft, measured?: AttemptMeasures): DurableEvent
  /** Whether something was recorded that is not appended yet. */
  readonly isDirty: boolean
  /** Appends what was recorded and returns it. */
  flush(): Promise<readonly DurableEvent[]>
}

/** A journal that goes on after the state's last event. */
export function createJournal(
  state: RunState,
  writer: RunWriter,
  { clock, sync }: { readonly clock: Clock; readonly sync: 'disk' | 'os' },
): Journal {
  let pending: DurableEvent[] = []
  const stamp = createStamp(clock)
  return {
    record(draft, measured) {
      const seq = state.lastSeq + 1
      const { runId } = state
      const event: DurableEvent = { runId, seq, ts: stamp(), ...draft, ...measured }
      fold(state, event)
      pending.push(event)
      return event
    },
    get isDirty() {
      return pending.length > 0
    },
    async flush() {
      const batch = pending
      pending = []
      await writer.append(batch, appendOptions(batch, sync))
      return batch
    },
  }
}

function appendOptions(batch: readonly DurableEvent[], sync: 'disk' | 'os'): AppendOptions {
  const acks: string[] = []
  for (const event of batch) if ('inputId' in event && event.inputId !== undefined) acks.push(event.inputId)
  return acks.length === 0 ? { sync } : { sync, acks }
}

/** ISO time stamps; the text is made once for each millisecond. */
export function createStamp(clock: Clock): () => string {
  let last = Number.NaN
  let text = ''
  return () => {
    const now = clock.now()
    if (now !== last) {
      last = now
      text = new Date(now).toISOString()
    }
    return text
  }
}
