import type { Token } from './token.ts'

// A quote that nothing closes on its line is an apostrophe in JSX text; it stays.
const codePattern =
  /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"|`|\/|[{}]/g
const templatePattern = /\\[\s\S]|\$\{|`/g
const regexPattern = /\/(?![*/])(?:[^\\/[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])+\/[dgimsuvy]*/y
const beforeRegex =
  /(?:^|[=(,:[!&|?{;+*%~^-]|=>|\b(?:return|typeof|case|in|of|do|else|void|delete|yield|await|throw))$/

/** The comments, strings, templates and regular expressions of JavaScript and TypeScript. */
export function* scriptTokens(text: string): Generator<Token> {
  /** Open braces within each `${` that is open. */
  const holes: number[] = []
  let at = 0
  for (let match = find(codePattern, text, at); match !== null; match = find(codePattern, text, at)) {
    const start = match.index
    at = start + match[0].length
    const closesHole = match[0] === '}' && holes.at(-1) === 0
    if (match[0] === '{' || (match[0] === '}' && !closesHole)) {
      count(holes, match[0] === '{' ? 1 : -1)
      continue
    }
    if (match[0] === '`' || closesHole) {
      if (closesHole) holes.pop()
      const { end, isHole } = endOfTemplate(text, at)
      if (isHole) holes.push(0)
      at = end
    } else if (match[0] === '/') {
      at = endOfRegex(text, start)
      if (at === start + 1) continue
    }
    yield { start, end: at, kind: /^\/[/*]/.test(match[0]) ? 'comment' : 'text' }
  }
}

function find(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from
  return pattern.exec(text)
}

function count(holes: number[], step: number): void {
  const depth = holes.pop()
  if (depth !== undefined) holes.push(depth + step)
}

/** Where the text of a template ends: behind its closing tick or behind the next `${`. */
function endOfTemplate(text: string, from: number): { readonly end: number; readonly isHole: boolean } {
  let match = find(templatePattern, text, from)
  while (match?.[0].startsWith('\\')) match = find(templatePattern, text, match.index + 2)
  if (match === null) return { end: text.length, isHole: false }
  return { end: match.index + match[0].length, isHole: match[0] === '${' }
}

/** Behind the regular expression that begins here, or behind the slash of a division or of JSX. */
function endOfRegex(text: string, start: number): number {
  const before = text.slice(Math.max(0, start - 20), start).trimEnd()
  if (!beforeRegex.test(before)) return start + 1
  const match = find(regexPattern, text, start)
  return match === null ? start + 1 : start + match[0].length
}
