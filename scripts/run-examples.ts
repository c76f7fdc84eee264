// Runs every examples/*/main.ts from source, as a reader would, and fails on the first that does not end well.
// `npm run examples`, or `npm run examples -- hello resume` for some of them.
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runCommand } from './run-command.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const limitMs = 120_000

const known = readdirSync(`${root}examples`).filter((name) => existsSync(`${root}examples/${name}/main.ts`))
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !known.includes(name))
if (unknown.length > 0)
  throw new Error(`Unknown example "${unknown.join('", "')}". Known: ${known.join(', ')}`)
if (known.length === 0) throw new Error('examples/ holds no example: expected examples/<name>/main.ts')

for (const name of asked.length > 0 ? asked : known) {
  const startedAt = performance.now()
  const flags = ['--conditions=@batonjs/source', '--import', 'tsx', `examples/${name}/main.ts`]
  const { code, timedOut, output } = await runCommand(process.execPath, flags, {
    folder: root,
    limitMs,
    output: 'keep',
  })
  const took = `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
  if (code !== 0) {
    console.log(output)
    console.log(`examples/${name} ${timedOut ? 'was killed' : `ended with ${code}`} after ${took}`)
    process.exit(1)
  }
  console.log(`examples/${name} ended well in ${took}`)
}
