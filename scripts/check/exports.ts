import ts from 'typescript'
import type { Problem } from './law.ts'
import { defineSourceLaw, toProblem } from './law.ts'
import type { Source } from './repository.ts'
import { nodesOf } from './syntax.ts'

/** What leaves a file is named, and what leaves a package is its own. */
export const exportLists = defineSourceLaw('export lists', function* (source) {
  const foreign = namesFrom(source, (specifier) => !specifier.startsWith('.'))
  for (const node of nodesOf(source.tree)) {
    if (!ts.isExportDeclaration(node)) continue
    if (!node.exportClause || ts.isNamespaceExport(node.exportClause)) {
      yield toProblem(source, node, '`export *`: list the names')
    }
    yield* passedOn(source, node, foreign)
  }
})

/** `index.ts` is the door of a package: a list of names, no logic. */
export const indexFiles = defineSourceLaw('index files', function* (source) {
  if (!isPackageIndex(source)) return
  for (const statement of source.tree.statements) {
    if (!ts.isExportDeclaration(statement) || !statement.moduleSpecifier) {
      yield toProblem(source, statement, 'holds logic: an index.ts is a list of `export { … } from`')
    }
  }
})

export function isPackageIndex({ path }: Source): boolean {
  return /^packages\/[^/]+\/src\/index\.ts$/.test(path)
}

/** The local names that a file imports from the modules that `isWanted` picks. */
export function namesFrom(source: Source, isWanted: (specifier: string) => boolean): ReadonlySet<string> {
  const imports = source.tree.statements.filter(ts.isImportDeclaration)
  const wanted = imports.filter(({ moduleSpecifier }) =>
    isWanted(ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : ''),
  )
  return new Set(wanted.flatMap(localNames))
}

export function exportedElements(declaration: ts.ExportDeclaration): readonly ts.ExportSpecifier[] {
  const clause = declaration.exportClause
  return clause && ts.isNamedExports(clause) ? clause.elements : []
}

function localNames({ importClause }: ts.ImportDeclaration): readonly string[] {
  const bindings = importClause?.namedBindings
  const named = bindings && ts.isNamedImports(bindings) ? bindings.elements.map(({ name }) => name.text) : []
  const namespace = bindings && ts.isNamespaceImport(bindings) ? [bindings.name.text] : []
  return [...(importClause?.name ? [importClause.name.text] : []), ...named, ...namespace]
}

function* passedOn(
  source: Source,
  node: ts.ExportDeclaration,
  foreign: ReadonlySet<string>,
): Generator<Problem> {
  const specifier = node.moduleSpecifier
  if (specifier && ts.isStringLiteral(specifier)) {
    if (specifier.text.startsWith('.')) return
    yield toProblem(source, node, `re-exports names of "${specifier.text}": users import them from there`)
  }
  for (const element of exportedElements(node)) {
    const name = (element.propertyName ?? element.name).text
    if (!specifier && foreign.has(name)) {
      yield toProblem(source, element, `re-exports "${name}" of another package: users import it from there`)
    }
  }
}
