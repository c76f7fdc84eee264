// What a user gets: builds, packs and installs the packages into an empty project, type-checks a host app
// there under `strict`, and runs it on this Node and on Node 22. `npm run packed`. It needs the npm registry.
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleNeutral, runInBareWorker } from './bare-worker.ts'
import { expectSuccess } from './run-command.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const hostFiles = ['host.ts', 'worker.ts']
const npmFlags = ['--no-audit', '--no-fund', '--loglevel=error']
const strict = {
  target: 'ES2023',
  lib: ['ES2023'],
  types: ['node'],
  module: 'NodeNext',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
}

const folder = mkdtempSync(join(tmpdir(), 'baton-packed-'))
const app = join(folder, 'app')
try {
  await packAndRun()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function packAndRun(): Promise<void> {
  await step('build', () =>
    expectSuccess('npm', ['run', '--silent', 'build'], { folder: root, output: 'keep' }),
  )
  const tarballs = await step('pack', packAll)
  for (const tarball of tarballs) await step(`examine ${tarball}`, () => examine(tarball))
  await step('install into an empty project', () => install(tarballs))
  await step('type-check the host app', typeCheck)
  for (const node of [process.execPath, join(app, 'node_modules/node/bin/node')]) {
    const version = (await expectSuccess(node, ['--version'], { output: 'keep' })).trim()
    await step(`run the host app on Node ${version}`, () =>
      expectSuccess(node, ['host.js'], { folder: app, limitMs: 60_000, output: 'keep' }),
    )
  }
  await step('run a flow in a bare worker, without Node', runBare)
}

async function step<T>(name: string, run: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  try {
    const value = await run()
    console.log(`packed: ${name}, ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
    return value
  } catch (error) {
    console.log(`packed: stopped at "${name}"`)
    throw error
  }
}

/** Packs every package that can be published and tells the names of the tarballs. */
async function packAll(): Promise<readonly string[]> {
  for (const name of readdirSync(join(root, 'packages'))) {
    const from = join(root, 'packages', name)
    if (isPrivate(from)) continue
    await expectSuccess('npm', ['pack', '--pack-destination', folder, ...npmFlags], {
      folder: from,
      output: 'keep',
    })
  }
  return readdirSync(folder).filter((file) => file.endsWith('.tgz'))
}

function isPrivate(folder: string): boolean {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).private === true
}

/** What linters of packages say of one tarball: its exports, and how its types resolve. */
async function examine(tarball: string): Promise<void> {
  await expectSuccess('npx', ['publint', 'run', '--strict', join(folder, tarball)], {
    folder: root,
    output: 'keep',
  })
  await expectSuccess('npx', ['attw', join(folder, tarball), '--profile', 'esm-only'], {
    folder: root,
    output: 'keep',
  })
}

/** The tarballs bring themselves and nothing else; then come the tools that a TypeScript project has. */
async function install(tarballs: readonly string[]): Promise<void> {
  mkdirSync(app)
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'host', private: true, type: 'module' }))
  const paths = tarballs.map((tarball) => join(folder, tarball))
  await expectSuccess('npm', ['install', ...npmFlags, ...paths], { folder: app, output: 'keep' })
  const foreign = readdirSync(join(app, 'node_modules')).filter((name) => !/^(@batonjs|\..*)$/.test(name))
  if (foreign.length > 0)
    throw new Error(`The packages brought ${foreign.join(', ')}: bundle or question them`)
  const tools = ['typescript@~5.9.3', '@types/node@^20.19.0', 'node@22']
  await expectSuccess('npm', ['install', ...npmFlags, ...tools], { folder: app, output: 'keep' })
}

async function typeCheck(): Promise<void> {
  for (const file of hostFiles) copyFileSync(join(root, 'scripts/packed-install', file), join(app, file))
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions: strict, files: hostFiles }))
  await expectSuccess(process.execPath, ['node_modules/typescript/bin/tsc'], { folder: app, output: 'keep' })
}

async function runBare(): Promise<void> {
  const answer = await runInBareWorker(await bundleNeutral(join(app, 'worker.ts')))
  if (answer !== 'succeeded: measured') throw new Error(`The flow in the bare worker ended "${answer}"`)
}
