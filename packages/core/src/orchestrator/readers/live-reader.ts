/**
 * My job: one reader of a live run: the next event whenever it asks, in order and once.
 *
 * Invariants:
 * 1. Durable events come from the tail, or from the journal again when the reader has fallen behind.
 * 2. A chunk stands after the durable event that it followed and before the next one.
 */
import type { DurableEvent, SwarmEvent } from '../../events/swarm-event.ts'
import type { Bell } from './bell.ts'
import type { ChunkQueue } from './chunk-queue.ts'

/** The live end of a run, as its readers see it. */
export interface LiveEnd {
  /** The last events, without a gap. */
  tail: DurableEvent[]
  lastSeq: number
  ended: boolean
  readonly bell: Bell
  /** Reads the journal again from a place. */
  readonly replay: (fromSeq: number) => AsyncIterable<DurableEvent>
}

/** Where a reader stands. */
export interface ReaderPlace {
  readonly chunks: ChunkQueue
  readonly fromSeq: number
  readonly signal: AbortSignal | undefined
  /** Nothing more is kept for this reader. */
  readonly leave: () => void
}

/** Reads a live run from a place on. */
export class LiveReader {
  readonly #live: LiveEnd
  readonly #chunks: ChunkQueue
  readonly #signal: AbortSignal | undefined
  #cursor: number
  readonly #leave: () => void
  #replay: AsyncIterator<DurableEvent> | undefined

  constructor(live: LiveEnd, { chunks, fromSeq, signal, leave }: ReaderPlace) {
    this.#live = live
    this.#chunks = chunks
    this.#cursor = fromSeq
    this.#signal = signal
    this.#leave = leave
  }

  /** The next event, or `undefined` at the end of the run or after the signal. */
  async next(): Promise<SwarmEvent | undefined> {
    while (this.#signal?.aborted !== true) {
      const event = this.#chunks.takeBefore(this.#cursor) ?? this.#fromTail()
      if (event !== undefined) return event
      if (this.#cursor <= this.#live.lastSeq) return await this.#fromJournal()
      if (this.#live.ended) return undefined
      await this.#live.bell.wait(this.#signal)
    }
    return undefined
  }

  /** Ends the reading. */
  async close(): Promise<void> {
    this.#leave()
    await this.#leaveJournal()
  }

  async #leaveJournal(): Promise<void> {
    const replay = this.#replay
    this.#replay = undefined
    await replay?.return?.()
  }

  #fromTail(): DurableEvent | undefined {
    const { tail, lastSeq } = this.#live
    const event = tail[this.#cursor - (lastSeq - tail.length + 1)]
    if (event !== undefined) this.#cursor += 1
    return event
  }

  async #fromJournal(): Promise<DurableEvent | undefined> {
    const isNew = this.#replay === undefined
    this.#replay ??= this.#live.replay(this.#cursor)[Symbol.asyncIterator]()
    const next = await this.#replay.next()
    if (next.done === true) {
      this.#replay = undefined
      // It may have ended with what was there when it began: the journal has grown since.
      return isNew ? undefined : await this.#fromJournal()
    }
    this.#cursor = next.value.seq + 1
    const { tail, lastSeq } = this.#live
    if (this.#cursor > lastSeq - tail.length) await this.#leaveJournal()
    return next.value
  }
}
