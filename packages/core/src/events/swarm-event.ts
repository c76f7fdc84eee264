import type { EventEnvelope, StepScope } from './envelope.ts'
import type { FlowEvent } from './flow-events.ts'
import type { OpenEvent } from './open-events.ts'
import type { RequestEvent } from './request-events.ts'
import type { RoutingEvent } from './routing-events.ts'
import type { RunEvent } from './run-events.ts'
import type { StepEvent } from './step-events.ts'

/** An event before the journal gave it a place: what `run/` decides. */
export type EventDraft = RunEvent | FlowEvent | StepEvent | RoutingEvent | RequestEvent | OpenEvent

/** An event of the journal: the object that is yielded, stored and folded (law 1). */
export type DurableEvent = EventDraft & EventEnvelope

/** What the transient events have in common (rule E2): streamed to live readers, never stored. */
interface TransientEnvelope extends StepScope {
  readonly runId: string
  readonly ts: string
  /** The last durable `seq` when it was made. */
  readonly after: number
}

/** Text that an engine streams: what it says in one turn of the event loop, and more of it for a slow reader. */
export interface TokenChunk extends TransientEnvelope {
  readonly type: 'token_chunk'
  readonly text: string
}

/** A slow reader missed chunks (rule S4). */
export interface ChunksDropped extends TransientEnvelope {
  readonly type: 'chunks_dropped'
  readonly chunks: number
  readonly characters: number
}

/** An engine retries by itself. */
export interface RetryNotice extends TransientEnvelope {
  readonly type: 'retry_notice'
  readonly message: string
  readonly delayMs?: number
}

/** Events that only live readers see. */
export type TransientEvent = TokenChunk | ChunksDropped | RetryNotice

/** Everything that a run yields: a flat union on `type`. */
export type SwarmEvent = DurableEvent | TransientEvent

/** The name of every event, as it stands on the wire. */
export type SwarmEventType = SwarmEvent['type']

/** Whether an event is in the journal, rather than one that only live readers see. */
export function isDurable(event: SwarmEvent): event is DurableEvent {
  return 'seq' in event
}
