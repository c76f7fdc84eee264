/** My job: the streamed text that waits for one reader, bounded (rule S4). */
import type { StepScope } from '../../events/envelope.ts'
import type { ChunksDropped, TokenChunk, TransientEvent } from '../../events/swarm-event.ts'

const JOINED_CHARACTERS = 64 * 1024
const WAITING_CHARACTERS = 1024 * 1024
/** So much is worth waking a reader in the middle of a turn. */
const MUCH_CHARACTERS = 16 * 1024
/** What an entry weighs beside its text: many short ones must not add up either. */
const ENTRY_CHARACTERS = 128

/** The transient events that wait for one reader. */
export interface ChunkQueue {
  /** Adds text of a call, to the last chunk of the same call where it can be joined. Whether much waits. */
  add(scope: StepScope, text: string, after: number): boolean
  /** Adds another event of a call. */
  push(scope: StepScope, event: TransientEvent): void
  /** Lets the reader have what waits now. */
  release(): void
  /** The next released event that belongs before the durable event with this `seq`. */
  takeBefore(seq: number): TransientEvent | undefined
}

/** Text of one call, or another event as it stands. */
interface Waiting {
  readonly scope: StepScope
  readonly after: number
  readonly event?: TransientEvent
  text: string
  chunks: number
}

/** What was dropped since the reader was last told. */
interface Dropped {
  readonly scope: StepScope
  after: number
  chunks: number
  characters: number
}

/** An empty queue; what does not fit is dropped, the oldest first, and told as `chunks_dropped`. */
export function createChunkQueue(runId: string, stamp: () => string): ChunkQueue {
  return new BoundedQueue(runId, stamp)
}

class BoundedQueue implements ChunkQueue {
  readonly #runId: string
  readonly #stamp: () => string
  readonly #waiting: Waiting[] = []
  /** How many of those that wait the reader may have. */
  #released = 0
  #weight = 0
  #dropped: Dropped | undefined

  constructor(runId: string, stamp: () => string) {
    this.#runId = runId
    this.#stamp = stamp
  }

  add(scope: StepScope, text: string, after: number): boolean {
    const last = this.#waiting.at(-1)
    // Scopes are made once for each attempt: the same object is the same call.
    if (last?.scope === scope && last.after === after && fits(last.text, text)) {
      last.text += text
      last.chunks += 1
      this.#weight += text.length
      this.#shed()
    } else this.#put({ scope, after, text, chunks: 1 })
    return this.#weight > MUCH_CHARACTERS
  }

  push(scope: StepScope, event: TransientEvent): void {
    const { after } = event
    this.#put({ scope, after, event, text: 'message' in event ? event.message : '', chunks: 1 })
  }

  release(): void {
    this.#released = this.#waiting.length
  }

  takeBefore(seq: number): TransientEvent | undefined {
    if (this.#dropped !== undefined && this.#dropped.after < seq) return this.#tell(this.#dropped)
    const [first] = this.#waiting
    if (first === undefined || first.after >= seq || this.#released === 0) return undefined
    this.#take()
    return first.event ?? this.#toChunk(first)
  }

  #take(): Waiting | undefined {
    const first = this.#waiting.shift()
    if (first === undefined) return undefined
    this.#weight -= first.text.length + ENTRY_CHARACTERS
    this.#released = Math.max(0, this.#released - 1)
    return first
  }

  #put(entry: Waiting): void {
    this.#waiting.push(entry)
    this.#weight += entry.text.length + ENTRY_CHARACTERS
    this.#shed()
  }

  #shed(): void {
    while (this.#weight > WAITING_CHARACTERS) this.#drop(this.#take())
  }

  #drop(oldest: Waiting | undefined): void {
    if (oldest === undefined) return
    this.#dropped ??= { scope: oldest.scope, after: 0, chunks: 0, characters: 0 }
    this.#dropped.after = oldest.after
    this.#dropped.chunks += oldest.chunks
    this.#dropped.characters += oldest.text.length
  }

  #toChunk({ scope, after, text }: Waiting): TokenChunk {
    return { type: 'token_chunk', ...scope, runId: this.#runId, ts: this.#stamp(), after, text }
  }

  #tell({ scope, ...lost }: Dropped): ChunksDropped {
    this.#dropped = undefined
    return { type: 'chunks_dropped', ...scope, runId: this.#runId, ts: this.#stamp(), ...lost }
  }
}

function fits(joined: string, text: string): boolean {
  return joined.length + text.length <= JOINED_CHARACTERS
}
