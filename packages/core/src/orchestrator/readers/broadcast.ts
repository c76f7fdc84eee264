/**
 * My job: to give a run's events to its readers, each at its own pace (rule S4).
 *
 * Invariants:
 * 1. A reader gets every durable event from its place on, in order, once: from the tail, or, when it
 *    has fallen behind, from the journal again.
 * 2. A chunk stands after the durable event that it followed and before the next one.
 * 3. What waits for a slow reader is bounded: neighbouring chunks are joined, then dropped and counted.
 */
import type { StepScope } from '../../events/envelope.ts'
import type { DurableEvent, TransientEvent } from '../../events/swarm-event.ts'
import { createBell } from './bell.ts'
import { type ChunkQueue, createChunkQueue } from './chunk-queue.ts'
import { type LiveEnd, LiveReader } from './live-reader.ts'

const TAIL_LENGTH = 512

/** The live end of a run. */
export interface Broadcast {
  /** Durable events that were just appended. */
  publish(events: readonly DurableEvent[]): void
  /** Text of a running call. */
  chunk(scope: StepScope, text: string): void
  /** Another event that only live readers see. */
  transient(scope: StepScope, event: TransientEvent): void
  /** No more events will come from this process. */
  end(): void
  /** Reads from a place on until the end, or until the signal. The reader must be closed. */
  read(fromSeq: number, signal?: AbortSignal): LiveReader
}

/** The live end of a run whose last event has `lastSeq`. */
export function createBroadcast(
  runId: string,
  lastSeq: number,
  { replay, stamp }: { readonly replay: LiveEnd['replay']; readonly stamp: () => string },
): Broadcast {
  const live: LiveEnd = { tail: [], lastSeq, ended: false, bell: createBell(), replay }
  const readers = new Set<ChunkQueue>()
  return {
    publish(events) {
      for (const event of events) live.tail.push(event)
      live.lastSeq = events.at(-1)?.seq ?? live.lastSeq
      if (live.tail.length > TAIL_LENGTH * 2) live.tail = live.tail.slice(-TAIL_LENGTH)
      live.bell.ring()
    },
    chunk(scope, text) {
      if (readers.size === 0) return
      for (const reader of readers) reader.add(scope, text, live.lastSeq)
      live.bell.ring()
    },
    transient(scope, event) {
      for (const reader of readers) reader.push(scope, event)
      live.bell.ring()
    },
    end() {
      live.ended = true
      live.bell.ring()
    },
    read(fromSeq, signal) {
      const chunks = createChunkQueue(runId, stamp)
      readers.add(chunks)
      return new LiveReader(live, { chunks, fromSeq, signal, leave: () => readers.delete(chunks) })
    },
  }
}
