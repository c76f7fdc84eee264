import type { Churn, CommitFacts, HistoryFacts } from '../facts.ts'
import { createChurnCounter } from './churn.ts'
import type { GitOptions, Repository } from './git.ts'
import { readCommit, readLog, readRecords, toDay } from './log.ts'
import { createRenames } from './renames.ts'

/** How far back history is read. */
export interface HistoryOptions extends GitOptions {
  /** Commits without merges from which churn is counted. @default 500 */
  readonly commits?: number
  /** Commits that are counted at most. @default 100_000 */
  readonly maxCommits?: number
}

/** What the history tells. */
export interface History {
  readonly head: CommitFacts
  readonly facts: HistoryFacts
  /** By present path; a file that did not change in the window is not in it. */
  readonly churn: ReadonlyMap<string, Churn>
  /** The present paths that each commit of the window touched. */
  readonly changeSets: readonly (readonly string[])[]
}

const RECENT = 8
const DAY_MS = 86_400_000

/** Reads the history of the commit: totals, the latest commits, and how often each tracked file changed. */
export async function readHistory(
  repository: Repository,
  tracked: ReadonlySet<string>,
  options: HistoryOptions = {},
): Promise<History> {
  const head = await readCommit(repository, options)
  const totals = await readTotals(repository, options)
  const { commits, churn, changeSets } = await readWindow(repository, tracked, options)
  const days = commits.map(({ day }) => day).sort()
  const facts = {
    ...totals,
    lastDay: head.day,
    ageDays: Math.max(0, Math.round((Date.parse(head.day) - Date.parse(totals.firstDay)) / DAY_MS)),
    window: { commits: commits.length, firstDay: days[0] ?? head.day, lastDay: days.at(-1) ?? head.day },
    recent: commits.slice(0, RECENT),
  }
  return { head, facts, churn, changeSets }
}

async function readTotals(repository: Repository, options: HistoryOptions) {
  const maxCommits = options.maxCommits ?? 100_000
  const args = ['log', '-z', `-n${maxCommits + 1}`, '--format=%ct%x09%aE', repository.commit]
  const authors = new Set<string>()
  let commits = 0
  let first = Number.POSITIVE_INFINITY
  for await (const record of readRecords(repository, args, options)) {
    commits++
    if (commits > maxCommits) break
    const [time, author = ''] = record.split('\t')
    authors.add(author.toLowerCase())
    first = Math.min(first, Number(time))
  }
  const isCounted = commits <= maxCommits
  return {
    commits: Math.min(commits, maxCommits),
    isCounted,
    authors: authors.size,
    firstDay: toDay(first),
  }
}

async function readWindow(repository: Repository, tracked: ReadonlySet<string>, options: HistoryOptions) {
  const counter = createChurnCounter(createRenames(tracked))
  const commits: CommitFacts[] = []
  const changeSets: (readonly string[])[] = []
  for await (const logged of readLog(repository, options.commits ?? 500, options)) {
    commits.push(logged.commit)
    // Where a shallow clone is cut, a commit seems to add every file.
    if (!(repository.isShallow && logged.isRoot)) changeSets.push(counter.add(logged))
  }
  return { commits, churn: counter.churn(), changeSets }
}
