import { builtinModules } from 'node:module'
import { defineSourceLaw, toProblem } from './law.ts'
import type { Source } from './repository.ts'
import type { Import } from './syntax.ts'
import { importsOf, packageNameOf, targetOf } from './syntax.ts'

const mayUseNode = /^packages\/(storage-fs|child-process|engine-[^/]+|vendor-server|harness|cli|studio)\//
const watchers = 'packages/core/src/orchestrator/watchers.ts'
const builtins = new Set(builtinModules)

/** What a package imports stands in its package.json, so that an install brings it. */
export const declaredImports = defineSourceLaw('declared imports', function* (source, { rootNames }) {
  for (const item of importsOf(source).filter(isBare)) {
    const name = packageNameOf(item.specifier)
    if (isBuiltin(item.specifier) || isDeclared(source, name, rootNames)) continue
    const where = source.package ? `${source.package.folder}/package.json` : 'package.json'
    yield toProblem(source, item.node, `imports "${name}", which ${where} does not declare`)
  }
})

/** Doors between packages: no relative way around them, no deep path through them, no adapter in core. */
export const packageDoors = defineSourceLaw('package doors', function* (source) {
  for (const item of importsOf(source)) {
    const message = doorProblem(source, item)
    if (message !== undefined) yield toProblem(source, item.node, message)
  }
})

/** Node's modules only where a package says that it runs on Node; eventemitter3 behind one file. */
export const platform = defineSourceLaw('platform', function* (source) {
  if (!isShipped(source)) return
  for (const item of importsOf(source)) {
    if (isBuiltin(item.specifier) && !mayUseNode.test(source.path)) {
      yield toProblem(source, item.node, `imports "${item.specifier}": this package runs without Node`)
    }
    if (packageNameOf(item.specifier) === 'eventemitter3' && source.path !== watchers) {
      yield toProblem(source, item.node, `imports "eventemitter3": only ${watchers} may`)
    }
  }
})

/** Code of a package that a user gets: neither its tests nor its configs. */
export function isShipped(source: Source): boolean {
  return /^packages\/[^/]+\/src\//.test(source.path) && !source.isTest
}

function isBare({ specifier }: Import): boolean {
  return !specifier.startsWith('.')
}

/** A module of Node itself, with or without the prefix. */
export function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || builtins.has(specifier)
}

function isDeclared(source: Source, name: string, rootNames: ReadonlySet<string>): boolean {
  const manifest = source.package?.manifest ?? {}
  const forUsers = { ...manifest.dependencies, ...manifest.peerDependencies }
  if (name in forUsers) return true
  if (isShipped(source)) return source.package?.bundles === true && name in (manifest.devDependencies ?? {})
  return name in (manifest.devDependencies ?? {}) || rootNames.has(name) || name === manifest.name
}

function doorProblem(source: Source, { specifier }: Import): string | undefined {
  if (specifier.startsWith('.')) {
    const target = targetOf(source, specifier)
    const leaves = source.package !== undefined && !target.startsWith(`${source.package.folder}/`)
    return leaves ? `imports "${specifier}" out of its package: use the package's name` : undefined
  }
  if (!specifier.startsWith('@batonjs/')) return undefined
  if (specifier.split('/').length > 2) return `imports the deep path "${specifier}": use the package's name`
  return isShipped(source) ? adapterProblem(source, specifier) : undefined
}

function adapterProblem({ path }: Source, specifier: string): string | undefined {
  if (path.startsWith('packages/core/')) return `imports "${specifier}": core knows no other package`
  const adapter = /^packages\/(engine|storage)-[^/]+|^packages\/testkit/.exec(path)?.[0]
  if (adapter === undefined || specifier === '@batonjs/core') return undefined
  if (adapter === 'packages/engine-gemini' && specifier === '@batonjs/engine-acp') return undefined
  if (adapter.startsWith('packages/engine-') && specifier === '@batonjs/child-process') return undefined
  return `imports "${specifier}": ${adapter} may import @batonjs/core only`
}
