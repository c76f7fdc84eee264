import { posix } from 'node:path'
import ts from 'typescript'
import type { Source } from './repository.ts'

export type Node = ts.Node

/** What a file takes from another module. */
export interface Import {
  readonly specifier: string
  /** `import type`, `export type … from` and `import('x')` in a type: gone at run time. */
  readonly typeOnly: boolean
  readonly node: ts.Node
}

export interface Comment {
  readonly text: string
  readonly firstLine: number
  readonly lastLine: number
}

/** Every node below `root`, outer ones first. */
export function* nodesOf(root: ts.Node): Generator<ts.Node> {
  const stack: ts.Node[] = [root]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    yield node
    const children: ts.Node[] = []
    ts.forEachChild(node, (child) => void children.push(child))
    stack.push(...children.reverse())
  }
}

/** The line of a node, from 1. */
export function lineOf(source: Source, node: ts.Node): number {
  return lineAt(source.tree, node.getStart(source.tree))
}

export function lineAt(tree: ts.SourceFile, position: number): number {
  return tree.getLineAndCharacterOfPosition(position).line + 1
}

export function importsOf(source: Source): readonly Import[] {
  return [...nodesOf(source.tree)].flatMap((node) => toImport(node) ?? [])
}

/** The package that a bare specifier names: `zod/mini` → `zod`, `@noble/hashes/sha2.js` → `@noble/hashes`. */
export function packageNameOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** Where a relative specifier points, as a path from the root. */
export function targetOf(source: Source, specifier: string): string {
  return posix.join(posix.dirname(source.path), specifier)
}

const commentsBySource = new WeakMap<Source, readonly Comment[]>()

/** Every comment of the file, in order. What looks like one inside a string or a regular expression is none. */
export function commentsOf(source: Source): readonly Comment[] {
  const known = commentsBySource.get(source) ?? readComments(source)
  commentsBySource.set(source, known)
  return known
}

function readComments(source: Source): readonly Comment[] {
  const found = new Map<number, Comment>()
  for (const token of tokensOf(source.tree, source.tree)) {
    const ranges = [
      ...(ts.getLeadingCommentRanges(source.text, token.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(source.text, token.getEnd()) ?? []),
    ]
    for (const { pos, end } of ranges) {
      const text = source.text.slice(pos, end)
      found.set(pos, { text, firstLine: lineAt(source.tree, pos), lastLine: lineAt(source.tree, end) })
    }
  }
  return [...found].sort(([a], [b]) => a - b).map(([, comment]) => comment)
}

function tokensOf(node: ts.Node, tree: ts.SourceFile): readonly ts.Node[] {
  if (ts.isJSDoc(node) || node.kind === ts.SyntaxKind.JsxText) return []
  const children = node.getChildren(tree)
  return children.length === 0 ? [node] : children.flatMap((child) => tokensOf(child, tree))
}

function toImport(node: ts.Node): Import | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
    return { specifier: node.moduleSpecifier.text, typeOnly, node }
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly, node }
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { specifier: textOf(node.argument.literal), typeOnly: true, node }
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [argument] = node.arguments
    if (argument && ts.isStringLiteralLike(argument)) {
      return { specifier: argument.text, typeOnly: false, node }
    }
  }
  return undefined
}

function textOf(node: ts.Node): string {
  return ts.isStringLiteral(node) ? node.text : ''
}
