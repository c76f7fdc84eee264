import type { AreaFacts } from '../facts.ts'
import { code, count, embed, percent, plain, table, thousands } from './markdown.ts'
import type { AreaReview } from './reviews.ts'

/** The areas side by side. */
export function areaTable(areas: readonly AreaFacts[]): string {
  const numbers = ['Files', 'Lines', 'Changes', 'Tests to code', 'Long functions', 'Findings']
  const rows = areas.map((area) => [
    nameOf(area),
    area.risk,
    thousands(area.files),
    thousands(area.lines),
    thousands(area.changes),
    area.sourceLines === 0 ? '–' : percent(area.testLines, area.sourceLines),
    area.functions === 0 ? '–' : `${area.longFunctions} of ${thousands(area.functions)}`,
    String(area.findings.length),
  ])
  return table(['Area', 'Risk', ...numbers], rows, numbers)
}

/** One area: its facts, what the rules found, and what its reviewer says. */
export function areaSection(area: AreaFacts, review: AreaReview | undefined): string {
  const findings = area.findings.map(({ severity, text }) => `- **${severity}**: ${text}`)
  const body = [
    `### ${nameOf(area)}`,
    factLine(area),
    findings.length === 0 ? 'The rules find nothing to remark.' : findings.join('\n'),
    functionLine(area),
    reviewText(review),
  ]
  return body.filter((part) => part !== '').join('\n\n')
}

/** The area's name as a reader sees it. */
export function nameOf({ name }: Pick<AreaFacts, 'name'>): string {
  return name === 'root' ? 'root' : code(name)
}

function factLine({ files, lines, languages, changes, insertions, deletions, risk }: AreaFacts): string {
  const mix = languages
    .slice(0, 3)
    .map((share) => `${plain(share.language)} ${percent(share.lines, lines)}`)
    .join(', ')
  const size = `${count(files, 'file')}, ${count(lines, 'line')}${mix === '' ? '' : ` (${mix})`}`
  const churn =
    changes === 0
      ? 'unchanged'
      : `changed ${count(changes, 'time')} (+${thousands(insertions)} −${thousands(deletions)})`
  return `${size}; ${churn} in the window; risk ${risk}.`
}

function functionLine({ largestFunctions }: AreaFacts): string {
  const shown = largestFunctions.slice(0, 3).map(({ name, lines, path, line }) => {
    return `${code(name)} (${count(lines, 'line')}, ${code(`${path}:${line}`)})`
  })
  return shown.length === 0 ? '' : `Longest functions: ${shown.join(', ')}.`
}

function reviewText(review: AreaReview | undefined): string {
  if (review?.text !== undefined) return embed(review.text, 3)
  return `No review: ${plain(review?.error ?? 'none was made')}.`
}
