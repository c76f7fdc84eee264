/**
 * My job: to keep out of a cassette what must not or need not stand in it: secrets for ever, and the workspace and
 * the run's id, which differ from run to run, until it is played.
 */
import type { StepContext } from '@batonjs/core'

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
/** A shorter text would stand in half of all texts. */
const LEAST_SECRET = 8

/** What a recording leaves out of a call. */
export function maskOf({ workspace, runId }: StepContext, secrets: readonly string[]): Mask {
  const hidden = secrets.map((secret) => secret.trim()).filter(({ length }) => length >= LEAST_SECRET)
  return createMask([
    ...hidden.flatMap((secret) => formsOf(secret).map((form) => [form, SECRET] as const)),
    ...(workspace === undefined || workspace.length < 2 ? [] : [[workspace, WORKSPACE] as const]),
    [runId, RUN],
  ])
}

/** What is put back in when it is played. */
export function unmaskOf({ workspace, runId }: StepContext): Mask {
  return createMask([...(workspace === undefined ? [] : [[WORKSPACE, workspace] as const]), [RUN, runId]])
}

/** As it is, as JSON writes it, and as a URL does. */
function formsOf(secret: string): readonly string[] {
  return [...new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])]
}

type Replacement = readonly [text: string, by: string]

interface Span {
  readonly start: number
  readonly end: number
  readonly by: string
}

function createMask(replacements: readonly Replacement[]): Mask {
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

/** A copy of a JSON value, of the same form, whose every text is another one, names of members too. */
export function mapTexts<T>(value: T, change: (text: string) => string): T {
  // Only texts are others, and no type of a cassette tells texts apart but `kind`, which no mask holds.
  return mapped(value, change) as T
}

function mapped(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((member) => mapped(member, change))
  const members = Object.entries(value).map(([name, member]) => [change(name), mapped(member, change)])
  return Object.fromEntries(members)
}
