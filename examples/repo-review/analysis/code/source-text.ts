/**
 * Takes comments and strings out of code without moving anything: every character keeps its place and
 * every line its number, so what is left can be searched for braces and words.
 */
import { scriptTokens } from './script-tokens.ts'
import type { Token } from './token.ts'

/** A source text in two layers of the same length. */
export interface SplitText {
  /** Comments are blanks, strings are quotes. */
  readonly code: string
  /** Everything but comments is blank. */
  readonly comments: string
}

const quoted = { single: String.raw`'(?:[^'\\\n]|\\[\s\S])*'`, double: String.raw`"(?:[^"\\\n]|\\[\s\S])*"` }
const lineComment = String.raw`\/\/[^\n]*`
const blockComment = String.raw`\/\*[\s\S]*?(?:\*\/|$)`

/** What is no code, by language. The first alternative that fits at a place wins. */
const patterns: Readonly<Record<string, RegExp>> = {
  Go: toPattern(lineComment, blockComment, '`[^`]*`', quoted.double, quoted.single),
  Rust: toPattern(
    lineComment,
    blockComment,
    String.raw`\b(?:b|c)?r(#*)"[\s\S]*?"\1`,
    String.raw`"(?:[^"\\]|\\[\s\S])*"`,
    String.raw`'(?:\\[^\n]+?|[^'\\\n])'`, // not a lifetime, which nothing closes
  ),
  Java: toPattern(lineComment, blockComment, String.raw`"""[\s\S]*?"""`, quoted.double, quoted.single),
  C: toPattern(lineComment, blockComment, quoted.double, quoted.single),
  'C++': toPattern(
    lineComment,
    blockComment,
    String.raw`R"([^()\s\\]{0,16})\([\s\S]*?\)\1"`,
    quoted.double,
    String.raw`(?<![0-9a-fA-F])'(?:[^'\\\n]|\\[\s\S])*'`, // not the separator in 1'000'000
  ),
  Python: toPattern(
    String.raw`#[^\n]*`,
    String.raw`"""(?:[^\\]|\\[\s\S])*?"""`,
    String.raw`'''(?:[^\\]|\\[\s\S])*?'''`,
    quoted.double,
    quoted.single,
  ),
}

/** Splits a text, or answers `undefined` for a language of which nothing is known. */
export function splitText(text: string, language: string): SplitText | undefined {
  if (language === 'TypeScript' || language === 'JavaScript') return split(text, scriptTokens(text))
  const pattern = patterns[language]
  return pattern && split(text, patternTokens(text, pattern))
}

function* patternTokens(text: string, pattern: RegExp): Generator<Token> {
  for (const match of text.matchAll(pattern)) {
    const isComment = /^(?:\/\/|\/\*|#)/.test(match[0])
    yield { start: match.index, end: match.index + match[0].length, kind: isComment ? 'comment' : 'text' }
  }
}

function split(text: string, tokens: Iterable<Token>): SplitText {
  const [code, comments]: [string[], string[]] = [[], []]
  let done = 0
  for (const { start, end, kind } of tokens) {
    const [before, token] = [text.slice(done, start), text.slice(start, end)]
    code.push(before, fill(token, kind === 'comment' ? ' ' : '"'))
    comments.push(fill(before, ' '), kind === 'comment' ? token : fill(token, ' '))
    done = end
  }
  const rest = text.slice(done)
  return { code: code.join('') + rest, comments: comments.join('') + fill(rest, ' ') }
}

function fill(text: string, character: string): string {
  return text
    .split('\n')
    .map((line) => character.repeat(line.length))
    .join('\n')
}

function toPattern(...alternatives: readonly string[]): RegExp {
  return new RegExp(alternatives.join('|'), 'g')
}
