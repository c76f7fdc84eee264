import ts from 'typescript'
import { isBuiltin, isShipped } from './imports.ts'
import { defineSourceLaw, toProblem } from './law.ts'
import type { Import, Node } from './syntax.ts'
import { commentsOf, importsOf, nodesOf, packageNameOf, targetOf } from './syntax.ts'

/** Core from top to bottom. A folder may import what stands beside or below it. */
const tiers: Readonly<Record<string, number>> = {
  index: 5,
  orchestrator: 4,
  run: 3,
  flow: 2,
  events: 2,
  engine: 2,
  storage: 2,
  prompt: 2,
  input: 1,
  errors: 0,
}
const order = 'index → orchestrator → run → {flow, events, engine, storage, prompt} → input → errors'
const ports = new Set(['engine', 'storage'])

/** What `run/` may not name: time, chance, waiting and the outside. */
const impure = new Set([
  'Date',
  'Promise',
  'performance',
  'crypto',
  'setTimeout',
  'setInterval',
  'queueMicrotask',
  'fetch',
  'console',
  'globalThis',
])

/** No arrow inside core points back up. */
export const coreLayers = defineSourceLaw('core layers', function* (source) {
  const area = coreArea(source.path)
  if (area === undefined || !isShipped(source)) return
  const tier = tiers[area]
  if (tier === undefined) {
    yield { path: source.path, message: `lies in an unknown part of core, "${area}": ${order}` }
    return
  }
  for (const item of importsOf(source)) {
    const target = item.specifier.startsWith('.') ? coreArea(targetOf(source, item.specifier)) : undefined
    if (target !== undefined && (tiers[target] ?? 0) > tier) {
      yield toProblem(source, item.node, `${area} imports ${target}: ${order}`)
    }
  }
})

/** A port is a promise, not code: nothing of it is needed to run. */
export const portImports = defineSourceLaw('port imports', function* (source) {
  if (!isShipped(source) || !ports.has(coreArea(source.path) ?? '')) return
  for (const item of importsOf(source).filter(({ typeOnly }) => !typeOnly)) {
    yield toProblem(source, item.node, `imports "${item.specifier}" at run time: a port takes types only`)
  }
})

/** `run/` decides and is pure. */
export const purity = defineSourceLaw('purity of run/', function* (source) {
  if (!isShipped(source) || coreArea(source.path) !== 'run') return
  for (const item of importsOf(source).filter(isImpureImport)) {
    yield toProblem(source, item.node, `imports "${item.specifier}": run/ decides without doing`)
  }
  for (const node of nodesOf(source.tree)) {
    const name = impurity(node)
    if (name !== undefined)
      yield toProblem(source, node, `uses ${name}: run/ is pure. Take it as an argument`)
  }
})

/** Files that decide and files that do open with their job, their neighbour's job and their invariants. */
export const openings = defineSourceLaw('openings', function* (source) {
  const area = coreArea(source.path)
  if (!isShipped(source) || (area !== 'run' && area !== 'orchestrator')) return
  const first = commentsOf(source)[0]
  if (first?.firstLine !== 1 || first.text.trim().length < 40) {
    yield { path: source.path, line: 1, message: 'does not open with its job in a few lines of comment' }
  }
})

/** The folder of core in which a file lies; `index` for the door. */
function coreArea(path: string): string | undefined {
  return /^packages\/core\/src\/(?:([^/]+)\/|([^/]+)\.ts$)/.exec(path)?.slice(1).find(Boolean)
}

function isImpureImport({ specifier }: Import): boolean {
  return isBuiltin(specifier) || packageNameOf(specifier) === 'p-queue'
}

function impurity(node: Node): string | undefined {
  if (ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AwaitKeyword) return 'await'
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async'
  if (ts.isPropertyAccessExpression(node) && node.getText() === 'Math.random') return 'Math.random'
  return ts.isIdentifier(node) && impure.has(node.text) && isReference(node) ? node.text : undefined
}

/** A name that stands for itself, not the name of a member of something else. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node
  const isMember =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isQualifiedName(parent) && parent.right === node) ||
    ((ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) && parent.name === node)
  return !isMember
}
