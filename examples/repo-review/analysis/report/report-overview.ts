import { type AreaFacts, type FileKind, LONG_FUNCTION, type Overview } from '../facts.ts'
import { code, count, percent, plain, size, table, thousands } from './markdown.ts'

/** The repository in one table. */
export function factTable(overview: Overview, areas: readonly AreaFacts[]): string {
  const { history, functions, longFunctions, markers, lines } = overview
  const rows = [
    ['History', historyLine(overview)],
    ['Window', `${count(history.window.commits, 'commit')} without merges, ${days(history.window)}`],
    ['Files', `${thousands(overview.files)} (${size(overview.bytes)}): ${kindList(overview)}`],
    ['Lines', `${thousands(lines)} that people here wrote: ${languageList(overview)}`],
    ['Tests', testLine(overview)],
    [
      'Functions',
      `${thousands(functions)}; ${percent(longFunctions, functions)} run over ${LONG_FUNCTION} lines`,
    ],
    ['Unfinished', markers === 0 ? 'no marker' : count(markers, 'marker')],
    ['Areas', `${areas.length}: ${riskList(areas)}`],
  ]
  return table(['What', 'How much'], rows)
}

/** The latest commits that changed something. */
export function recentList({ history: { recent } }: Overview): string {
  return recent
    .map(({ id, day, subject }) => `- ${day} ${code(id.slice(0, 10))} ${plain(subject)}`)
    .join('\n')
}

function historyLine({ history }: Overview): string {
  const commits = `${history.isCounted ? '' : 'more than '}${count(history.commits, 'commit')}`
  const age = history.ageDays === 0 ? 'within one day' : `over ${count(history.ageDays, 'day')}`
  return `${commits} by ${count(history.authors, 'author')} ${age}, ${days(history)}`
}

function days({ firstDay, lastDay }: { readonly firstDay: string; readonly lastDay: string }): string {
  return firstDay === lastDay ? firstDay : `${firstDay} to ${lastDay}`
}

function kindList({ kinds }: Overview): string {
  return kinds.map(({ kind, files }) => `${thousands(files)} ${kind}`).join(', ')
}

function languageList({ languages }: Overview): string {
  const lines = languages.reduce((sum, share) => sum + share.lines, 0)
  const shown = languages
    .slice(0, 6)
    .map((share) => `${plain(share.language)} ${percent(share.lines, lines)}`)
  return shown.join(', ') || 'none'
}

function testLine({ kinds }: Overview): string {
  const lines = (wanted: FileKind) => kinds.find(({ kind }) => kind === wanted)?.lines ?? 0
  const [test, source] = [lines('test'), lines('source')]
  return `${count(test, 'line')} for ${count(source, 'line')} of code${source === 0 ? '' : ` (${percent(test, source)})`}`
}

function riskList(areas: readonly AreaFacts[]): string {
  const counts = (['high', 'medium', 'low'] as const).map((risk) => ({
    risk,
    number: areas.filter((area) => area.risk === risk).length,
  }))
  return counts
    .filter(({ number }) => number > 0)
    .map(({ risk, number }) => `${number} of ${risk} risk`)
    .join(', ')
}
