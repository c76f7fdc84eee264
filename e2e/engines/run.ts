// The real CLIs and SDKs through Baton, against the vendor server on loopback.
//
//     npm run e2e                           every case with every engine; prints the table, checks docs/engines.md
//     npm run e2e -- --update               writes the table into docs/engines.md
//     npm run e2e -- claude-cli -t kill     one column, some of its rows; takes whatever vitest takes
import { fileURLToPath } from 'node:url'
import { parseCLI, startVitest } from 'vitest/node'
import { install } from './install.ts'
import { createTableReporter } from './table/reporter.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))
const args = process.argv.slice(2)
const isUpdate = args.includes('--update')
install(folder)
const { filter, options } = parseCLI(['vitest', 'run', ...args.filter((arg) => arg !== '--update')])
const vitest = await startVitest('test', [...filter], {
  ...options,
  config: `${folder}vitest.config.ts`,
  // A report for CI, where `--outputFile.json` says where it is to be.
  reporters: [
    'default',
    createTableReporter({ isUpdate }),
    ...(options.outputFile === undefined ? [] : ['json']),
  ],
})
await vitest.exit()
