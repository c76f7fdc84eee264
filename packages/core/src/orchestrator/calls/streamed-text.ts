/**
 * My job: the text that an engine streams in a pass: readers see it at once, the transcript has it from time to
 * time, and nobody sees a secret, also not one that comes in pieces (fault 39).
 */
import type { Transcript } from '../records/transcript.ts'
import { StreamRedactor } from '../secrets/stream-redactor.ts'
import type { Session } from '../session.ts'
import type { RunningCall } from './running-call.ts'

/** The streamed text of one pass. */
export class StreamedText {
  readonly #session: Session
  readonly #call: RunningCall
  readonly #transcript: Transcript
  readonly #redactor: StreamRedactor

  constructor(session: Session, call: RunningCall, transcript: Transcript) {
    this.#session = session
    this.#call = call
    this.#transcript = transcript
    this.#redactor = new StreamRedactor(session.host.secrets)
  }

  /** Takes a piece in. Waits, when there is something to wait for, until there is room for more. */
  push(piece: string): Promise<void> | undefined {
    return this.#tell(this.#redactor.push(piece))
  }

  /** No more will come: what may have been the beginning of a secret is told too. */
  end(): void {
    if (this.#session.calls.isCurrent(this.#call)) this.#tell(this.#redactor.flush())
  }

  #tell(text: string): Promise<void> | undefined {
    if (text === '') return undefined
    this.#session.broadcast.chunk(this.#call.scope, text)
    return this.#transcript.stream(text)
  }
}
