import type { FileFacts, FunctionFacts, HistoryFacts, RepoFacts } from '../facts.ts'

/** A file as a test needs it: 100 lines of TypeScript that changed once. */
export function fileFacts(path: string, facts: Partial<FileFacts> = {}): FileFacts {
  return {
    path,
    bytes: 1_000,
    lines: 100,
    language: 'TypeScript',
    kind: 'source',
    unread: null,
    markers: 0,
    functions: 5,
    longFunctions: 0,
    churn: { commits: 1, insertions: 100, deletions: 0, authors: 1 },
    ...facts,
  }
}

/** The churn of a file that changed in so many commits. */
export function changed(commits: number, lines = 10, authors = 2): FileFacts['churn'] {
  return { commits, insertions: commits * lines, deletions: commits * lines, authors }
}

/** A function as a test needs it. */
export function functionFacts(path: string, lines: number, depth: number): FunctionFacts {
  return { path, line: 7, name: 'work', language: 'TypeScript', lines, depth }
}

/** A repository of these files, with a history of so many commits. */
export function repoFacts(
  files: readonly FileFacts[],
  facts: Partial<RepoFacts> = {},
  commits = 100,
): RepoFacts {
  const commit = { id: 'c0ffee'.repeat(6).concat('c0ff'), day: '2026-03-01', subject: 'Say | it' }
  const history: HistoryFacts = {
    commits,
    isCounted: true,
    authors: 3,
    firstDay: '2025-03-01',
    lastDay: '2026-03-01',
    ageDays: 365,
    window: { commits, firstDay: '2025-03-01', lastDay: '2026-03-01' },
    recent: [commit],
  }
  const lists = { functions: [], markers: [], couplings: [], leftOut: [] }
  return { name: 'acme', commit, branch: 'main', isShallow: false, history, files, ...lists, ...facts }
}
