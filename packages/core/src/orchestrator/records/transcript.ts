/**
 * My job: the transcript of one attempt, written while it goes on.
 *
 * 1. What is said is in the file at most a second later, also when the engine falls silent then.
 * 2. Streamed text is written in parts, never a line for each token. The message that it becomes is written
 *    whole, after its parts.
 * 3. What waits to be written is bounded: an engine that says more waits until there is room.
 */
import type { EngineEvent } from '../../engine/result.ts'
import type { ComposedPrompt } from '../../prompt/compose.ts'
import type { Session } from '../session.ts'
import type { ArtifactPath } from './artifact-paths.ts'
import { PartialMessage } from './partial-message.ts'
import { isTranscribed, type TranscriptEntry, transcriptLine } from './transcript-line.ts'
import type { WriteBehind } from './write-behind.ts'

/** Whoever says more than this before it is written waits. */
const WAITING_CHARACTERS = 4_194_304

/** The transcript of one attempt, written while it goes on. */
export interface Transcript {
  /** A pass of the engine begins with this prompt. */
  begin(composed: ComposedPrompt): void
  /** Adds what the engine said or did. A promise is to be waited for: too much is to be written. */
  add(event: EngineEvent): Promise<void> | undefined
  /** Adds text of a message that is not whole yet; as {@link Transcript.add}. */
  stream(text: string): Promise<void> | undefined
  /** The pass ended; its answer is added unless the engine has told it already. */
  end(answer: string | undefined): void
}

/** A transcript that writes its lines in batches; the sources' name and the attempt's own lead to one file. */
export function createTranscript(session: Session, path: ArtifactPath, behind: WriteBehind): Transcript {
  const { say, room } = createLines(session, path, behind)
  const partial = new PartialMessage(session.host.clock, (content) => say({ type: 'partial', content }))
  let hasAnswer = false
  return {
    begin({ parts }) {
      hasAnswer = false
      say({ type: 'message', role: 'system', content: parts.system })
      const content = [parts.history, parts.task, parts.format, parts.repair].filter((part) => part !== '')
      say({ type: 'message', role: 'user', content: content.join('\n\n') })
    },
    add(event) {
      if (!isTranscribed(event)) return undefined
      if (event.type !== 'message') partial.end()
      else if (event.role === 'assistant') {
        hasAnswer = true
        partial.forget()
      }
      say(event)
      return room()
    },
    stream(text) {
      partial.add(text)
      return room()
    },
    end(answer) {
      if (hasAnswer || answer === undefined) return partial.end()
      partial.forget()
      say({ type: 'message', role: 'assistant', content: answer })
    },
  }
}

/** Lines on their way into a file. */
interface Lines {
  say(entry: TranscriptEntry): void
  /** A promise when too much waits: it resolves when there is room. */
  room(): Promise<void> | undefined
}

function createLines(session: Session, { latest, execution }: ArtifactPath, behind: WriteBehind): Lines {
  let text = ''
  let isNew = true
  const flush = (): Promise<void> => {
    const taken = text
    text = ''
    if (!isNew) return session.artifacts.append(execution, taken)
    isNew = false
    return session.artifacts.put(execution, taken, { also: latest })
  }
  const isFull = (): boolean => text.length > WAITING_CHARACTERS
  // A write that is under way may be of something else; one that was dropped makes no room any more.
  const makeRoom = async (): Promise<void> => {
    while (isFull() && behind.has(flush)) await behind.flush()
  }
  return {
    say(entry) {
      const isFirst = text === ''
      text += transcriptLine(entry, session.stamp())
      // A write may begin at once: what it is to write must be there.
      if (isFirst) behind.add(flush, flush)
    },
    room: () => (isFull() ? makeRoom() : undefined),
  }
}
