import type { FoundFunction } from './found-function.ts'

/** What a brace opens. A `literal` is a value or a type: what follows it still belongs to its line. */
export type BraceKind = 'function' | 'class' | 'block' | 'literal'

/** What stands before a brace. */
export interface BraceHeader {
  /** The code since the last statement, what is inside parentheses blank, without trailing blanks. */
  readonly text: string
  /** What the nearest bracket around it is; `(` and `[` are themselves. */
  readonly around: BraceKind | 'file' | '(' | '['
  /** The callee, when it is an argument. */
  readonly callee: string
  /** Whether a function is around it, with no class between. */
  readonly inFunction: boolean
}

/** What a brace opens, and for a function its name and where in the header it begins. */
export interface Brace {
  readonly kind: BraceKind
  readonly name?: string
  readonly offset?: number
}

/** Tells for one language what a brace opens. */
export type Classify = (header: BraceHeader) => Brace

interface Frame {
  readonly bracket: string
  readonly kind: BraceHeader['around']
  readonly callee: string
  readonly inFunction: boolean
  readonly level: number
  /** The deepest level seen inside. */
  deepest: number
  /** Where the code begins that a brace in here reads as its header. */
  headerStart: number
  readonly name: string
  readonly start: number
}

const HEADER_LIMIT = 800
const openerOf: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

/** Walks the brackets of a text once and tells every function. */
export function findBraceFunctions(code: string, classify: Classify): readonly FoundFunction[] {
  const stack: [Frame, ...Frame[]] = [fileFrame()]
  const found: FoundFunction[] = []
  const lines = createLineCounter(code)
  const top = () => stack.at(-1) ?? stack[0]
  for (const { index, 0: bracket } of code.matchAll(/[(){}[\];]/g)) {
    if (bracket === ';') top().headerStart = index + 1
    else if (bracket === '{') stack.push(openBrace(code, top(), index, classify))
    else if (bracket === '(' || bracket === '[') stack.push(openBracket(code, top(), index, bracket))
    else {
      const closed = close(stack, openerOf[bracket] ?? '', index)
      if (closed?.kind === 'function') found.push(toFunction(closed, lines, index))
    }
  }
  return found.sort((a, b) => a.line - b.line || b.lines - a.lines)
}

function fileFrame(): Frame {
  const place = { level: 0, deepest: 0, headerStart: 0, start: 0 }
  return { bracket: '', kind: 'file', callee: '', inFunction: false, name: '', ...place }
}

function openBracket(code: string, around: Frame, index: number, bracket: '(' | '['): Frame {
  const callee = /([\w$.#]+)\s*$/.exec(code.slice(Math.max(0, index - 80), index))?.[1] ?? ''
  const place = { headerStart: index + 1, start: index, deepest: around.level }
  const { level, inFunction } = around
  return {
    bracket,
    kind: bracket,
    callee: bracket === '(' ? callee : '',
    name: '',
    level,
    inFunction,
    ...place,
  }
}

function openBrace(code: string, around: Frame, index: number, classify: Classify): Frame {
  const from = Math.max(around.headerStart, index - HEADER_LIMIT)
  const text = blankParentheses(code.slice(from, index)).trimEnd()
  const { callee, inFunction } = around
  const { kind, name = '', offset } = classify({ text, around: around.kind, callee, inFunction })
  const level = around.level + (kind === 'function' || kind === 'block' ? 1 : 0)
  const start = offset === undefined ? index : from + offset
  const inside = kind === 'function' || (kind !== 'class' && inFunction)
  const place = { level, deepest: level, headerStart: index + 1, start }
  return { bracket: '{', kind, callee: '', inFunction: inside, name, ...place }
}

/** Closes the nearest bracket of its sort with all that was left open inside; none: nothing happens. */
function close(stack: [Frame, ...Frame[]], bracket: string, index: number): Frame | undefined {
  const place = stack.findLastIndex((frame) => frame.bracket === bracket)
  const closed = stack[place]
  const around = stack[place - 1]
  if (closed === undefined || around === undefined) return undefined
  for (const inner of stack.splice(place)) around.deepest = Math.max(around.deepest, inner.deepest)
  if (bracket === '{' && closed.kind !== 'literal') around.headerStart = index + 1
  return closed
}

function toFunction(frame: Frame, lines: LineCounter, end: number): FoundFunction {
  const line = lines(frame.start)
  return { name: frame.name, line, lines: lines(end) - line + 1, depth: frame.deepest - frame.level }
}

/** Blanks what is inside parentheses and keeps every place, so that a header is read at one glance. */
function blankParentheses(header: string): string {
  if (!header.includes(')')) return header
  let depth = 0
  const characters = [...Array(header.length).keys()].map((index) => header[index] ?? '')
  for (let index = characters.length - 1; index >= 0; index--) {
    const character = characters[index]
    if (character === '(' && depth > 0) depth--
    if (depth > 0 && character !== '\n') characters[index] = ' '
    if (character === ')') depth++
  }
  return characters.join('')
}

type LineCounter = (index: number) => number

function createLineCounter(code: string): LineCounter {
  const starts = [0]
  for (let end = code.indexOf('\n'); end !== -1; end = code.indexOf('\n', end + 1)) starts.push(end + 1)
  return (index) => {
    let [low, high] = [0, starts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= index) low = middle
      else high = middle
    }
    return low + 1
  }
}
