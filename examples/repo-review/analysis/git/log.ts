import type { CommitFacts } from '../facts.ts'
import { printable } from '../printable.ts'
import { at, type GitOptions, type Repository, streamGit } from './git.ts'
import { splitRecords } from './records.ts'

/** A commit with what it changed. */
export interface LoggedCommit {
  readonly commit: CommitFacts
  readonly author: string
  /** It has no parent, or a shallow clone was cut here: its changes are the whole tree. */
  readonly isRoot: boolean
  readonly changes: readonly Change[]
}

/** One file that a commit changed. Lines of a binary file count 0. */
export interface Change {
  readonly path: string
  /** What the file was called before, when the commit renamed it. */
  readonly from?: string
  readonly insertions: number
  readonly deletions: number
}

// Everything that a repository's config could change about the numbers is said here.
const numstat = [
  ...['--numstat', '--find-renames=50%', '--diff-algorithm=myers', '-O/dev/null'],
  ...['--no-ext-diff', '--no-textconv', '--no-color', '--no-indent-heuristic', '--ignore-submodules=none'],
]
const FORMAT = 'commit%x09%H%x09%ct%x09%P%x09%aE%x09%s'

/** Yields the last commits without merges, newest first, each with its changes. */
export async function* readLog(
  repository: Repository,
  count: number,
  options: GitOptions = {},
): AsyncGenerator<LoggedCommit, void, void> {
  const args = ['log', '-z', `-n${count}`, '--no-merges', `--format=${FORMAT}`, ...numstat, repository.commit]
  yield* groupByCommit(readRecords(repository, args, options))
}

/** The commit itself. */
export async function readCommit(repository: Repository, options: GitOptions = {}): Promise<CommitFacts> {
  const args = ['log', '-z', '-n1', `--format=${FORMAT}`, repository.commit]
  for await (const record of readRecords(repository, args, options)) return toCommit(record.split('\t'))
  throw new Error(`git log printed nothing for ${repository.commit}`)
}

/** The records of a log with `-z`; people who use several addresses are merged as the commit's mailmap says. */
export function readRecords(repository: Repository, args: readonly string[], options: GitOptions) {
  const mailmap = ['-c', `mailmap.blob=${repository.commit}:.mailmap`]
  const command = { ...options, path: repository.path, args: at(repository, [...mailmap, ...args]) }
  return splitRecords(streamGit(command))
}

/** The day of a Unix time, UTC. */
export function toDay(seconds: number): string {
  const time = new Date(seconds * 1_000)
  return Number.isNaN(time.getTime()) ? '1970-01-01' : time.toISOString().slice(0, 10)
}

/** A commit is one record, then one for each change; a rename's is followed by the old and the new name. */
async function* groupByCommit(records: AsyncGenerator<string, void, void>): AsyncGenerator<LoggedCommit> {
  let fields: readonly string[] | undefined
  let changes: Change[] = []
  for await (const record of records) {
    if (!record.startsWith('commit\t')) {
      changes.push(await toChange(record, records))
      continue
    }
    if (fields !== undefined) yield toLoggedCommit(fields, changes)
    fields = record.split('\t')
    changes = []
  }
  if (fields !== undefined) yield toLoggedCommit(fields, changes)
}

async function toChange(record: string, records: AsyncGenerator<string, void, void>): Promise<Change> {
  const [insertions, deletions, ...rest] = record.trimStart().split('\t')
  const counts = { insertions: Number(insertions) || 0, deletions: Number(deletions) || 0 }
  const path = rest.join('\t')
  if (path !== '') return { path, ...counts }
  const from = (await records.next()).value ?? ''
  return { path: (await records.next()).value ?? '', from, ...counts }
}

function toLoggedCommit(fields: readonly string[], changes: readonly Change[]): LoggedCommit {
  const [, , , parents, author = ''] = fields
  return { commit: toCommit(fields), author: author.toLowerCase(), isRoot: parents === '', changes }
}

function toCommit([, id = '', time, , , ...subject]: readonly string[]): CommitFacts {
  return { id, day: toDay(Number(time)), subject: printable(subject.join(' '), 100) }
}
