import ts from 'typescript'
import type { Problem } from './law.ts'
import { defineSourceLaw, toProblem } from './law.ts'
import type { Source } from './repository.ts'
import { lineAt, lineOf, nodesOf } from './syntax.ts'

const caps = { file: 300, portFile: 400, functionLines: 50, levels: 3, parameters: 4 }

/** Ports and events are mostly documentation, so their files may be longer. */
const portFile = /^packages\/core\/src\/(engine|storage|events)\//

/** Beauty is decided in the tail, so the tail is capped. */
export const fileSizes = defineSourceLaw('file sizes', function* ({ path, text }) {
  const cap = portFile.test(path) ? caps.portFile : caps.file
  const lines = text.trimEnd().split('\n').length
  if (lines > cap) yield { path, message: `has ${lines} lines, at most ${cap} are allowed. Split it by noun` }
})

/** Length, depth and parameters of every function. Tests, examples and benchmarks are read top to bottom. */
export const functionSizes = defineSourceLaw('function sizes', function* (source) {
  if (source.isTest || /^(examples|bench)\//.test(source.path)) return
  for (const node of nodesOf(source.tree)) {
    if (isFunction(node)) yield* functionProblems(source, node)
  }
})

type FunctionNode = ts.FunctionLikeDeclaration & { readonly body: ts.Node }

function isFunction(node: ts.Node): node is FunctionNode {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined
}

function* functionProblems(source: Source, node: FunctionNode): Generator<Problem> {
  const name = `function ${nameOf(node)}`
  const lines = lineAt(source.tree, node.getEnd()) - lineOf(source, node) + 1
  if (lines > caps.functionLines) {
    yield toProblem(source, node, `${name} has ${lines} lines, at most ${caps.functionLines} are allowed`)
  }
  const levels = levelsOf(node.body)
  if (levels > caps.levels) {
    yield toProblem(source, node, `${name} is ${levels} levels deep, at most ${caps.levels} are allowed`)
  }
  const parameters = node.parameters.length
  if (parameters > caps.parameters) {
    const message = `${name} has ${parameters} parameters, at most ${caps.parameters} are allowed`
    yield toProblem(source, node, `${message}. Take one options object`)
  }
}

function nameOf(node: FunctionNode): string {
  const named = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined)
  return named === undefined ? '(anonymous)' : named.getText()
}

/** How deep conditions, loops, switches and tries nest. A function inside starts anew. */
function levelsOf(node: ts.Node): number {
  let deepest = 0
  ts.forEachChild(node, (child) => {
    if (!ts.isFunctionLike(child)) deepest = Math.max(deepest, levelsOf(child))
  })
  return deepest + (opensLevel(node) ? 1 : 0)
}

function opensLevel(node: ts.Node): boolean {
  const elseIf = ts.isIfStatement(node) && ts.isIfStatement(node.parent) && node.parent.elseStatement === node
  return (
    (ts.isIfStatement(node) && !elseIf) ||
    ts.isIterationStatement(node, false) ||
    ts.isSwitchStatement(node) ||
    ts.isTryStatement(node)
  )
}
