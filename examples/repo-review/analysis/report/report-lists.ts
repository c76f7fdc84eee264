import type { HotSpot, Marker, Overview } from '../facts.ts'
import { code, count, percent, plain, table, thousands } from './markdown.ts'

/** The long files that keep changing. */
export function hotSpotTable({ hotSpots }: Overview): string {
  if (hotSpots.length === 0) return 'No source file changed more than once in the window.'
  const numbers = ['Lines', 'Commits', 'Lines changed', 'People', 'Heat']
  const rows = hotSpots.map((spot) => [code(spot.path), ...numbersOf(spot)])
  return `${table(['File', ...numbers], rows, numbers)}\n\nHeat is 100 where a file is both the longest and the most often changed one.`
}

function numbersOf({ lines, commits, changedLines, authors, score }: HotSpot): readonly string[] {
  return [lines, commits, changedLines, authors, score].map(thousands)
}

/** The functions that run longest. */
export function functionTable({ largestFunctions }: Overview): string {
  const numbers = ['Lines', 'Depth']
  const rows = largestFunctions.map(({ name, path, line, language, lines, depth }) => {
    return [code(name), code(`${path}:${line}`), plain(language), thousands(lines), String(depth)]
  })
  return rows.length === 0 ? '' : table(['Function', 'Where', 'Language', ...numbers], rows, numbers)
}

/** The files that no import need connect and that change together all the same. */
export function couplingTable({ couplings }: Overview): string {
  const numbers = ['Together', 'Of']
  const rows = couplings.map(({ paths: [a, b], together, commits }) => {
    return [code(a), code(b), String(together), `${commits} (${percent(together, commits)})`]
  })
  return rows.length === 0 ? '' : table(['File', 'and file', ...numbers], rows, numbers)
}

/** The first places that say that they are unfinished. */
export function markerList({ markers, markerList: shown }: Overview): string {
  const lines = shown.map(toLine)
  const rest = markers - shown.length
  return [...lines, ...(rest > 0 ? [`- and ${count(rest, 'other')}, counted by area`] : [])].join('\n')
}

/** A marker with its place. */
export function toLine({ word, path, line, text }: Marker): string {
  return `- ${word} in ${code(`${path}:${line}`)}${text === '' ? '' : `: ${plain(text)}`}`
}
