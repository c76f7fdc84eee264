import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** What a commit of a test repository does; authors and days have defaults, so ids are the same each time. */
export interface TestCommit {
  /** Content by path; `null` deletes the file. */
  readonly files?: Readonly<Record<string, string | Buffer | null>>
  /** New name by old name. */
  readonly renames?: Readonly<Record<string, string>>
  /** Target by path. */
  readonly links?: Readonly<Record<string, string>>
  /** Commit by path. */
  readonly submodules?: Readonly<Record<string, string>>
  readonly author?: string
  /** Day after 2026-01-01. @default the place of the commit in the list */
  readonly day?: number
  readonly message?: string
  /** Place in the list of the parent, and of the one that is merged. @default the commit before */
  readonly parents?: readonly number[]
}

const FIRST_DAY = Date.UTC(2026, 0, 1, 12) / 1_000

/** Makes a repository in a temp folder that the test's end removes; the last commit is the head. */
export function createRepo(commits: readonly TestCommit[], options: readonly string[] = []): string {
  const path = tempFolder()
  git(path, ['init', '-q', '-b', 'main', ...options])
  if (commits.length > 0) git(path, ['fast-import', '--quiet', '--force'], toStream(commits))
  return path
}

/** A folder of its own for the running test. */
export function tempFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'repo-review-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Runs git with an explicit environment, never the machine's. */
export function git(path: string, args: readonly string[], input?: Buffer): string {
  const env = {
    PATH: process.env.PATH,
    HOME: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_AUTHOR_DATE: `${FIRST_DAY} +0000`,
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
    GIT_COMMITTER_DATE: `${FIRST_DAY} +0000`,
    LC_ALL: 'C',
  }
  const config = ['-c', 'protocol.file.allow=always', '-c', 'safe.directory=*']
  return execFileSync('git', [...config, '-C', path, ...args], {
    env,
    ...(input ? { input } : {}),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
    .toString()
    .trim()
}

function toStream(commits: readonly TestCommit[]): Buffer {
  const parts = commits.flatMap((commit, index) => [...header(commit, index), ...changes(commit), '\n'])
  return Buffer.concat(parts.map((part) => Buffer.from(part)))
}

function header(commit: TestCommit, index: number): readonly (string | Buffer)[] {
  const { author = 'Ada', day = index, message = `Commit ${index + 1}` } = commit
  const who = `${author} <${author.toLowerCase()}@example.com> ${FIRST_DAY + day * 86_400} +0000`
  const [from, ...merged] = commit.parents ?? (index === 0 ? [] : [index - 1])
  return [
    `commit refs/heads/main\nmark :${index + 1}\nauthor ${who}\ncommitter ${who}\n`,
    ...data(message),
    from === undefined ? '' : `from :${from + 1}\n`,
    ...merged.map((parent) => `merge :${parent + 1}\n`),
  ]
}

function changes({ files = {}, renames = {}, links = {}, submodules = {} }: TestCommit) {
  return [
    ...Object.entries(renames).map(([from, to]) => `R ${quote(from)} ${quote(to)}\n`),
    ...Object.entries(files).flatMap(([path, content]) => {
      return content === null
        ? [`D ${quote(path)}\n`]
        : [`M 100644 inline ${quote(path)}\n`, ...data(content)]
    }),
    ...Object.entries(links).flatMap(([path, to]) => [`M 120000 inline ${quote(path)}\n`, ...data(to)]),
    ...Object.entries(submodules).map(([path, commit]) => `M 160000 ${commit} ${quote(path)}\n`),
  ]
}

function data(content: string | Buffer): readonly (string | Buffer)[] {
  return [`data ${Buffer.byteLength(content)}\n`, content, '\n']
}

function quote(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`
}
