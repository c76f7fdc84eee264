import type { Law, Problem } from './law.ts'
import type { Package, Repository } from './repository.ts'

const rootFiles = [
  'README.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
  'tsconfig.json',
  'vitest.workspace.ts',
  'vitest.config.ts',
  'biome.json',
  '.changeset/config.json',
  '.ci/run',
  '.github/workflows/ci.yml',
  'docs/architecture.md',
  'docs/events.md',
  'docs/flows.md',
  'docs/errors.md',
  'docs/writing-an-engine.md',
  'docs/writing-a-storage.md',
]
const packageFiles = [
  'README.md',
  'LICENSE',
  'package.json',
  'tsup.config.ts',
  'tsconfig.json',
  'src/index.ts',
]
const readmeCaps = { root: 120, package: 50 }
const buildConfigCap = 20

/** The files that a reader, a tool or a user expects, and how long the pages may be. */
export const requiredFiles: Law = {
  name: 'required files',
  check: (repository) => [
    ...missing(repository, rootFiles),
    ...tooLong(repository, 'README.md', readmeCaps.root),
    ...decisions(repository),
    ...exampleFolders(repository),
    ...published(repository).flatMap((item) => packageProblems(repository, item)),
  ],
}

/** An adapter proves itself with the kit of its port. */
export const kits: Law = {
  name: 'kits',
  check: (repository) => published(repository).flatMap((item) => kitProblems(repository, item)),
}

function published(repository: Repository): readonly Package[] {
  return repository.packages.filter((item) => item.folder.startsWith('packages/'))
}

function packageProblems(repository: Repository, item: Package): readonly Problem[] {
  const { folder } = item
  return [
    ...missing(
      repository,
      packageFiles.map((file) => `${folder}/${file}`),
    ),
    ...tooLong(repository, `${folder}/README.md`, readmeCaps.package),
    ...tooLong(repository, `${folder}/tsup.config.ts`, buildConfigCap),
    ...manifestProblems(item),
    ...(testsOf(repository, folder).length === 0
      ? [{ path: folder, message: 'has no test. Add src/<file>.test.ts beside the code' }]
      : []),
  ]
}

function manifestProblems({ folder, manifest }: Package): readonly Problem[] {
  const entry = JSON.stringify(manifest.exports?.['.'] ?? {})
  const wanted: readonly (readonly [boolean, string])[] = [
    [manifest.license === 'MIT', '"license": "MIT"'],
    [manifest.type === 'module', '"type": "module"'],
    [manifest.sideEffects === false, '"sideEffects": false'],
    [manifest.name === folder.replace('packages/', '@batonjs/'), 'the name @batonjs/<folder>'],
    [entry.startsWith('{"@batonjs/source":"./src/index.ts"'), 'the condition "@batonjs/source" first'],
  ]
  return wanted
    .filter(([holds]) => !holds)
    .map(([, what]) => ({ path: `${folder}/package.json`, message: `lacks ${what}` }))
}

function kitProblems(repository: Repository, { folder }: Package): readonly Problem[] {
  const port = /^packages\/(engine|storage)-/.exec(folder)?.[1]
  if (port === undefined) return []
  const kit = port === 'engine' ? 'testEngine' : 'testStorage'
  const proven = testsOf(repository, folder).some(
    ({ text }) => text.includes(`${kit}(`) && text.includes("'@batonjs/testkit'"),
  )
  return proven ? [] : [{ path: folder, message: `is an adapter without its kit: call ${kit}() in a test` }]
}

function testsOf(repository: Repository, folder: string) {
  return repository.sources.filter(({ path }) => path.startsWith(`${folder}/`) && path.endsWith('.test.ts'))
}

function exampleFolders({ files }: Repository): readonly Problem[] {
  const folders = new Set([...files.keys()].flatMap((path) => /^examples\/[^/]+(?=\/)/.exec(path)?.[0] ?? []))
  return [...folders]
    .filter((folder) => !files.has(`${folder}/main.ts`))
    .map((folder) => ({ path: folder, message: 'has no main.ts: an example is one file that runs' }))
}

function decisions({ files }: Repository): readonly Problem[] {
  const some = [...files.keys()].some((path) => /^docs\/decisions\/[^/]+\.md$/.test(path))
  return some ? [] : [{ path: 'docs/decisions', message: 'is missing or holds no page' }]
}

function missing({ files }: Repository, paths: readonly string[]): readonly Problem[] {
  return paths.filter((path) => !files.has(path)).map((path) => ({ path, message: 'is missing' }))
}

function tooLong({ files }: Repository, path: string, cap: number): readonly Problem[] {
  const lines = (files.get(path) ?? '').trimEnd().split('\n').length
  return lines > cap ? [{ path, message: `has ${lines} lines, at most ${cap} are allowed` }] : []
}
