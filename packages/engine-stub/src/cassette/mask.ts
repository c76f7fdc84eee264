/**
 * My job: to keep out of a cassette what must not or need not stand in it: secrets for ever, and the workspace and
 * the run's id, which differ from run to run, until it is played.
 */
import { type StepContext, secretForms } from '@batonjs/core'

/** Texts that stand for others. */
export interface Mask {
  /** The text with what stands for them. */
  text(text: string): string
  /** As `text`, for a text that comes in pieces, wherever it is cut. */
  pieces(pieces: readonly string[]): readonly string[]
}

const SECRET = '[secret]'
const WORKSPACE = '{{baton:workspace}}'
const RUN = '{{baton:run}}'
/** An id that was made by chance; a word that a host has chosen may stand in any text. */
const MADE_ID = /^(?=.*\d).{8,}$/s
/** Any other name of a folder may be a word, too. */
const PATH = /[/\\]./s

/** What a recording leaves out of a call. */
export function maskOf({ workspace, runId }: StepContext, secrets: readonly string[]): Mask {
  return createMask([
    ...secrets.flatMap(secretForms).map((form) => [form, SECRET] as const),
    ...(workspace === undefined || !PATH.test(workspace) ? [] : [[workspace, WORKSPACE] as const]),
    ...(MADE_ID.test(runId) ? [[runId, RUN] as const] : []),
  ])
}

/** What is put back in when it is played. */
export function unmaskOf({ workspace, runId }: StepContext): Mask {
  return createMask([...(workspace === undefined ? [] : [[WORKSPACE, workspace] as const]), [RUN, runId]])
}

type Replacement = readonly [text: string, by: string]

interface Span {
  readonly start: number
  readonly end: number
  readonly by: string
}

function createMask(replacements: readonly Replacement[]): Mask {
  if (replacements.length === 0) return { text: (text) => text, pieces: (pieces) => pieces }
  // The longest first: of those that begin alike none is left over.
  const ordered = [...replacements].sort(([one], [other]) => other.length - one.length)
  const pattern = new RegExp(ordered.map(([text]) => escaped(text)).join('|'), 'g')
  const byText = new Map(ordered)
  const spansIn = (text: string): readonly Span[] =>
    [...text.matchAll(pattern)].map(({ 0: found, index }) => ({
      start: index,
      end: index + found.length,
      by: byText.get(found) ?? '',
    }))
  return {
    text: (text) => text.replace(pattern, (found) => byText.get(found) ?? ''),
    pieces: (pieces) => replaceIn(pieces, spansIn(pieces.join(''))),
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** What is replaced stands in the piece in which it begins. */
function replaceIn(pieces: readonly string[], spans: readonly Span[]): readonly string[] {
  let offset = 0
  return pieces.map((piece) => {
    const start = offset
    offset += piece.length
    let kept = ''
    let from = start
    for (const span of spans) {
      if (span.end <= from || span.start >= offset) continue
      if (span.start >= from) kept += piece.slice(from - start, span.start - start) + span.by
      from = Math.min(span.end, offset)
    }
    return kept + piece.slice(from - start)
  })
}

/** A copy of a line whose every text is another one, names of members too; what kind of line it is stays. */
export function mapTexts<T extends { readonly kind: string }>(line: T, change: (text: string) => string): T {
  // Only texts are others, and no type of a line tells texts apart but `kind`.
  return { ...(mapped(line, change) as T), kind: line.kind }
}

function mapped(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (typeof value === 'number') return mappedNumber(value, change)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((member) => mapped(member, change))
  const members = Object.entries(value).map(([name, member]) => [change(name), mapped(member, change)])
  return Object.fromEntries(members)
}

/** A number that holds a secret becomes a text. */
function mappedNumber(value: number, change: (text: string) => string): unknown {
  return change(String(value)).includes(SECRET) ? SECRET : value
}
