// The structure law: what habits cannot hold, a machine does. `npm run check`, or `-- --only 'file sizes'`.
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { laws } from './check/laws.ts'
import { readRepository } from './check/repository.ts'
import { rulesWithoutTest } from './check/rules.ts'

const { values } = parseArgs({ options: { only: { type: 'string' }, root: { type: 'string' } } })
const repository = readRepository(resolve(values.root ?? fileURLToPath(new URL('..', import.meta.url))))
const chosen = laws.filter(({ name }) => values.only === undefined || name === values.only)
if (chosen.length === 0) {
  throw new Error(`Unknown law "${values.only}". Known: ${laws.map(({ name }) => name).join(', ')}`)
}
const problems = chosen.flatMap(({ name, check }) =>
  check(repository).map((problem) => ({ name, ...problem })),
)

for (const { name, path, line, message } of problems) {
  console.log(`${path}${line === undefined ? '' : `:${line}`} ${message} [${name}]`)
}
const untested = rulesWithoutTest(repository)
console.log(`Rules without a test: ${untested.length === 0 ? 'none' : untested.join(' ')}`)
console.log(`${repository.sources.length} files, ${chosen.length} laws, ${problems.length} problems`)
process.exitCode = problems.length === 0 ? 0 : 1
