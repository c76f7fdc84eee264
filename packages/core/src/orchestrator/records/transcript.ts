/** My job: the transcript of one attempt, written while it goes on. */
import type { EngineEvent } from '../../engine/result.ts'
import type { ComposedPrompt } from '../../prompt/compose.ts'
import type { Session } from '../session.ts'
import type { ArtifactPath } from './artifact-paths.ts'
import { isTranscribed, type TranscriptEntry, transcriptLine } from './transcript-line.ts'
import type { WriteBehind } from './write-behind.ts'

/** The transcript of one attempt, written while it goes on. */
export interface Transcript {
  /** A pass of the engine begins with this prompt. */
  begin(composed: ComposedPrompt): void
  add(event: EngineEvent): void
  /** The pass ended; its answer is added unless the engine has told it already. */
  end(answer: string | undefined): void
}

/** A transcript that writes its lines in batches; the sources' name and the attempt's own lead to one file. */
export function createTranscript(
  session: Session,
  { latest, execution }: ArtifactPath,
  behind: WriteBehind,
): Transcript {
  let lines = ''
  let isNew = true
  let hasAnswer = false

  const flush = (): Promise<void> => {
    const text = lines
    lines = ''
    if (!isNew) return session.artifacts.append(execution, text)
    isNew = false
    return session.artifacts.put(execution, text, { also: latest })
  }
  const say = (entry: TranscriptEntry): void => {
    const isFirst = lines === ''
    lines += transcriptLine(entry, session.stamp())
    // A write may begin at once: what it is to write must be there.
    if (isFirst) behind.add(transcript, flush)
  }
  const transcript: Transcript = {
    begin({ parts }) {
      hasAnswer = false
      say({ type: 'message', role: 'system', content: parts.system })
      const content = [parts.history, parts.task, parts.format, parts.repair].filter((part) => part !== '')
      say({ type: 'message', role: 'user', content: content.join('\n\n') })
    },
    add(event) {
      if (!isTranscribed(event)) return
      if (event.type === 'message' && event.role === 'assistant') hasAnswer = true
      say(event)
    },
    end(answer) {
      if (!hasAnswer && answer !== undefined) say({ type: 'message', role: 'assistant', content: answer })
    },
  }
  return transcript
}
