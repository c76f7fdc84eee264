import { expect, it } from 'vitest'
import { type FileOptions, readFiles } from './files.ts'
import { openRepository } from './git/repository.ts'
import { createRepo, type TestCommit } from './git/temp-repo.fixture.ts'
import { readTree } from './git/tree.ts'
import { changed } from './survey/facts.fixture.ts'

async function filesOf(files: TestCommit['files'], options: FileOptions = {}, busy: readonly string[] = []) {
  const repository = await openRepository(createRepo([{ files: files ?? {} }]))
  const tree = await readTree(repository, 1_000)
  return readFiles(repository, tree.files, new Map(busy.map((path) => [path, changed(9)])), options)
}

it('tells what each file is and holds', async () => {
  const body = `export function long() {\n${'  work() // TODO: less\n'.repeat(60)}}\n`
  const { files, functions, markers } = await filesOf({
    'src/a.ts': body,
    'src/a.test.ts': body,
    'logo.png': Buffer.from([0, 1]),
    'odd.ts': Buffer.from([0, 1]),
    'yarn.lock': 'x\n',
  })
  expect(files.map(({ path, kind, lines }) => `${path} ${kind} ${lines}`)).toEqual([
    'logo.png binary 0',
    'odd.ts binary 0',
    'src/a.test.ts test 62',
    'src/a.ts source 62',
    'yarn.lock generated 0',
  ])
  expect(files[3]).toMatchObject({
    language: 'TypeScript',
    markers: 60,
    functions: 1,
    longFunctions: 1,
    unread: null,
  })
  expect(functions).toEqual([
    { path: 'src/a.ts', language: 'TypeScript', name: 'long', line: 1, lines: 62, depth: 0 },
  ])
  expect(markers).toHaveLength(10)
})

it('reads code first, of that what changes often and what is small, when the budget is short', async () => {
  const text = (bytes: number) => 'x'.repeat(bytes)
  const files = {
    'a.ts': text(40),
    'b.ts': text(60),
    'c.ts': text(30),
    'd.md': text(1),
    'e.ts': text(500),
    'f.png': text(9),
  }
  const read = await filesOf(files, { maxTotalBytes: 90, maxFileBytes: 400 }, ['b.ts'])
  expect(read.files.map(({ path, unread }) => [path, unread])).toEqual([
    ['a.ts', 'over_budget'],
    ['b.ts', null],
    ['c.ts', null],
    ['d.md', 'over_budget'],
    ['e.ts', 'too_big'],
    ['f.png', null],
  ])
})

it('shows names on one line', async () => {
  const { files, functions } = await filesOf({ 'a\nb\u202e.ts': `function f() {\n${'x()\n'.repeat(20)}}` })
  expect(files[0]?.path).toBe('a\\nb\\u{202e}.ts')
  expect(functions[0]?.path).toBe('a\\nb\\u{202e}.ts')
})
