import ts from 'typescript'
import { exportedElements, isPackageIndex, namesFrom } from './exports.ts'
import { isShipped } from './imports.ts'
import type { Law, Problem } from './law.ts'
import { toProblem } from './law.ts'
import type { Repository, Source } from './repository.ts'
import { nodesOf, targetOf } from './syntax.ts'

/** A name that a package gives to its users, and the statements that declare it. */
interface PublicName {
  readonly name: string
  readonly source: Source
  readonly declarations: readonly ts.Statement[]
}

/** Every public name, and every member of a port, says what it does for the caller. */
export const documentation: Law = {
  name: 'documentation',
  check: (repository) => [
    ...publicNames(repository)
      .filter(({ declarations }) => !declarations.some(isDocumented))
      .map((item) => toPublicProblem(item, 'has no doc comment. Say what it does for the caller')),
    ...repository.sources.filter(isPort).flatMap((source) => [...undocumentedMembers(source)]),
  ],
}

/** zod stays inside: no public name has it in its type. */
export const zodInside: Law = {
  name: 'zod inside',
  check: (repository) =>
    publicNames(repository)
      .filter(({ source, declarations }) => {
        const zod = namesFrom(source, (specifier) => /^zod(\/|$)/.test(specifier))
        return declarations.some((declaration) => showsName(declaration, zod))
      })
      .map((item) => toPublicProblem(item, 'shows zod in its type. Declare the type by hand')),
}

function toPublicProblem({ name, source, declarations }: PublicName, message: string): Problem {
  const [declaration] = declarations
  const text = `"${name}" is public and ${message}`
  return declaration ? toProblem(source, declaration, text) : { path: source.path, message: text }
}

function publicNames(repository: Repository): readonly PublicName[] {
  return repository.sources
    .filter(isPackageIndex)
    .flatMap((index) =>
      exportsOf(index).flatMap((element) => resolveName(repository, index, element.name.text) ?? []),
    )
}

function exportsOf({ tree }: Source): readonly ts.ExportSpecifier[] {
  return tree.statements.filter(ts.isExportDeclaration).flatMap(exportedElements)
}

/** Follows `export { a as b } from './x.ts'` down to the declarations. */
function resolveName(repository: Repository, source: Source, name: string): PublicName | undefined {
  const declarations = source.tree.statements.filter((statement) => declaredNames(statement).includes(name))
  if (declarations.length > 0) return { name, source, declarations }
  const element = exportsOf(source).find((candidate) => candidate.name.text === name)
  const specifier = element?.parent.parent.moduleSpecifier
  if (!element || !specifier || !ts.isStringLiteral(specifier)) return undefined
  const target = targetOf(source, specifier.text)
  const next = repository.sources.find(({ path }) => path === target)
  return next && resolveName(repository, next, (element.propertyName ?? element.name).text)
}

function declaredNames(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText())
  }
  const isDeclaration =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement)
  return isDeclaration && statement.name ? [statement.name.text] : []
}

function isDocumented(node: ts.Node): boolean {
  return ts.getJSDocCommentsAndTags(node).length > 0
}

function isPort(source: Source): boolean {
  return isShipped(source) && /^packages\/core\/src\/(engine|storage)\//.test(source.path)
}

/** An interface with something to call is a promise; one without is plain data, whose names may speak. */
function isCalled(member: ts.TypeElement): boolean {
  const isFunction = ts.isPropertySignature(member) && member.type && ts.isFunctionTypeNode(member.type)
  return ts.isMethodSignature(member) || ts.isCallSignatureDeclaration(member) || isFunction === true
}

function* undocumentedMembers(source: Source): Generator<Problem> {
  for (const node of nodesOf(source.tree)) {
    if (!ts.isInterfaceDeclaration(node) || !node.members.some(isCalled)) continue
    for (const member of node.members.filter((candidate) => !isDocumented(candidate))) {
      const name = member.name?.getText() ?? '()'
      yield toProblem(source, member, `"${node.name.text}.${name}" is part of a port and has no doc comment`)
    }
  }
}

/** Whether the type of a declaration, written or inferred, can show one of the names. */
function showsName(node: ts.Node, names: ReadonlySet<string>): boolean {
  if (ts.isIdentifier(node)) return names.has(node.text)
  const isTyped =
    (ts.isFunctionLike(node) || ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node)) && node.type
  let shown = false
  ts.forEachChild(node, (child) => {
    const isHidden = isTyped && (('body' in node && child === node.body) || isInitializer(node, child))
    shown ||= !isHidden && showsName(child, names)
  })
  return shown
}

function isInitializer(node: ts.Node, child: ts.Node): boolean {
  return 'initializer' in node && node.initializer === child
}
