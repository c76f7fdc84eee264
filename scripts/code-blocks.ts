// Code blocks of Markdown pages, and whether they still say what the code does:
//   ```ts examples/hello/main.ts    is a part of that file, line by line
//   ```ts                           is type-checked against the public API; a block that begins with an import
//                                   begins a module, and the blocks below it on the page go on with it; what a
//                                   reader need not see stands above it in a comment, <!-- given ... -->
//   ```text examples/hello/main.ts  is what that file prints
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** A fenced block of a page. */
export interface CodeBlock {
  readonly page: string
  /** 1-based line of the opening fence. */
  readonly line: number
  readonly language: string
  /** The file that the block comes from, as named behind the language. */
  readonly source: string | undefined
  readonly text: string
  /** What the block takes for granted: declarations in a comment above it. */
  readonly given: string
}

/** Every page that somebody may read, from the root. */
export function findPages(root: string): readonly string[] {
  const namesIn = (folder: string): readonly string[] => {
    const path = join(root, folder)
    return existsSync(path) ? readdirSync(path).map((name) => join(folder, name)) : []
  }
  const folders = ['', 'docs', 'docs/decisions', 'docs/engines', 'e2e/engines', 'bench', 'examples']
  const nested = [...namesIn('packages'), ...namesIn('examples')].filter((path) => !path.includes('.'))
  return [...folders, ...nested].flatMap(namesIn).filter((path) => path.endsWith('.md'))
}

const FENCE = /^ {0,3}(```+)\s*(\S*)\s*(\S*).*$/

/** The blocks of a page. */
export function readBlocks(page: string, markdown: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = []
  const lines = markdown.split('\n')
  for (let index = 0; index < lines.length; index += 1) {
    const [, fence, language = '', source] = FENCE.exec(lines[index] ?? '') ?? []
    if (fence === undefined) continue
    const end = lines.findIndex((line, place) => place > index && line.trim() === fence)
    const last = end === -1 ? lines.length : end
    const text = lines.slice(index + 1, last).join('\n')
    const given = givenAbove(lines.slice(0, index))
    blocks.push({ page, line: index + 1, language, source: source || undefined, text, given })
    index = last
  }
  return blocks
}

/** What the comment right above a block declares. */
function givenAbove(lines: readonly string[]): string {
  const start = lines.lastIndexOf('<!-- given')
  return start >= 0 && lines.indexOf('-->', start) === lines.length - 1
    ? lines.slice(start + 1, -1).join('\n')
    : ''
}

/** Whether a block is code that is checked. */
export function isTypeScript({ language }: CodeBlock): boolean {
  return ['ts', 'typescript', 'tsx'].includes(language)
}

/** Whether the lines of a block stand in a file one after the other, be they indented there. */
export function isPartOf(file: string, { text }: Pick<CodeBlock, 'text'>): boolean {
  const wanted = text.split('\n')
  const lines = file.split('\n')
  return lines.some((first, start) => {
    const indent = /^ */.exec(first)?.[0] ?? ''
    const part = lines.slice(start, start + wanted.length)
    return (
      part.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line)).join('\n') === text
    )
  })
}

/** Blocks that are one module, and what the compiler has to say about it. */
export interface BlockModule {
  readonly blocks: readonly CodeBlock[]
  readonly problems: readonly string[]
}

/** Type-checks blocks as modules at the root of the repository, where every package can be imported. */
export function checkBlocks(root: string, blocks: readonly CodeBlock[]): readonly BlockModule[] {
  const modules = toModules(blocks)
  const texts = new Map(modules.map((module, index) => [join(root, `block-${index}.ts`), textOf(module)]))
  const options = readOptions(root)
  const program = ts.createProgram([...texts.keys()], options, createHost(options, texts))
  return [...texts.keys()].map((path, index) => ({
    blocks: modules[index] ?? [],
    problems: problemsOf(program, path),
  }))
}

function toModules(blocks: readonly CodeBlock[]): readonly (readonly CodeBlock[])[] {
  const modules: CodeBlock[][] = []
  for (const block of blocks) {
    const last = modules.at(-1)
    const goesOn = last?.[0]?.page === block.page && !/^import\b/.test(block.text.trimStart())
    if (goesOn) last?.push(block)
    else modules.push([block])
  }
  return modules
}

function textOf(module: readonly CodeBlock[]): string {
  return module.flatMap(({ given, text }) => [given, text]).join('\n\n')
}

function readOptions(root: string): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  return { ...options, moduleDetection: ts.ModuleDetectionKind.Force }
}

function createHost(options: ts.CompilerOptions, texts: ReadonlyMap<string, string>): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  return {
    ...host,
    fileExists: (path) => texts.has(path) || host.fileExists(path),
    readFile: (path) => texts.get(path) ?? host.readFile(path),
    getSourceFile(path, target) {
      const text = texts.get(path)
      return text === undefined ? host.getSourceFile(path, target) : ts.createSourceFile(path, text, target)
    },
  }
}

function problemsOf(program: ts.Program, path: string): readonly string[] {
  const source = program.getSourceFile(path)
  const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
  return found.map(({ messageText, start = 0 }) => {
    const line = source?.text.slice(start).split('\n')[0] ?? ''
    return `${ts.flattenDiagnosticMessageText(messageText, '\n')} At: ${line}`
  })
}

/** A file of the repository. */
export function readText(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8')
}
