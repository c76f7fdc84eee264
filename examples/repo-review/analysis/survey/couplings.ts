import type { Coupling, FileFacts } from '../facts.ts'

const MAX_FILES_PER_COMMIT = 25
const MIN_TOGETHER = 4
const MIN_SHARE = 0.6
const LIMIT = 8

/**
 * Finds source files that keep changing in the same commits although nothing in their names says that
 * they belong together: a dependency that no import shows. Commits that touch many files tell nothing.
 */
export function findCouplings(
  changeSets: readonly (readonly string[])[],
  files: readonly FileFacts[],
): readonly Coupling[] {
  const commits = new Map(
    files.filter(({ kind }) => kind === 'source').map(({ path, churn }) => [path, churn.commits]),
  )
  const pairs = new Map<string, number>()
  for (const paths of changeSets) {
    if (paths.length > MAX_FILES_PER_COMMIT) continue
    for (const pair of pairsOf(paths.filter((path) => isCandidate(commits.get(path))))) {
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
    }
  }
  return [...pairs]
    .map(([pair, together]) => toCoupling(pair, together, commits))
    .filter(isTelling)
    .sort(byStrength)
    .slice(0, LIMIT)
}

function isCandidate(commits: number | undefined): boolean {
  return commits !== undefined && commits >= MIN_TOGETHER
}

function pairsOf(paths: readonly string[]): readonly string[] {
  const sorted = [...paths].sort()
  return sorted.flatMap((a, index) => sorted.slice(index + 1).map((b) => `${a}\0${b}`))
}

function toCoupling(pair: string, together: number, commits: ReadonlyMap<string, number>): Coupling {
  const [a = '', b = ''] = pair.split('\0')
  return { paths: [a, b], together, commits: Math.min(commits.get(a) ?? 0, commits.get(b) ?? 0) }
}

function isTelling({ paths: [a, b], together, commits }: Coupling): boolean {
  return together >= MIN_TOGETHER && together / commits >= MIN_SHARE && stemOf(a) !== stemOf(b)
}

/** `x.c` and `x.h`, `x.tsx` and `x.css` belong together openly. */
function stemOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).split('.')[0] ?? ''
}

function byStrength(a: Coupling, b: Coupling): number {
  const share = b.together / b.commits - a.together / a.commits
  return b.together - a.together || share || (a.paths.join() < b.paths.join() ? -1 : 1)
}
