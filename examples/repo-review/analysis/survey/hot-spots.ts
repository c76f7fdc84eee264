import type { FileFacts, HotSpot } from '../facts.ts'

/**
 * Ranks the source files that changed more than once by how often they changed and how long they are:
 * a long file that nobody touches is no trouble, and neither is a short one that everybody does.
 */
export function rankHotSpots(files: readonly FileFacts[]): readonly HotSpot[] {
  const candidates = files.filter(
    ({ kind, lines, churn }) => kind === 'source' && lines > 0 && churn.commits > 1,
  )
  const rankOfCommits = rank(candidates.map(({ churn }) => churn.commits))
  const rankOfLines = rank(candidates.map(({ lines }) => lines))
  return candidates
    .map((file) => {
      const score = 100 * rankOfCommits(file.churn.commits) * rankOfLines(file.lines)
      return toHotSpot(file, Math.round(score))
    })
    .sort((a, b) => b.score - a.score || b.commits * b.lines - a.commits * a.lines)
}

/** The share of all values that are not larger. */
function rank(values: readonly number[]): (value: number) => number {
  const sorted = [...values].sort((a, b) => a - b)
  const ranks = new Map(sorted.map((value, index) => [value, (index + 1) / sorted.length]))
  return (value) => ranks.get(value) ?? 0
}

function toHotSpot({ path, lines, churn }: FileFacts, score: number): HotSpot {
  const { commits, insertions, deletions, authors } = churn
  return {
    path,
    lines,
    commits,
    changedLines: insertions + deletions,
    authors,
    score,
  }
}
