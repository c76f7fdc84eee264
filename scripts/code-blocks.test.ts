import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import {
  type CodeBlock,
  checkBlocks,
  findPages,
  isPartOf,
  isTypeScript,
  readBlocks,
  readText,
} from './code-blocks.ts'
import { runCommand } from './run-command.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = findPages(root)
const blocks = pages.flatMap((page) => readBlocks(page, readText(root, page)))
const code = blocks.filter(isTypeScript)
const prints = blocks.filter(({ language, source }) => language === 'text' && source !== undefined)

describe('the pages', () => {
  it('begin with the README, whose code runs and stands in its first ten lines', () => {
    const [first] = code.filter(({ page }) => page === 'README.md')
    expect(first).toMatchObject({ source: 'examples/hello/main.ts' })
    expect(first?.line).toBeLessThanOrEqual(10)
  })

  it.each(code.filter(({ source }) => source !== undefined).map(named))(
    '%s is what the file says',
    (_, block) => {
      expect(isPartOf(readText(root, block.source ?? ''), block), `\n${block.text}\n`).toBe(true)
    },
  )

  it.each(prints.map(named))('%s is what the file prints', async (_, { source = '', text }) => {
    expect(await printed(source)).toBe(text.trimEnd())
  })

  const modules = checkBlocks(
    root,
    code.filter(({ source }) => source === undefined),
  )
  it.each(modules.map((module) => [module.blocks.map(placeOf).join(', '), module] as const))(
    '%s passes the compiler',
    (_, { problems }) => {
      expect(problems.slice(0, 5)).toEqual([])
    },
  )
})

describe('a block that has drifted', () => {
  const page = [
    '```ts',
    "import { createOrchestrator } from '@batonjs/core'",
    '',
    'const orchestrator = createOrchestrator({ flows: [] })',
    '```',
    'and then',
    '```ts',
    'const { runs } = await orchestrator.runs()',
    '```',
  ].join('\n')
  const problemsOf = (markdown: string): readonly string[] =>
    checkBlocks(root, readBlocks('page.md', markdown)).flatMap(({ problems }) => problems)

  it('is not told from a sound one by anything but its drift', () => {
    expect(problemsOf(page)).toEqual([])
  })

  it('may take for granted what a comment above it declares, and nothing else', () => {
    const given = "<!-- given\nimport type { Flow } from '@batonjs/core'\ndeclare const flows: Flow[]\n-->\n"
    const short = page.replace('flows: []', 'flows')
    expect(problemsOf(short)).toEqual([expect.stringContaining("'flows'")])
    expect(problemsOf(given + short)).toEqual([])
  })

  it('is found when it uses a name that there is not', () => {
    expect(problemsOf(page.replaceAll('createOrchestrator', 'createConductor'))).toEqual([
      expect.stringContaining('createConductor'),
    ])
  })

  it('is found when it uses a member that there is not, further down the page', () => {
    expect(problemsOf(page.replace('.runs()', '.list()'))).toEqual([expect.stringContaining("'list'")])
  })

  it('is found when it is no TypeScript', () => {
    expect(problemsOf(page.replace('{ flows: [] }', '{ flows: [ }'))).not.toEqual([])
  })

  it('is found when a line of its file is another one', () => {
    const file = 'const a = 1\nfunction f() {\n  const b = 2\n  return b\n}\n'
    expect(isPartOf(file, { text: 'const b = 2\nreturn b' })).toBe(true)
    expect(isPartOf(file, { text: 'const b = 2\nreturn a' })).toBe(false)
    expect(isPartOf(file, { text: 'const b = 2\n}' })).toBe(false)
  })
})

function named(block: CodeBlock): readonly [string, CodeBlock] {
  return [placeOf(block), block]
}

function placeOf({ page, line }: CodeBlock): string {
  return `${page}:${line}`
}

/** What an example prints. */
async function printed(path: string): Promise<string> {
  const flags = ['--conditions=@batonjs/source', '--import', 'tsx', join(root, path)]
  const { code: exit, output } = await runCommand(process.execPath, flags, { folder: root, output: 'keep' })
  expect(exit, output).toBe(0)
  return output.trimEnd()
}
