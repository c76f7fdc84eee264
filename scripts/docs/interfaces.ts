import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** A member of an interface, without the members that it inherits. */
export interface Member {
  /** That of a method ends with `()`. */
  readonly name: string
  readonly optional: boolean
  /** The first sentences of its doc comment, on one line. */
  readonly doc: string
}

/** An interface as its source says it. */
export interface Interface {
  readonly name: string
  readonly bases: readonly string[]
  readonly members: readonly Member[]
  /** The event types that its `type` member names. */
  readonly types: readonly string[]
  readonly doc: string
}

/** Every interface of a folder, by name. Read from the syntax alone: no compilation, and doc comments included. */
export function readInterfaces(folder: string): ReadonlyMap<string, Interface> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  const trees = files.map((name) => parse(join(folder, name)))
  const unions = new Map(trees.flatMap((tree) => tree.statements.flatMap(unionOf)))
  const found = trees.flatMap((tree) =>
    tree.statements.filter(ts.isInterfaceDeclaration).map((node) => toInterface(node, unions)),
  )
  return new Map(found.map((item) => [item.name, item]))
}

type Unions = ReadonlyMap<string, readonly string[]>

function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ESNext, true)
}

function unionOf(node: ts.Statement): readonly (readonly [string, readonly string[]])[] {
  if (!ts.isTypeAliasDeclaration(node)) return []
  const members = literalsOf(node.type, new Map())
  return members.length === 0 ? [] : [[node.name.text, members]]
}

function toInterface(node: ts.InterfaceDeclaration, unions: Unions): Interface {
  const bases = (node.heritageClauses ?? []).flatMap((clause) => clause.types)
  const members = node.members.filter(isMember)
  const type = members.filter(ts.isPropertySignature).find((member) => member.name.getText() === 'type')?.type
  return {
    name: node.name.text,
    bases: bases.map((base) => base.expression.getText()),
    members: members.filter((member) => member.name.getText() !== 'type').map(toMember),
    types: type === undefined ? [] : literalsOf(constraintOf(node, type), unions),
    doc: docOf(node),
  }
}

type MemberNode = ts.PropertySignature | ts.MethodSignature

function isMember(node: ts.TypeElement): node is MemberNode {
  return ts.isPropertySignature(node) || ts.isMethodSignature(node)
}

function toMember(node: MemberNode): Member {
  const name = ts.isMethodSignature(node) ? `${node.name.getText()}()` : node.name.getText()
  return { name, optional: node.questionToken !== undefined, doc: docOf(node) }
}

/** The members of each object in a union, by its `type`, as they are written: `input?`. */
export function readUnion(path: string, name: string): ReadonlyMap<string, readonly string[]> {
  const found = parse(path).statements.find(
    (node): node is ts.TypeAliasDeclaration => ts.isTypeAliasDeclaration(node) && node.name.text === name,
  )
  const all: readonly ts.TypeNode[] =
    found !== undefined && ts.isUnionTypeNode(found.type) ? found.type.types : []
  return new Map(
    all.filter(ts.isTypeLiteralNode).map(({ members }) => {
      const own = members.filter(ts.isPropertySignature)
      const type = own.find((member) => member.name.getText() === 'type')?.type
      const [literal = ''] = type === undefined ? [] : literalsOf(type, new Map())
      return [literal, own.map(toMember).flatMap(written)]
    }),
  )
}

function written({ name, optional }: Member): readonly string[] {
  if (name === 'type') return []
  return [optional ? `${name}?` : name]
}

/** What a type parameter is bounded by; every other type as it is. */
function constraintOf(node: ts.InterfaceDeclaration, type: ts.TypeNode): ts.TypeNode {
  const parameter = node.typeParameters?.find(({ name }) => name.text === type.getText())
  return parameter?.constraint ?? type
}

function literalsOf(type: ts.TypeNode, unions: Unions): readonly string[] {
  if (ts.isUnionTypeNode(type)) return type.types.flatMap((member) => literalsOf(member, unions))
  if (ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal)) return [type.literal.text]
  return ts.isTypeReferenceNode(type) ? (unions.get(type.typeName.getText()) ?? []) : []
}

function docOf(node: ts.Node): string {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc)
  const text = comment === undefined ? '' : (ts.getTextOfJSDocComment(comment.comment) ?? '')
  const tags = (comment?.tags ?? []).map((tag) => {
    return `@${tag.tagName.text} ${ts.getTextOfJSDocComment(tag.comment) ?? ''}`.trim()
  })
  return [text, ...tags].join(' ').replace(/\s+/g, ' ').trim()
}
