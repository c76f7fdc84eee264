import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type HistoryOptions, readHistory } from './history.ts'
import { openRepository } from './repository.ts'
import { createRepo, git, type TestCommit, tempFolder } from './temp-repo.fixture.ts'
import { readTree } from './tree.ts'

async function historyOf(path: string, options: HistoryOptions = {}) {
  const repository = await openRepository(path)
  const { files } = await readTree(repository, 1_000)
  return readHistory(repository, new Set(files.map((file) => file.path)), options)
}

const lines = (number: number, word = 'line') =>
  Array.from({ length: number }, (_, at) => `${word} ${at}\n`).join('')

it('counts commits, authors and days', async () => {
  const commits: readonly TestCommit[] = [
    { files: { a: '1' }, author: 'Ada' },
    { files: { a: '2' }, author: 'Bob', day: 3 },
    { files: { a: '3' }, author: 'ADA', day: 9, message: 'The last\n\nwith a body' },
  ]
  const { head, facts } = await historyOf(createRepo(commits))
  expect(head).toMatchObject({ day: '2026-01-10', subject: 'The last' })
  expect(facts).toMatchObject({
    commits: 3,
    isCounted: true,
    authors: 2,
    firstDay: '2026-01-01',
    lastDay: '2026-01-10',
    ageDays: 9,
    window: { commits: 3, firstDay: '2026-01-01', lastDay: '2026-01-10' },
  })
  expect(JSON.stringify(facts)).not.toContain('@')
})

it('works on one commit', async () => {
  const { facts, churn } = await historyOf(createRepo([{ files: { a: 'x\n' } }]))
  expect(facts).toMatchObject({ commits: 1, ageDays: 0, window: { commits: 1 } })
  expect(churn.get('a')).toEqual({ commits: 1, insertions: 1, deletions: 0, authors: 1 })
})

it('counts commits, lines and people by file', async () => {
  const path = createRepo([
    { files: { 'a.ts': lines(10), 'b.ts': lines(1) } },
    { files: { 'a.ts': lines(12) }, author: 'Bob' },
    { files: { 'a.ts': lines(8) } },
  ])
  const { churn } = await historyOf(path)
  expect(churn.get('a.ts')).toEqual({ commits: 3, insertions: 12, deletions: 4, authors: 2 })
  expect(churn.get('b.ts')).toEqual({ commits: 1, insertions: 1, deletions: 0, authors: 1 })
})

it('follows a file through renames and leaves out what was deleted', async () => {
  const path = createRepo([
    { files: { 'old.ts': lines(20), 'gone.ts': 'x\n' } },
    { files: { 'old.ts': lines(21), 'gone.ts': null } },
    { renames: { 'old.ts': 'src/new name.ts' } },
    { files: { 'src/new name.ts': lines(22) } },
  ])
  const { churn, changeSets } = await historyOf(path)
  expect(Object.fromEntries(churn)).toEqual({
    'src/new name.ts': { commits: 4, insertions: 22, deletions: 0, authors: 1 },
  })
  expect(changeSets).toEqual(Array(4).fill(['src/new name.ts']))
})

it('reads names with blanks, quotes, newlines, tabs and any alphabet', async () => {
  const names = [
    'a b.ts',
    'q"uote\'.ts',
    'new\nline.ts',
    'tab\there.ts',
    'ключ/日本.ts',
    '-n.ts',
    'commit\tx',
    '🎼.ts',
  ]
  const files = Object.fromEntries(names.map((name) => [name, 'x\n']))
  const { churn } = await historyOf(createRepo([{ files }, { files: { 'a b.ts': 'y\n' } }]))
  expect([...churn.keys()].sort()).toEqual([...names].sort())
})

it('counts no lines of a binary file', async () => {
  const path = createRepo([{ files: { 'a.png': Buffer.from([0, 1, 10, 10]) } }])
  expect((await historyOf(path)).churn.get('a.png')).toEqual({
    commits: 1,
    insertions: 0,
    deletions: 0,
    authors: 1,
  })
})

it('counts churn over the window and commits over everything', async () => {
  const path = createRepo(Array.from({ length: 9 }, (_, at) => ({ files: { a: `${at}` } })))
  const { facts, churn } = await historyOf(path, { commits: 4 })
  expect(facts).toMatchObject({ commits: 9, window: { commits: 4, firstDay: '2026-01-06' } })
  expect(churn.get('a')?.commits).toBe(4)
})

it('counts people by the mailmap of the commit', async () => {
  const mailmap = 'Ada <ada@example.com> <bob@example.com>\n'
  const path = createRepo([{ files: { a: '1' }, author: 'Bob' }, { files: { a: '2', '.mailmap': mailmap } }])
  const { facts, churn } = await historyOf(path)
  expect([facts.authors, churn.get('a')?.authors]).toEqual([1, 1])
})

