import { type AreaFacts, LONG_FUNCTION, type Overview } from '../facts.ts'
import { code, count } from './markdown.ts'
import { nameOf } from './report-areas.ts'
import type { AreaReview } from './reviews.ts'

/** What the report does not tell, and why. */
export function leftOutList(
  { leftOut }: Overview,
  areas: readonly AreaFacts[],
  reviews: ReadonlyMap<string, AreaReview>,
): string {
  const missing = areas.filter(({ key }) => reviews.get(key)?.text === undefined)
  const names = missing.map(nameOf).join(', ')
  const unreviewed =
    missing.length === 0 ? [] : [`${count(missing.length, 'area')} without a review: ${names}.`]
  const lines = [...leftOut, ...unreviewed].map((line) => `- ${line}`)
  return lines.length === 0 ? 'Nothing: every file was read and every area reviewed.' : lines.join('\n')
}

/** How each number came about, so that a reader can doubt it. */
export function method({ history, commit }: Overview): string {
  return [
    `- Everything was read from commit ${code(commit.id.slice(0, 12))} with git. The working tree, branches, settings and the clock play no part, so the same commit with the same history gives this report again, byte for byte.`,
    `- *Churn*: commits among the last ${count(history.window.commits, 'commit')} without merges that touched a file, followed back through renames that git finds (half of the lines alike).`,
    '- *Heat*: rank by commits times rank by lines, among the source files that changed more than once.',
    '- *Files that change together*: source files with at least four common commits, which are at least 60 % of the commits of the one that changed less; commits of more than 25 files do not count.',
    `- *Functions*: a scanner of braces and indentation, no parser, for TypeScript, JavaScript, Python, Go, Rust, Java, C and C++. Odd code is missed or misnamed. Long is over ${LONG_FUNCTION} lines; depth counts blocks within each other.`,
    '- *Kinds*: by path and ending, generated files also by what their head says. *Unfinished*: TODO, FIXME and HACK in comments.',
    '- *Areas*: folders, the heavy ones split, the light ones left with what is around them. *Risk* is high with one finding of high weight, medium with two of medium weight.',
    '- *People* are counted by address and named nowhere.',
  ].join('\n')
}
