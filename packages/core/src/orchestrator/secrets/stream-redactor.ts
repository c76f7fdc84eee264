/**
 * My job: to take secrets out of a text that comes in pieces.
 *
 * Invariants:
 * 1. What the pieces give together is what the whole text would have given, wherever it is cut.
 * 2. Only what may be the beginning of a secret is held back: less than the longest secret has.
 */
import { REPLACEMENT, type Redactor } from './redactor.ts'
import type { Secrets } from './secrets.ts'

/** A text that comes in pieces. */
export class StreamRedactor {
  readonly #secrets: Secrets
  #held = ''
  /** So much of what is held was given already, as part of a secret. */
  #covered = 0

  constructor(secrets: Secrets) {
    this.#secrets = secrets
  }

  /** Takes a piece in; gives what of the text can be told now. */
  push(piece: string): string {
    const { redactor } = this.#secrets
    if (redactor === undefined && this.#held === '') return piece
    const text = this.#held + piece
    return this.#tell(redactor, text, redactor?.openEnd(text) ?? text.length)
  }

  /** Gives what was held back: no more will come. */
  flush(): string {
    return this.#held === '' ? '' : this.#tell(this.#secrets.redactor, this.#held, this.#held.length)
  }

  /** Gives the text up to a place and holds the rest. */
  #tell(redactor: Redactor | undefined, text: string, open: number): string {
    let told = ''
    let from = this.#covered
    for (const { start, end } of redactor?.spansIn(text) ?? []) {
      if (start >= open) break
      if (start >= from) told += text.slice(from, start) + REPLACEMENT
      from = Math.max(from, end)
    }
    if (from < open) told += text.slice(from, open)
    this.#held = text.slice(open)
    this.#covered = Math.max(0, from - open)
    return told
  }
}
