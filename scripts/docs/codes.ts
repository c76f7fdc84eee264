import ts from 'typescript'
import type { Source } from '../check/repository.ts'
import { nodesOf } from '../check/syntax.ts'

/** A code and the file that gives it. */
export interface CodeUse {
  readonly code: string
  readonly path: string
}

/** Every error and diagnostic code that the sources give, told from their syntax. */
export function codesOf(sources: readonly Source[]): readonly CodeUse[] {
  const takers = new Map(sources.map((source) => [source.path, takersOf(source)]))
  const anywhere = new Map([...takers.values()].flatMap((own) => [...own]))
  return sources.flatMap((source) => {
    const own = takers.get(source.path)
    const texts = [...nodesOf(source.tree)].flatMap((node) => [
      ...literalsOf(givenCode(node)),
      ...literalsOf(passedCode(node, (name) => own?.get(name) ?? anywhere.get(name))),
      ...unionOfCodes(node),
    ])
    return texts.filter(isCode).map((code) => ({ code, path: source.path }))
  })
}

/** Functions with a parameter for a code, and its place: `kernelError(code, message)`. */
function takersOf({ tree }: Source): ReadonlyMap<string, number> {
  const found = [...nodesOf(tree)].flatMap((node) => {
    if (!ts.isFunctionLike(node)) return []
    const name = nameOf(node)
    const index = node.parameters.findIndex((parameter) => isCodeName(parameter.name.getText()))
    return name === undefined ? [] : [[name, index] as const]
  })
  return new Map(found)
}

function nameOf(node: ts.SignatureDeclaration): string | undefined {
  if (node.name !== undefined) return node.name.getText()
  return ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : undefined
}

function isCodeName(name: string): boolean {
  return name === 'code' || name.endsWith('Code')
}

/** `code: …` in an object, `const code = …`, and the default of a `code` that is taken apart. */
function givenCode(node: ts.Node): ts.Expression | undefined {
  if (ts.isPropertyAssignment(node) && node.name.getText() === 'code') return node.initializer
  const isVariable = ts.isVariableDeclaration(node) || ts.isBindingElement(node) || ts.isParameter(node)
  return isVariable && isCodeName(node.name.getText()) ? node.initializer : undefined
}

function passedCode(node: ts.Node, placeOf: (name: string) => number | undefined): ts.Expression | undefined {
  if (!ts.isCallExpression(node)) return undefined
  const { expression } = node
  const name = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText()
  const place = placeOf(name)
  return place === undefined || place < 0 ? undefined : node.arguments[place]
}

/** The texts that an expression can give: itself, both branches of a condition, the fallback of `??`. */
function literalsOf(node: ts.Node | undefined): readonly string[] {
  if (node === undefined) return []
  if (ts.isStringLiteralLike(node)) return [node.text]
  if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse].flatMap(literalsOf)
  if (ts.isBinaryExpression(node)) return literalsOf(node.right)
  return ts.isAsExpression(node) ? literalsOf(node.expression) : []
}

function unionOfCodes(node: ts.Node): readonly string[] {
  if (!ts.isTypeAliasDeclaration(node) || !isCodeName(node.name.text) || !ts.isUnionTypeNode(node.type)) {
    return []
  }
  return node.type.types.flatMap((member) => (ts.isLiteralTypeNode(member) ? literalsOf(member.literal) : []))
}

function isCode(text: string): boolean {
  return /^[a-z]+(_[a-z]+)*$/.test(text)
}
