/** What is tried for a single character, the plainest first. */
const CANDIDATES = [...'abcxyzABCXYZ0123456789-_ .,:;/@#+=!?$%&*()[]{}<>|~^"\'\\`\n\t', 'é']

/** The atoms, groups and bounds of a pattern, in the order in which they are tried. */
const TOKEN =
  /\(\?[:=!]|\(\?<[=!]|\(\?<\w+>|\(|\)|\||\^|\$|\\b|\\B|\[(?:\\.|[^\]\\])*\]|\\u\{[^}]*\}|\\[pP]\{[^}]*\}|\\.|./gsu
const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/

/**
 * A short text that a regular expression matches, found by writing each part down as seldom as it
 * allows. `undefined` when that does not lead to a match, as with look-around.
 */
export function examplePattern(pattern: string): string | undefined {
  try {
    const text = writeAlternatives({ rest: pattern })
    return new RegExp(pattern, 'u').test(text) ? text : undefined
  } catch {
    return undefined
  }
}

interface Cursor {
  rest: string
}

function writeAlternatives(cursor: Cursor): string {
  const first = writeSequence(cursor)
  while (cursor.rest.startsWith('|')) {
    cursor.rest = cursor.rest.slice(1)
    writeSequence(cursor)
  }
  return first
}

function writeSequence(cursor: Cursor): string {
  let text = ''
  while (cursor.rest !== '' && !/^[|)]/.test(cursor.rest)) {
    const atom = writeAtom(cursor)
    text += atom.repeat(takeMinimum(cursor))
  }
  return text
}

function writeAtom(cursor: Cursor): string {
  TOKEN.lastIndex = 0
  const token = TOKEN.exec(cursor.rest)?.[0] ?? ''
  cursor.rest = cursor.rest.slice(token.length)
  if (token.startsWith('(')) return writeGroup(cursor, token)
  if (['^', '$', '\\b', '\\B'].includes(token)) return ''
  const one = new RegExp(`^${token}$`, 'su')
  const found = CANDIDATES.find((candidate) => one.test(candidate))
  return found ?? token
}

function writeGroup(cursor: Cursor, opening: string): string {
  const text = writeAlternatives(cursor)
  cursor.rest = cursor.rest.slice(1)
  return /^\(\?(?:[=!]|<[=!])/.test(opening) ? '' : text
}

/** Consumes a quantifier and tells how often the atom before it must stand. */
function takeMinimum(cursor: Cursor): number {
  const quantifier = QUANTIFIER.exec(cursor.rest)?.[0]
  if (quantifier === undefined) return 1
  cursor.rest = cursor.rest.slice(quantifier.length)
  if (quantifier.startsWith('{')) return Number.parseInt(quantifier.slice(1), 10)
  return quantifier.startsWith('+') ? 1 : 0
}
