/** The table case × engine: from what ran to Markdown. */
import { CASES } from '../cases/cases.ts'
import { TARGETS } from '../targets/targets.ts'
import type { Cell } from './cell.ts'

/** A cell with how it ended. */
export interface PlayedCell extends Cell {
  readonly state: 'passed' | 'failed' | 'skipped'
}

const MARKS = { passed: 'yes', failed: 'FAILED' } as const

/** The table as Markdown. A cell that did not run has the number of its reason; the reasons stand below. */
export function renderTable(cells: readonly PlayedCell[]): string {
  const notes: string[] = []
  const rows = CASES.map(({ key, title }) => {
    const marks = TARGETS.map((target) => {
      const cell = cells.find((it) => it.target === target.key && it.case === key)
      const note = target.cannot[key] ?? target.remarks[key]
      return `${markOf(cell)}${note === undefined ? '' : ` ${noteNumber(notes, note)}`}`
    })
    return `| ${title} | ${marks.join(' | ')} |`
  })
  return [
    `| | ${TARGETS.map(({ title }) => title).join(' | ')} |`,
    `|---|${'---|'.repeat(TARGETS.length)}`,
    ...rows,
    '',
    ...notes.map((note, index) => `${index + 1}. ${note}`),
  ].join('\n')
}

/** How many cells ended in which way. */
export function countCells(cells: readonly PlayedCell[]): string {
  const count = (fits: (cell: PlayedCell) => boolean): number => cells.filter(fits).length
  const missing = count((cell) => cell.missing !== undefined && cell.cannot === undefined)
  return [
    `${CASES.length} cases × ${TARGETS.length} engines`,
    `${count(({ state }) => state === 'passed')} passed`,
    `${count(({ state }) => state === 'failed')} failed`,
    `${count(({ cannot }) => cannot !== undefined)} cannot be`,
    `${missing} skipped, for what is not installed`,
  ].join(', ')
}

function markOf(cell: PlayedCell | undefined): string {
  if (cell === undefined) return 'not run'
  if (cell.cannot !== undefined) return 'no'
  return cell.state === 'skipped' ? 'not installed' : MARKS[cell.state]
}

function noteNumber(notes: string[], note: string): string {
  if (!notes.includes(note)) notes.push(note)
  return `(${notes.indexOf(note) + 1})`
}
