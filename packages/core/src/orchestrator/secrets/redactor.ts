/**
 * My job: to find secrets in a text and to take them out.
 *
 * Invariants:
 * 1. What is taken out is all that belongs to a secret: of those that overlap, or of which one is the beginning
 *    of the other, nothing is left.
 * 2. The time is linear in the text: each form is looked for once.
 */
import { formsOf } from './secret-forms.ts'

/** What stands in the place of a secret. */
export const REPLACEMENT = '[secret]'

/** A part of a text that is secret: from `start`, up to `end`. */
export interface Span {
  readonly start: number
  end: number
}

const NOWHERE: readonly Span[] = []

/** Knows some secrets. */
export class Redactor {
  readonly #forms: readonly string[]
  readonly #longest: number

  constructor(secrets: Iterable<string>) {
    this.#forms = [...new Set([...secrets].flatMap(formsOf))]
    this.#longest = Math.max(0, ...this.#forms.map(({ length }) => length))
  }

  /** Whether a text holds a secret. */
  isIn(text: string): boolean {
    return this.#forms.some((form) => text.includes(form))
  }

  /** The text with {@link REPLACEMENT} for each secret in it. */
  text(text: string): string {
    const spans = this.spansIn(text)
    if (spans.length === 0) return text
    let clean = ''
    let from = 0
    for (const { start, end } of spans) {
      clean += text.slice(from, start) + REPLACEMENT
      from = end
    }
    return clean + text.slice(from)
  }

  /** Where secrets are in a text, in order; those that overlap are one. */
  spansIn(text: string): readonly Span[] {
    const found: Span[] = []
    for (const form of this.#forms) {
      for (let start = text.indexOf(form); start >= 0; start = text.indexOf(form, start + 1))
        found.push({ start, end: start + form.length })
    }
    return found.length === 0 ? NOWHERE : merge(found)
  }

  /** Where the end of a text begins that may be the beginning of a secret; its length when there is none. */
  openEnd(text: string): number {
    for (let at = Math.max(0, text.length - this.#longest + 1); at < text.length; at += 1) {
      if (this.#mayBeginAt(text, at)) return at
    }
    return text.length
  }

  #mayBeginAt(text: string, at: number): boolean {
    const first = text.charCodeAt(at)
    const left = text.length - at
    return this.#forms.some(
      (form) => form.charCodeAt(0) === first && form.length > left && form.startsWith(text.slice(at)),
    )
  }
}

function merge(found: Span[]): readonly Span[] {
  const merged: Span[] = []
  for (const span of found.sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1)
    if (last === undefined || span.start >= last.end) merged.push(span)
    else last.end = Math.max(last.end, span.end)
  }
  return merged
}