it('checks no signature, since that would run a program of the repository', async () => {
  const path = createRepo([{ files: { a: '1' } }])
  const [head = '', ...rest] = git(path, ['cat-file', 'commit', 'main']).split('\n\n')
  const signed = `${head}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n -----END PGP SIGNATURE-----\n\n${rest.join('\n\n')}\n`
  const commit = git(path, ['hash-object', '-t', 'commit', '-w', '--stdin'], Buffer.from(signed))
  git(path, ['update-ref', 'refs/heads/main', commit])
  const trace = join(tempFolder(), 'trace')
  const program = join(tempFolder(), 'gpg')
  writeFileSync(program, `#!/bin/sh\ntouch ${trace}\n`, { mode: 0o755 })
  git(path, ['config', 'gpg.program', program])
  git(path, ['config', 'log.showSignature', 'true'])
  expect((await historyOf(path)).head.id).toBe(commit)
  expect(existsSync(trace)).toBe(false)
  git(path, ['log', '-1'])
  expect(existsSync(trace)).toBe(true)
})

it('says when it stopped counting commits', async () => {
  const path = createRepo(Array.from({ length: 9 }, (_, at) => ({ files: { a: `${at}` } })))
  expect((await historyOf(path, { maxCommits: 5 })).facts).toMatchObject({ commits: 5, isCounted: false })
  expect((await historyOf(path, { maxCommits: 9 })).facts).toMatchObject({ commits: 9, isCounted: true })
})

it('counts what a merge brings once, where it was made', async () => {
  const path = createRepo([
    { files: { a: 'a\n' } },
    { files: { b: 'b\n' } },
    { files: { a: 'aa\n' }, parents: [0] },
    { files: { b: 'b\n' }, parents: [2, 1] },
  ])
  const { facts, churn } = await historyOf(path)
  expect(facts).toMatchObject({ commits: 4, window: { commits: 3 } })
  expect(churn.get('b')?.commits).toBe(1)
})

it('takes the cut of a shallow clone for no change', async () => {
  const origin = createRepo([{ files: { a: '1', b: '1' } }, { files: { a: '2' } }, { files: { a: '3' } }])
  const path = join(tempFolder(), 'clone')
  git(origin, ['clone', '-q', '--depth', '2', `file://${origin}`, path])
  const { facts, churn } = await historyOf(path)
  expect(facts.commits).toBe(2)
  expect(Object.fromEntries(churn)).toEqual({ a: { commits: 1, insertions: 1, deletions: 1, authors: 1 } })
})

it('is untouched by the config and the working tree of the repository', async () => {
  const [patient, impatient] = ['cededea', 'dbddbce'].map((word) => [...word].join('\n'))
  const path = createRepo([
    { files: { a: lines(3), b: `${patient}\n` } },
    { renames: { a: 'c' } },
    { files: { b: `${impatient}\n` } },
  ])
  const before = await historyOf(path)
  for (const [key, value] of hostile) git(path, ['config', key, value])
  writeFileSync(join(path, '.gitattributes'), '* -diff\n')
  writeFileSync(join(path, '.mailmap'), 'Bob <bob@example.com> <ada@example.com>\n')
  // Git reads the attributes of the folder that it runs in, which is that of this process.
  const folder = process.cwd()
  onTestFinished(() => process.chdir(folder))
  process.chdir(path)
  expect(await historyOf(path)).toEqual(before)
})

const hostile: readonly (readonly [string, string])[] = [
  ['log.showSignature', 'true'],
  ['gpg.program', 'false'],
  ['log.showRoot', 'false'],
  ['log.date', 'nonsense'],
  ['color.ui', 'always'],
  ['core.pager', 'false'],
  ['core.quotepath', 'true'],
  ['diff.renames', 'false'],
  ['diff.algorithm', 'patience'],
  ['diff.external', 'false'],
  ['core.worktree', '..'],
  ['diff.orderFile', '/nowhere'],
  ['format.pretty', 'oneline'],
  ['log.follow', 'true'],
  ['i18n.logOutputEncoding', 'UTF-16'],
]

it('says that a partial clone lacks objects, and fetches nothing', async () => {
  const origin = createRepo([{ files: { a: lines(5) } }, { files: { a: lines(6) } }])
  git(origin, ['config', 'uploadpack.allowFilter', 'true'])
  git(origin, ['config', 'uploadpack.allowAnySHA1InWant', 'true'])
  const path = join(tempFolder(), 'clone')
  git(origin, ['clone', '-q', '--no-checkout', '--filter=blob:none', `file://${origin}`, path])
  await expect(historyOf(path)).rejects.toMatchObject({
    code: 'objects_missing',
    message: expect.stringContaining('fetch --refetch'),
  })
})
