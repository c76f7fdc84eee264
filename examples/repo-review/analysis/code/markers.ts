import type { MarkerWord } from '../facts.ts'
import { printable } from '../printable.ts'

/** A marker in a text. */
export interface FoundMarker {
  readonly line: number
  readonly word: MarkerWord
  readonly text: string
}

const TEXT_LIMIT = 100
const inComment = /\b(TODO|FIXME|HACK)\b(?!['"`])[:\s]*(.*)/
const behindSign = /(?:#|\/\/|\/\*|^\s*\*|<!--|--|;|%)\s*(TODO|FIXME|HACK)\b[:\s]*(.*)/

/** The markers of a text whose comments alone are left. */
export function findCommentMarkers(comments: string): readonly FoundMarker[] {
  return findMarkers(comments, inComment)
}

/** The markers of a text in a language that is not understood: right behind the sign of a comment. */
export function findSignedMarkers(text: string): readonly FoundMarker[] {
  return findMarkers(text, behindSign)
}

function findMarkers(text: string, pattern: RegExp): readonly FoundMarker[] {
  if (!/TODO|FIXME|HACK/.test(text)) return []
  return text.split('\n').flatMap((line, index) => {
    const [, word, rest = ''] = pattern.exec(line) ?? []
    return isMarkerWord(word) ? [{ line: index + 1, word, text: toText(rest) }] : []
  })
}

function isMarkerWord(word: string | undefined): word is MarkerWord {
  return word === 'TODO' || word === 'FIXME' || word === 'HACK'
}

function toText(rest: string): string {
  return printable(rest.replace(/\s*(?:\*\/|-->)\s*$/, '').trim(), TEXT_LIMIT)
}
