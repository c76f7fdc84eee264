import { type FileKind, LONG_FUNCTION } from '../facts.ts'
import { isBinary, kindOfContent, kindOfPath } from './file-kinds.ts'
import type { FoundFunction } from './found-function.ts'
import { findFunctions } from './functions.ts'
import { languageOf, scriptLanguage } from './languages.ts'
import { type FoundMarker, findCommentMarkers, findSignedMarkers } from './markers.ts'
import { splitText } from './source-text.ts'

/** What the content of one file tells. */
export interface Inspection {
  readonly kind: FileKind
  readonly language: string
  readonly lines: number
  readonly functions: readonly FoundFunction[]
  readonly longFunctions: number
  readonly markers: readonly FoundMarker[]
}

const nothing = { lines: 0, functions: [], longFunctions: 0, markers: [] } as const

/** Inspects a file that was read. */
export function inspectContent(path: string, content: Buffer): Inspection {
  if (isBinary(content)) return { ...inspectPath(path), kind: 'binary' }
  const text = content.toString('utf8')
  const kind = kindOfContent(path, text)
  const named = languageOf(path)
  const language = (named.kind === 'other' ? scriptLanguage(text) : undefined) ?? named
  const file = { ...nothing, kind, language: language.name, lines: countLines(text) }
  return isReviewed(kind) ? { ...file, ...inspectText(text, language.name, kind) } : file
}

/** Inspects a file that was not read. */
export function inspectPath(path: string): Inspection {
  return { ...nothing, kind: kindOfPath(path), language: languageOf(path).name }
}

/** Whether the content is looked into; of other files only lines and bytes count. */
export function isReviewed(kind: FileKind): boolean {
  return kind === 'source' || kind === 'test' || kind === 'config'
}

function inspectText(text: string, language: string, kind: FileKind) {
  const split = splitText(text, language)
  const functions = split && kind === 'source' ? findFunctions(split.code, language) : []
  return {
    functions,
    longFunctions: functions.filter(({ lines }) => lines > LONG_FUNCTION).length,
    markers: split ? findCommentMarkers(split.comments) : findSignedMarkers(text),
  }
}

function countLines(text: string): number {
  if (text === '') return 0
  let lines = text.endsWith('\n') ? 0 : 1
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) lines++
  return lines
}
