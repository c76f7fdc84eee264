/** My job: streamed text that is in no line of the transcript yet. A line of it is due after a while, or when it is long. */
import type { Clock } from '../clock.ts'

/** Milliseconds after which streamed text becomes a line. */
export const PARTIAL_MS = 1_000
/** So much streamed text becomes a line at once. */
export const PARTIAL_CHARACTERS = 8_192

/** The text of a message that is not whole yet. */
export class PartialMessage {
  readonly #clock: Clock
  readonly #say: (content: string) => void
  #text = ''
  #cancel = (): void => {}

  /** `say` makes a line of it. */
  constructor(clock: Clock, say: (content: string) => void) {
    this.#clock = clock
    this.#say = say
  }

  /** Adds text, of which a line is made in time. */
  add(text: string): void {
    if (this.#text === '')
      this.#cancel = this.#clock.setTimer(this.#clock.now() + PARTIAL_MS, () => this.end())
    this.#text += text
    if (this.#text.length >= PARTIAL_CHARACTERS) this.end()
  }

  /** Makes a line of what there is. */
  end(): void {
    const text = this.#text
    this.forget()
    if (text !== '') this.#say(text)
  }

  /** What there is stands in a message now. */
  forget(): void {
    this.#text = ''
    this.#cancel()
  }
}
