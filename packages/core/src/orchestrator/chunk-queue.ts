/** My job: the streamed text that waits for one reader, bounded (rule S4). */
import type { StepScope } from '../events/envelope.ts'
import type { ChunksDropped, TokenChunk, TransientEvent } from '../events/swarm-event.ts'

const JOINED_CHARACTERS = 64 * 1024
const WAITING_CHARACTERS = 1024 * 1024
/** What an entry weighs beside its text: many short ones must not add up either. */
const ENTRY_CHARACTERS = 128

/** The transient events that wait for one reader. */
export interface ChunkQueue {
  /** Adds text of a call, to the last chunk of the same call where it can be joined. */
  add(scope: StepScope, text: string, after: number): void
  /** Adds another event of a call. */
  push(scope: StepScope, event: TransientEvent): void
  /** The next event that belongs before the durable event with this `seq`. */
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
  const waiting: Waiting[] = []
  let weight = 0
  let dropped: Dropped | undefined

  const take = (): Waiting | undefined => {
    const first = waiting.shift()
    if (first !== undefined) weight -= first.text.length + ENTRY_CHARACTERS
    return first
  }
  const put = (entry: Waiting): void => {
    waiting.push(entry)
    weight += entry.text.length + ENTRY_CHARACTERS
    while (weight > WAITING_CHARACTERS) drop(take())
  }
  const drop = (oldest: Waiting | undefined): void => {
    if (oldest === undefined) return
    dropped ??= { scope: oldest.scope, after: 0, chunks: 0, characters: 0 }
    dropped.after = oldest.after
    dropped.chunks += oldest.chunks
    dropped.characters += oldest.text.length
  }
  const toChunk = ({ scope, after, text }: Waiting): TokenChunk => {
    return { type: 'token_chunk', ...scope, runId, ts: stamp(), after, text }
  }
  const tell = ({ scope, ...lost }: Dropped): ChunksDropped => {
    dropped = undefined
    return { type: 'chunks_dropped', ...scope, runId, ts: stamp(), ...lost }
  }

  return {
    add(scope, text, after) {
      const last = waiting.at(-1)
      if (last === undefined || !canJoin(last, { scope, after, text })) {
        put({ scope, after, text, chunks: 1 })
        return
      }
      last.text += text
      last.chunks += 1
      weight += text.length
      while (weight > WAITING_CHARACTERS) drop(take())
    },
    push(scope, event) {
      const { after } = event
      put({ scope, after, event, text: 'message' in event ? event.message : '', chunks: 1 })
    },
    takeBefore(seq) {
      if (dropped !== undefined && dropped.after < seq) return tell(dropped)
      const [first] = waiting
      if (first === undefined || first.after >= seq) return undefined
      take()
      return first.event ?? toChunk(first)
    },
  }
}

/** Scopes are made once for each attempt: the same object is the same call. */
function canJoin(last: Waiting, { scope, after, text }: Pick<Waiting, 'scope' | 'after' | 'text'>): boolean {
  return last.scope === scope && last.after === after && last.text.length + text.length <= JOINED_CHARACTERS
}
