import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { openRepository } from './repository.ts'
import { createRepo, git, tempFolder } from './temp-repo.fixture.ts'

const one = [{ files: { 'a.ts': 'export const a = 1\n' } }]

it('opens a repository from a folder inside it', async () => {
  const path = createRepo(one)
  mkdirSync(join(path, 'deep/er'), { recursive: true })
  const repository = await openRepository(join(path, 'deep/er'))
  expect(repository).toMatchObject({
    branch: 'main',
    isShallow: false,
    commit: git(path, ['rev-parse', 'main']),
  })
})

it('opens a bare repository', async () => {
  const path = createRepo(one, ['--bare'])
  expect((await openRepository(path)).commit).toMatch(/^[0-9a-f]{40}$/)
})

it('has no branch on a detached head', async () => {
  const path = createRepo([...one, { files: { 'b.ts': '' } }])
  git(path, ['checkout', '-q', '--detach', 'main~1'])
  const repository = await openRepository(path)
  expect(repository.branch).toBeNull()
  expect(repository.commit).toBe(git(path, ['rev-parse', 'main~1']))
})

it('opens a linked worktree at its own head', async () => {
  const path = createRepo([...one, { files: { 'b.ts': '' } }])
  const linked = join(tempFolder(), 'linked')
  git(path, ['worktree', 'add', '-q', '--detach', linked, 'main~1'])
  expect((await openRepository(linked)).commit).toBe(git(path, ['rev-parse', 'main~1']))
})

it('opens a submodule', async () => {
  const path = createRepo(one)
  const sub = createRepo([{ files: { 'inner.ts': '' } }])
  git(path, ['reset', '-q', '--hard'])
  git(path, ['submodule', '--quiet', 'add', sub, 'sub'])
  expect((await openRepository(join(path, 'sub'))).commit).toBe(git(sub, ['rev-parse', 'main']))
})

it('opens a repository that somebody else owns, since it was named on purpose', async () => {
  const path = createRepo(one)
  const real = execFileSync('which', ['git']).toString().trim()
  const folder = tempFolder()
  const script = `#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec ${real} "$@"\n`
  writeFileSync(join(folder, 'git'), script, { mode: 0o755 })
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
  onTestFinished(() => void vi.unstubAllEnvs())
  expect((await openRepository(path)).branch).toBe('main')
})

it('tells a folder without a repository, and the way out', async () => {
  const path = tempFolder()
  await expect(openRepository(path)).rejects.toMatchObject({
    code: 'not_a_repository',
    message: `"${path}" lies in no git repository. Name another folder, or make it one: git -C "${path}" init, then commit`,
  })
})

it('tells a repository without a commit, and the way out', async () => {
  const path = createRepo([])
  await expect(openRepository(path)).rejects.toMatchObject({
    code: 'no_commits',
    message: expect.stringContaining(`git -C "${path}" add . && git -C "${path}" commit`),
  })
})

it('tells a path that is not there or no folder', async () => {
  const path = tempFolder()
  writeFileSync(join(path, 'file'), '')
  const notThere = {
    code: 'path_not_found',
    message: expect.stringContaining(`"${path}/nowhere" does not exist`),
  }
  await expect(openRepository(join(path, 'nowhere'))).rejects.toMatchObject(notThere)
  const noFolder = { code: 'path_not_found', message: expect.stringContaining(`"${path}/file" is no folder`) }
  await expect(openRepository(join(path, 'file'))).rejects.toMatchObject(noFolder)
})

it('passes a damaged repository on with what git said', async () => {
  const path = createRepo(one)
  writeFileSync(join(path, '.git/config'), '[core\n')
  await expect(openRepository(path)).rejects.toMatchObject({
    code: 'git_failed',
    message: expect.stringContaining('bad config line'),
  })
})
