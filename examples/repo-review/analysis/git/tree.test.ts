import { expect, it } from 'vitest'
import { readContents } from './contents.ts'
import { readProjectName } from './project-name.ts'
import { openRepository } from './repository.ts'
import { createRepo, git, type TestCommit } from './temp-repo.fixture.ts'
import { readTree } from './tree.ts'

async function treeOf(commit: TestCommit, maxFiles = 1_000) {
  const repository = await openRepository(createRepo([commit]))
  return { repository, tree: await readTree(repository, maxFiles) }
}

it('lists files with any name, and counts links and submodules', async () => {
  const { tree } = await treeOf({
    files: { 'b\n"c".ts': 'four', 'a/ü.ts': '' },
    links: { link: '/etc/passwd' },
    submodules: { sub: 'a'.repeat(40) },
  })
  expect(tree.files.map(({ path, bytes }) => [path, bytes])).toEqual([
    ['a/ü.ts', 0],
    ['b\n"c".ts', 4],
  ])
  expect(tree).toMatchObject({ symlinks: 1, submodules: 1, surplus: 0 })
})

it('lists no more files than asked for, and tells how many there are', async () => {
  const { tree } = await treeOf({ files: { a: '', b: '', c: '' } }, 2)
  expect(tree).toMatchObject({ files: [{ path: 'a' }, { path: 'b' }], surplus: 1 })
})

it('lists nothing of a commit without files', async () => {
  expect((await treeOf({})).tree.files).toEqual([])
})

it('reads contents byte for byte, in the order asked for', async () => {
  const big = Buffer.alloc(300_000, 'x\n\0')
  const { repository, tree } = await treeOf({ files: { a: '', b: big, c: 'no newline', d: '\n\n' } })
  const read: [string, Buffer][] = []
  for await (const { file, content } of readContents(repository, [...tree.files].reverse())) {
    read.push([file.path, Buffer.from(content)])
  }
  expect(read.map(([path]) => path)).toEqual(['d', 'c', 'b', 'a'])
  expect(read.map(([, content]) => content.toString('latin1'))).toEqual([
    '\n\n',
    'no newline',
    big.toString('latin1'),
    '',
  ])
})

it('tells a content that the clone does not have', async () => {
  const { repository, tree } = await treeOf({ files: { a: 'content' } })
  const lost = tree.files.map((file) => ({ ...file, blob: 'b'.repeat(40) }))
  const reading = async () => {
    for await (const { file } of readContents(repository, lost)) expect(file).toBeUndefined()
  }
  await expect(reading()).rejects.toMatchObject({
    code: 'objects_missing',
    message: expect.stringContaining('The content of "a" is not in'),
  })
})

it.each([
  [{ 'package.json': '{\n  "name": "@acme/shop"\n}', 'README.md': '# Other' }, '@acme/shop'],
  [{ 'package.json': '{"author":{"name":"no"},"name":"mini"}' }, 'mini'],
  [{ 'package.json': '{ broken', 'README.rst': 'Docs\n====\n' }, 'Docs'],
  [{ 'package.json': '{ "private": true }', 'README.md': '\n# The *Shop* #\n' }, 'The *Shop*'],
  [{ 'Cargo.toml': '[workspace]\nname = "no"\n[package]\nedition = "2021"\nname = "oxide"\n' }, 'oxide'],
  [{ 'pyproject.toml': '[tool.x]\nname = "no"\n\n[project]\nname = "snake"\n' }, 'snake'],
  [{ 'go.mod': 'module example.com/gopher\n\ngo 1.22\n' }, 'example.com/gopher'],
  [{ 'sub/package.json': '{ "name": "no" }' }, 'this repository'],
])('takes the name of a project from its files: %o', async (files, name) => {
  const { repository, tree } = await treeOf({ files })
  expect(await readProjectName(repository, tree.files)).toBe(name)
})

it('reads the commit, whatever the working tree has become', async () => {
  const path = createRepo([{ files: { a: 'committed' } }])
  git(path, ['reset', '-q', '--hard'])
  git(path, ['rm', '-q', 'a'])
  const repository = await openRepository(path)
  expect((await readTree(repository, 10)).files).toMatchObject([{ path: 'a', bytes: 9 }])
})
