/**
 * My job: to give a run's events to its readers, each at its own pace (rule S4).
 *
 * Invariants:
 * 1. A reader gets every durable event from its place on, in order, once: from the tail, or, when it
 *    has fallen behind, from the journal again.
 * 2. A chunk stands after the durable event that it followed and before the next one.
 * 3. What waits for a slow reader is bounded: neighbouring chunks are joined, then dropped and counted.
 * 4. A durable event wakes readers at once; a chunk in the next turn, or when much has come together.
 */
import type { StepScope } from '../../events/envelope.ts'
import type { DurableEvent, TransientEvent } from '../../events/swarm-event.ts'
import { inNextTurn } from '../turn.ts'
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
  let willRing = false
  const ring = (): void => {
    for (const reader of readers) reader.release()
    live.bell.ring()
  }
  /** What an engine says in one turn reaches its readers joined: waking them costs more than a chunk. */
  const ringSoon = (): void => {
    if (willRing) return
    willRing = true
    inNextTurn(() => {
      willRing = false
      ring()
    })
  }
  return {
    publish(events) {
      for (const event of events) live.tail.push(event)
      live.lastSeq = events.at(-1)?.seq ?? live.lastSeq
      if (live.tail.length > TAIL_LENGTH * 2) live.tail = live.tail.slice(-TAIL_LENGTH)
      ring()
    },
    chunk(scope, text) {
      let isMuch = false
      for (const reader of readers) isMuch = reader.add(scope, text, live.lastSeq) || isMuch
      if (isMuch) ring()
      else if (readers.size > 0) ringSoon()
    },
    transient(scope, event) {
      for (const reader of readers) reader.push(scope, event)
      ring()
    },
    end() {
      live.ended = true
      ring()
    },
    read(fromSeq, signal) {
      const chunks = createChunkQueue(runId, stamp)
      readers.add(chunks)
      return new LiveReader(live, { chunks, fromSeq, signal, leave: () => readers.delete(chunks) })
    },
  }
}
