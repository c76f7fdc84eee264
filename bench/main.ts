/**
 * Baton beside the floor on the workloads of docs/benchmarks.md, which a whole run writes anew: `npm run bench`.
 *
 * `-- --only W1` measures the workloads whose names begin so, `--quick` does a few rounds, `--folder <path>` keeps the
 * runs there instead of in the system's temporary folder.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { notes } from './notes.ts'
import { type Row, toLine, toPage } from './report.ts'
import { workloads } from './table.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
    folder: { type: 'string', default: tmpdir() },
    child: { type: 'string' },
  },
})

if (values.child === undefined) measureAll()
else await measureHere(values.child)

/** One workload in this process, which has done nothing else; the rows go to whoever started it. */
async function measureHere(id: string): Promise<void> {
  const { quick: isQuick, folder } = values
  const rows = await workloads[id]?.({ isQuick, rounds: isQuick ? 2 : 7, folder })
  console.log(JSON.stringify(rows))
}

function measureAll(): void {
  const folder = mkdtempSync(join(values.folder, 'baton-bench-'))
  const rows = Object.keys(workloads)
    .filter((id) => id.startsWith(values.only))
    .flatMap((id) => measureApart(id, folder))
  rmSync(folder, { recursive: true, force: true })
  if (values.quick || values.only !== '') return
  writeFileSync(fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url)), toPage(rows, notes))
}

function measureApart(id: string, folder: string): readonly Row[] {
  const script = [...process.execArgv, fileURLToPath(import.meta.url)]
  const options = ['--child', id, '--folder', folder, ...(values.quick ? ['--quick'] : [])]
  const { stdout, status } = spawnSync(process.execPath, [...script, ...options], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`Workload ${id} ended with ${status}`)
  const rows: readonly Row[] = JSON.parse(stdout)
  for (const row of rows) console.log(toLine(row))
  return rows
}
