/** My job: the streamed text that waits for one reader, bounded (rule S4). */
import type { StepScope } from '../events/envelope.ts'
import type { ChunksDropped, TokenChunk, TransientEvent } from '../events/swarm-event.ts'

const JOINED_CHARACTERS = 64 * 1024
const WAITING_CHARACTERS = 1024 * 1024

/** The transient events that wait for one reader. */
export interface ChunkQueue {
  /** Adds text of a call, to the last chunk of the same call where it can be joined. */
  add(scope: StepScope, text: string, after: number): void
  push(event: TransientEvent): void
  /** The next event that belongs before the durable event with this `seq`. */
  takeBefore(seq: number): TransientEvent | undefined
}

interface WaitingChunk {
  readonly scope: StepScope
  readonly after: number
  text: string
  chunks: number
}

/** An empty queue; what does not fit is dropped, the oldest first, and told as `chunks_dropped`. */
export function createChunkQueue(runId: string, stamp: () => string): ChunkQueue {
  const waiting: (WaitingChunk | TransientEvent)[] = []
  let characters = 0
  let dropped: { scope: StepScope; chunks: number; characters: number } | undefined

  const toEvent = (chunk: WaitingChunk): TokenChunk => {
    characters -= chunk.text.length
    return { type: 'token_chunk', ...chunk.scope, runId, ts: stamp(), after: chunk.after, text: chunk.text }
  }
  const dropOldest = (): void => {
    const index = waiting.findIndex((entry) => !('type' in entry))
    const [oldest] = index < 0 ? [] : waiting.splice(index, 1)
    if (oldest === undefined || 'type' in oldest) return
    characters -= oldest.text.length
    dropped ??= { scope: oldest.scope, chunks: 0, characters: 0 }
    dropped.chunks += oldest.chunks
    dropped.characters += oldest.text.length
  }
  const takeDropped = (after: number): ChunksDropped | undefined => {
    if (dropped === undefined) return undefined
    const { scope, chunks, characters: lost } = dropped
    dropped = undefined
    return { type: 'chunks_dropped', ...scope, runId, ts: stamp(), after, chunks, characters: lost }
  }

  return {
    add(scope, text, after) {
      const last = waiting.at(-1)
      characters += text.length
      if (last !== undefined && !('type' in last) && canJoin(last, scope, after)) {
        last.text += text
        last.chunks += 1
      } else waiting.push({ scope, after, text, chunks: 1 })
      while (characters > WAITING_CHARACTERS) dropOldest()
    },
    push: (event) => waiting.push(event),
    takeBefore(seq) {
      const first = waiting[0]
      if (first === undefined || first.after >= seq) return undefined
      const notice = takeDropped(first.after)
      if (notice !== undefined) return notice
      waiting.shift()
      return 'type' in first ? first : toEvent(first)
    },
  }
}

/** Scopes are made once for each attempt: the same object is the same call. */
function canJoin(last: WaitingChunk, scope: StepScope, after: number): boolean {
  return last.scope === scope && last.after === after && last.text.length < JOINED_CHARACTERS
}
