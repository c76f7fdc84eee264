import type { JsonValue } from '../flow/json.ts'

/** Values nested deeper than this are refused: they could not be written out again safely. */
const DEPTH_LIMIT = 200
/** How many code fences, and how many beginnings of a value in prose, are tried. */
const TRY_LIMIT = 16

/** The value of a JSON text, or `undefined` when it is none or is nested too deeply. Never throws. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text)
    return isWithin(DEPTH_LIMIT, value) ? value : undefined
  } catch {
    return undefined
  }
}

function isWithin(levels: number, value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every((member: JsonValue) => isWithin(levels - 1, member))
}

/** The object or list with which a text ends, also when a code fence closes behind it. */
export function jsonAtEnd(text: string): JsonValue | undefined {
  const body = withoutClosingFence(text.trimEnd())
  const start = openingOf(body)
  return start === undefined ? undefined : parseJson(body.slice(start))
}

/** By hand, since a pattern would look through the rest of each row of backticks anew. */
function withoutClosingFence(text: string): string {
  if (!text.endsWith('```')) return text
  let end = text.length
  while (text[end - 1] === '`') end -= 1
  return text.slice(0, end).trimEnd()
}

/**
 * Where the bracket opens that the last character closes. One pass backwards is exact for valid JSON:
 * there a quotation mark behind an odd number of backslashes belongs to a string, every other one
 * begins or ends one.
 */
function openingOf(text: string): number | undefined {
  if (!text.endsWith('}') && !text.endsWith(']')) return undefined
  let depth = 0
  let inString = false
  for (let at = text.length - 1; at >= 0; at--) {
    const character = text[at]
    if (character === '"' && !isEscaped(text, at)) inString = !inString
    else if (!inString) depth += depthOf(character)
    if (depth === 0) return at
  }
  return undefined
}

function depthOf(character: string | undefined): number {
  if (character === '}' || character === ']') return 1
  return character === '{' || character === '[' ? -1 : 0
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes++
  return backslashes % 2 === 1
}

/**
 * Every JSON value that an answer may mean, the likeliest first: the whole text, its code fences from
 * the last to the first, the value at its end, values behind leading prose.
 */
export function* jsonCandidates(text: string): Generator<JsonValue> {
  for (const candidate of candidateTexts(text)) {
    const value = parseJson(candidate)
    if (value !== undefined) yield value
  }
  const last = jsonAtEnd(text)
  if (last !== undefined) yield last
  yield* embeddedValues(text)
}

function candidateTexts(text: string): readonly string[] {
  return [text, ...fencedBlocks(text).slice(-TRY_LIMIT).reverse()]
}

/** What stands between code fences. A fence is closed by one that is at least as long, as in Markdown. */
function fencedBlocks(text: string): string[] {
  const blocks: string[] = []
  let opening: string | undefined
  let content: string[] = []
  for (const line of text.split('\n')) {
    const fence = /^[ \t]*(`{3,})[^`]*$/.exec(line)?.[1]
    if (opening === undefined) {
      opening = fence
      content = []
    } else if (fence !== undefined && fence.length >= opening.length && line.trim() === fence) {
      blocks.push(content.join('\n'))
      opening = undefined
    } else content.push(line)
  }
  return blocks
}

function* embeddedValues(text: string): Generator<JsonValue> {
  let from = 0
  for (let tries = 0; tries < TRY_LIMIT; tries++) {
    const start = nextOpening(text, from)
    if (start === undefined) return
    const end = closingOf(text, start)
    const value = end === undefined ? undefined : parseJson(text.slice(start, end))
    if (value !== undefined) yield value
    from = value === undefined || end === undefined ? start + 1 : end
  }
}

function nextOpening(text: string, from: number): number | undefined {
  const offset = text.slice(from).search(/[[{]/)
  return offset === -1 ? undefined : from + offset
}

/** Where the bracket at `start` closes, one behind its last character. */
function closingOf(text: string, start: number): number | undefined {
  let depth = 0
  let inString = false
  for (let at = start; at < text.length; at++) {
    const character = text[at]
    if (character === '"' && !(inString && isEscaped(text, at))) inString = !inString
    else if (!inString) depth -= depthOf(character)
    if (depth === 0) return at + 1
  }
  return undefined
}
