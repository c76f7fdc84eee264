import type { FoundFunction } from './found-function.ts'

interface OpenFunction {
  readonly name: string
  readonly indent: number
  readonly line: number
  /** The last line with code so far. */
  last: number
  /** Indents of the blocks that are open inside, outermost first. */
  readonly blocks: number[]
  depth: number
}

/** Finds the functions of Python by their indentation. */
export function findIndentFunctions(code: string): readonly FoundFunction[] {
  const found: FoundFunction[] = []
  let open: OpenFunction[] = []
  for (const { text, line, lastLine } of logicalLines(code)) {
    if (isInString(text)) {
      for (const around of open) around.last = lastLine
      continue
    }
    const indent = /^[ \t]*/.exec(text)?.[0].replaceAll('\t', '        ').length ?? 0
    found.push(...open.filter((candidate) => candidate.indent >= indent).map(toFunction))
    open = open.filter((candidate) => candidate.indent < indent)
    for (const around of open) enter(around, indent, lastLine)
    const name = /^\s*(?:async\s+)?def\s+(\w+)/.exec(text)?.[1]
    if (name !== undefined) open.push({ name, indent, line, last: lastLine, blocks: [], depth: 0 })
  }
  return [...found, ...open.map(toFunction)].sort((a, b) => a.line - b.line)
}

function enter(around: OpenFunction, indent: number, line: number): void {
  around.last = line
  while (around.blocks.length > 0 && (around.blocks.at(-1) ?? 0) > indent) around.blocks.pop()
  if (around.blocks.at(-1) !== indent) around.blocks.push(indent)
  around.depth = Math.max(around.depth, around.blocks.length - 1)
}

function toFunction({ name, line, last, depth }: OpenFunction): FoundFunction {
  return { name, line, lines: last - line + 1, depth }
}

/** Lines of code, joined where brackets, a backslash or a long string carry them over. */
function* logicalLines(code: string) {
  const lines = code.split('\n')
  for (let index = 0; index < lines.length; index++) {
    const text = lines[index] ?? ''
    if (text.trim() === '') continue
    const line = index + 1
    let open = balance(text)
    while (
      index + 1 < lines.length &&
      (open > 0 || lines[index]?.endsWith('\\') || isInString(lines[index + 1]))
    ) {
      index++
      open += balance(lines[index] ?? '')
    }
    yield { text, line, lastLine: index + 1 }
  }
}

/** Strings are quotes from the first column on where they began on a line above. */
function isInString(line: string | undefined): boolean {
  return line?.startsWith('"') === true
}

function balance(text: string): number {
  return (text.match(/[([{]/g)?.length ?? 0) - (text.match(/[)\]}]/g)?.length ?? 0)
}
