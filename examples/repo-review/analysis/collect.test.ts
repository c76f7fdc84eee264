import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createRepo, git, type TestCommit, tempFolder } from './git/temp-repo.fixture.ts'
import {
  collectFacts,
  renderReport,
  splitAreas,
  syntheticCritique,
  syntheticReview,
  syntheticSynthesis,
} from './index.ts'

/** A project with a history: renames, odd names, a link, a submodule, generated and binary files, markers. */
const project: readonly TestCommit[] = [
  {
    files: {
      'package.json': '{ "name": "acme" }\n',
      'package-lock.json': '{}\n'.repeat(50),
      'src/core/old.ts': source('old', 90),
      'src/web/a|`b.ts': source('view', 120),
      'src/web/日本 "x".py': 'def f():\n    pass  # FIXME: now\n',
      'logo.png': Buffer.from([0, 1, 2]),
      'docs/guide.md': '# Guide\n',
    },
    links: { link: '/etc/passwd' },
    submodules: { sub: 'a'.repeat(40) },
  },
  { renames: { 'src/core/old.ts': 'src/core/new.ts' }, author: 'Bob' },
  ...Array.from({ length: 9 }, (_, at) => ({
    files: { 'src/core/new.ts': source('new', 95 + at) },
    author: 'Cy',
  })),
]

function source(name: string, lines: number): string {
  return `export function ${name}() {\n${'  work() // TODO: less\n'.repeat(lines)}}\n`
}

/** The whole job without a kernel: what the flow does with the stub engine. */
async function report(path: string): Promise<string> {
  const survey = splitAreas(await collectFacts(path))
  const reviews = survey.areas.map((area) => ({ area: area.key, text: syntheticReview(area) }))
  const synthesis = syntheticSynthesis(survey.brief)
  const critique = syntheticCritique(survey.brief, synthesis)
  return renderReport({ survey, reviews, synthesis, critique, isSynthetic: true })
}

it('gives the same report of one commit again, byte for byte, wherever and however it lies there', async () => {
  const path = createRepo(project)
  const first = await report(path)
  expect(await report(path)).toBe(first)
  const clone = join(tempFolder(), 'under another name')
  git(path, ['clone', '-q', '--no-recurse-submodules', path, clone])
  git(clone, ['checkout', '-q', '--detach'])
  makeDirty(clone)
  expect(await report(clone)).toBe(first)
  expect(await report(join(clone, 'src/core'))).toBe(first)
  const bare = join(tempFolder(), 'bare')
  git(path, ['clone', '-q', '--bare', path, bare])
  expect(await report(bare)).toBe(first)
  for (const [name, value] of [
    ['folder', path],
    ['address', 'bob@'],
    ['author', 'Bob'],
  ] as const) {
    expect(first, name).not.toContain(value)
  }
})

function makeDirty(clone: string): void {
  writeFileSync(join(clone, 'package.json'), '{ "name": "other" }')
  writeFileSync(join(clone, '.gitattributes'), '* -diff\n')
  writeFileSync(join(clone, 'untracked.ts'), source('untracked', 500))
  mkdirSync(join(clone, 'src/new'))
  writeFileSync(join(clone, 'src/new/staged.ts'), source('staged', 500))
  git(clone, ['add', 'src/new/staged.ts'])
  git(clone, ['config', 'diff.renames', 'false'])
}

it('collects what the report tells', async () => {
  const facts = await collectFacts(createRepo(project))
  expect(facts).toMatchObject({ name: 'acme', branch: 'main', history: { commits: 11, authors: 3 } })
  expect(facts.files.find(({ path }) => path === 'src/core/new.ts')).toMatchObject({
    lines: 105,
    churn: { commits: 11, authors: 3 },
  })
  expect(facts.leftOut).toEqual([
    '1 generated file (150 bytes): counted, not reviewed: a tool writes them.',
    '1 binary file (3 bytes): counted, not read.',
    '1 submodule: not entered, each is a repository of its own.',
    '1 symbolic link: not followed.',
  ])
})

it('says what its bounds left out', async () => {
  const facts = await collectFacts(createRepo(project), { maxFiles: 6, maxCommits: 5, maxFileBytes: 2_600 })
  expect(facts.files).toHaveLength(6)
  expect(facts.leftOut.slice(2)).toEqual([
    '1 big file (3 kB): not read, such as ``src/web/a|`b.ts`` (3 kB).',
    '1 file at the end of the tree: not listed.',
    '1 submodule: not entered, each is a repository of its own.',
    '1 symbolic link: not followed.',
    'Commits before the last 5: not counted.',
  ])
})

it('reports on an empty commit', async () => {
  const path = createRepo([{ message: 'Nothing yet' }])
  expect(await report(path)).toContain('Nothing yet')
})

it('fails with a code and the way out, so that the step that calls it does', async () => {
  await expect(collectFacts(tempFolder())).rejects.toMatchObject({
    code: 'not_a_repository',
    retryable: false,
  })
})

it('stops when the signal aborts', async () => {
  const path = createRepo(project)
  const reason = new Error('stopped')
  await expect(collectFacts(path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})
