/** Prints the table after a run, and holds docs/engines.md to it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Reporter, TestCase } from 'vitest/node'
import { CASES } from '../cases/cases.ts'
import { killIn, renderKills } from '../kills/kill-row.ts'
import { TARGETS } from '../targets/targets.ts'
import { cellIn } from './cell.ts'
import { countCells, type PlayedCell, renderTable } from './table.ts'

const PAGE = fileURLToPath(new URL('../../../docs/engines.md', import.meta.url))
const PLACE = /(?<=<!-- e2e -->\n)[\s\S]*?(?=\n<!-- \/e2e -->)/

/** The reporter that vitest is given. Without `isUpdate` a page that tells another table fails the run. */
export function createTableReporter({ isUpdate }: { readonly isUpdate: boolean }): Reporter {
  return {
    onTestRunEnd(modules) {
      const tests = modules.flatMap(({ children }) => [...children.allTests()])
      const kills = tests.flatMap((test) => killIn(test.meta()) ?? [])
      if (kills.length > 0) console.log(`\n${renderKills(kills)}`)
      const cells = tests.flatMap(cellOf)
      if (cells.length === 0) return
      const table = renderTable(cells)
      console.log(`\n${table}\n\n${countCells(cells)}`)
      // A part of the table, or one with a failure, says nothing about the page.
      const settled = cells.filter(({ state, cannot }) => state === 'passed' || cannot !== undefined)
      if (settled.length === CASES.length * TARGETS.length) holdPage(table, isUpdate)
    },
  }
}

function cellOf(test: TestCase): readonly PlayedCell[] {
  const cell = cellIn(test.meta())
  const { state } = test.result()
  return cell === undefined || state === 'pending' ? [] : [{ ...cell, state }]
}

function holdPage(table: string, isUpdate: boolean): void {
  const page = readFileSync(PAGE, 'utf8')
  if (PLACE.exec(page)?.[0] === table) return
  if (isUpdate) {
    writeFileSync(
      PAGE,
      page.replace(PLACE, () => table),
    )
    console.log('docs/engines.md is written anew.')
    return
  }
  console.log('docs/engines.md tells another table. `npm run e2e -- --update` writes this one.')
  process.exitCode = 1
}
