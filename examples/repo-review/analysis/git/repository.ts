import { stat } from 'node:fs/promises'
import { at, type GitOptions, inside, type Repository, readGit } from './git.ts'
import { RepoError } from './repo-error.ts'

/**
 * Finds the repository that a folder lies in, bare ones and worktrees included, and pins its commit.
 * Throws `path_not_found`, `not_a_repository` or `no_commits`.
 */
export async function openRepository(path: string, options: GitOptions = {}): Promise<Repository> {
  const gitDir = await findGitDir(path, options)
  const ask = (...args: string[]) => readGit({ ...options, path, args: at({ gitDir }, args) })
  const commit = await ask('rev-parse', '--verify', '--end-of-options', 'HEAD^{commit}').catch((error) => {
    throw isFailure(error) ? noCommits(path) : error
  })
  const branch = await ask('symbolic-ref', '--short', 'HEAD').catch((error) => {
    if (isFailure(error)) return null
    throw error
  })
  const isShallow = (await ask('rev-parse', '--is-shallow-repository')) === 'true'
  return { path, gitDir, commit, branch, isShallow }
}

async function findGitDir(path: string, options: GitOptions): Promise<string> {
  const folder = await stat(path).catch(() => undefined)
  const way = 'Name a folder inside a git repository'
  if (folder === undefined) throw new RepoError('path_not_found', `"${path}" does not exist. ${way}`)
  if (!folder.isDirectory()) throw new RepoError('path_not_found', `"${path}" is no folder. ${way}`)
  const args = inside(path, ['rev-parse', '--absolute-git-dir'])
  return readGit({ ...options, path, args }).catch((error) => {
    throw isFailure(error) && /not a git repository/.test(error.message) ? notARepository(path) : error
  })
}

function isFailure(error: unknown): error is RepoError {
  return error instanceof RepoError && error.code === 'git_failed'
}

function notARepository(path: string): RepoError {
  const way = `Name another folder, or make it one: git -C "${path}" init, then commit`
  return new RepoError('not_a_repository', `"${path}" lies in no git repository. ${way}`)
}

function noCommits(path: string): RepoError {
  const way = `Commit first: git -C "${path}" add . && git -C "${path}" commit -m "Begin"`
  return new RepoError('no_commits', `The repository at "${path}" has no commit to review. ${way}`)
}
