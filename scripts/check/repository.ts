import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** The repository as the laws see it: texts by their path from the root, and what is read from them. */
export interface Repository {
  readonly files: ReadonlyMap<string, string>
  readonly packages: readonly Package[]
  readonly sources: readonly Source[]
  /** The names that the root package declares for tests, scripts and configs. */
  readonly rootNames: ReadonlySet<string>
}

/** A folder with a package.json: `packages/<name>`, `examples`, `bench` or `e2e/<name>`. */
export interface Package {
  readonly folder: string
  readonly manifest: Manifest
  /** Its build puts the development dependencies into the dist (tsup `noExternal`). */
  readonly bundles: boolean
}

export interface Manifest {
  readonly name?: string
  readonly private?: boolean
  readonly license?: string
  readonly type?: string
  readonly sideEffects?: boolean
  readonly exports?: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** A TypeScript file, parsed. */
export interface Source {
  readonly path: string
  readonly text: string
  readonly tree: ts.SourceFile
  /** `x.test.ts`, `x.fixture.ts`, or anything in a `test/` folder. */
  readonly isTest: boolean
  /** `x.config.ts` and `vitest.workspace.ts`: the tools want a default export there. */
  readonly isConfig: boolean
  readonly package: Package | undefined
}

const skippedFolders = new Set(['node_modules', 'dist', 'coverage', '.git', '.baton', 'runs'])
const readFiles = /\.(ts|tsx|md|json|yml|yaml)$|^(LICENSE|run)$/

/** Reads the repository under `root` from the disk. */
export function readRepository(root: string): Repository {
  const files = new Map<string, string>()
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder ? `${folder}/${entry.name}` : entry.name
      if (entry.isDirectory() && !isSkipped(folder, entry.name)) visit(path)
      if (entry.isFile() && readFiles.test(entry.name))
        files.set(path, readFileSync(join(root, path), 'utf8'))
    }
  }
  visit('')
  return toRepository(files)
}

/** Builds the repository from texts. Tests break one law at a time with it. */
export function toRepository(files: ReadonlyMap<string, string>): Repository {
  const packages = [...files.keys()]
    .filter((path) => /^(packages\/[^/]+|examples|bench|e2e\/[^/]+)\/package\.json$/.test(path))
    .map((path) => toPackage(files, path.slice(0, -'/package.json'.length)))
  const sources = [...files]
    .filter(([path]) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
    .map(([path, text]) => toSource(path, text, packages))
  const root = toManifest(files.get('package.json'))
  return {
    files,
    packages,
    sources,
    rootNames: new Set(Object.keys({ ...root.dependencies, ...root.devDependencies })),
  }
}

function isSkipped(folder: string, name: string): boolean {
  // Only at the root may a folder be called `runs`: there it holds the runs of the examples.
  return skippedFolders.has(name) && !(name === 'runs' && folder !== '')
}

function toPackage(files: ReadonlyMap<string, string>, folder: string): Package {
  return {
    folder,
    manifest: toManifest(files.get(`${folder}/package.json`)),
    bundles: (files.get(`${folder}/tsup.config.ts`) ?? '').includes('noExternal'),
  }
}

function toManifest(text: string | undefined): Manifest {
  // JSON.parse knows no types; a manifest that is malformed is refused by npm before this runs.
  return text === undefined ? {} : (JSON.parse(text) as Manifest)
}

function toSource(path: string, text: string, packages: readonly Package[]): Source {
  return {
    path,
    text,
    tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true),
    isTest: /\.(test|fixture)\.tsx?$/.test(path) || /(^|\/)test\//.test(path),
    isConfig: /\.config\.ts$/.test(path) || path === 'vitest.workspace.ts',
    package: packages.find((candidate) => path.startsWith(`${candidate.folder}/`)),
  }
}
