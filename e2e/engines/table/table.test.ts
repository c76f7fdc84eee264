import { expect, it } from 'vitest'
import { CASES } from '../cases/cases.ts'
import { TARGETS } from '../targets/targets.ts'
import { countCells, type PlayedCell, renderTable } from './table.ts'

/** A table in which everything went well, but for what the test says. */
function play(change: (cell: PlayedCell) => Partial<PlayedCell> = () => ({})): readonly PlayedCell[] {
  return TARGETS.flatMap((target) =>
    CASES.map(({ key }) => {
      const cannot = target.cannot[key]
      const cell: PlayedCell = { target: target.key, case: key, state: 'passed' }
      const played = cannot === undefined ? cell : { ...cell, state: 'skipped' as const, cannot }
      return { ...played, ...change(played) }
    }),
  )
}

const rowOf = (table: string, key: string): string => {
  const { title = '' } = CASES.find((it) => it.key === key) ?? {}
  return table.split('\n').find((line) => line.startsWith(`| ${title} |`)) ?? ''
}

it('a row tells each engine, and what cannot be has the number of its reason', () => {
  const table = renderTable(play())
  expect(rowOf(table, 'tool')).toMatch(/\|( yes \|){6}$/)
  const [, note = ''] = /\| no (\(\d\)) \|/.exec(rowOf(table, 'approved')) ?? []
  expect(rowOf(table, 'rejected')).toContain(`| no ${note} |`)
  expect(table).toContain(`\n${note.slice(1, -1)}. headless Gemini cannot ask`)
})

it('what failed, and what was not run or not there, is told apart', () => {
  const cells = play((cell) =>
    cell.target === 'ai' && cell.case === 'tool'
      ? { state: 'failed' }
      : cell.target === 'claude-cli'
        ? { state: 'skipped', missing: 'not installed: claude' }
        : {},
  )
  const row = rowOf(renderTable(cells), 'tool')
  expect(row).toContain('| not installed | yes |')
  expect(row).toContain('| FAILED |')
  expect(rowOf(renderTable([]), 'tool')).toMatch(/\|( not run \|){6}$/)
  expect(countCells(cells)).toBe(
    '15 cases × 6 engines, 72 passed, 1 failed, 2 cannot be, 15 skipped, for what is not installed',
  )
})
