import ts from 'typescript'
import type { Problem } from './law.ts'
import { defineSourceLaw, toProblem } from './law.ts'
import type { Source } from './repository.ts'
import { commentsOf, lineAt, lineOf, nodesOf } from './syntax.ts'

/** The parts of TypeScript that are not used here. */
export const language = defineSourceLaw('language', function* (source) {
  for (const node of nodesOf(source.tree)) {
    const message = forbidden(node) ?? defaultExport(source, node) ?? unhonestClass(node)
    if (message !== undefined) yield toProblem(source, node, message)
  }
})

/** A cast tells the compiler something that it cannot see. The reader is told why it is true. */
export const casts = defineSourceLaw('casts', function* (source) {
  for (const node of nodesOf(source.tree)) {
    if (isCast(node) && !isExplained(source, node)) {
      yield toProblem(
        source,
        node,
        'casts without a reason. Say it in a comment on this or the previous line',
      )
    }
  }
})

/** A task that is left for later has an issue. */
export const tasks = defineSourceLaw('tasks', function* (source) {
  for (const { text, firstLine } of commentsOf(source)) {
    const task = /(?:^|\n)[\s/*]*(TODO|FIXME|XXX|HACK)\b|\b(TODO|FIXME|XXX|HACK)[:(]/.exec(text)
    if (task && !/#\d+/.test(text)) yield taskProblem(source, firstLine, task[1] ?? task[2] ?? '')
  }
})

function taskProblem({ path }: Source, line: number, word: string): Problem {
  return { path, line, message: `${word} without an issue number. Write "${word} #12: …"` }
}

function forbidden(node: ts.Node): string | undefined {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return '`any`: use `unknown` and a guard'
  if (ts.isNonNullExpression(node)) return '`!`: handle the missing case'
  if (ts.isEnumDeclaration(node)) return 'enum: use a union of strings'
  if (ts.isModuleDeclaration(node)) return 'namespace: a file is the module'
  if (ts.isDecorator(node)) return 'decorator: call the function'
  if (ts.isParameter(node) && node.modifiers?.some((modifier) => !ts.isDecorator(modifier))) {
    return 'parameter property: declare and assign the field'
  }
  if ((ts.isPropertyDeclaration(node) || ts.isVariableDeclaration(node)) && node.exclamationToken) {
    return '`!`: give the field a first value'
  }
  return undefined
}

function defaultExport(source: Source, node: ts.Node): string | undefined {
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : []
  const isDefault =
    ts.isExportAssignment(node) ||
    (ts.isExportSpecifier(node) && node.name.text === 'default') ||
    modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword)
  return isDefault && !source.isConfig ? 'default export: export a name' : undefined
}

function unhonestClass(node: ts.Node): string | undefined {
  if (!ts.isClassLike(node)) return undefined
  const bases = (node.heritageClauses ?? []).flatMap((clause) => clause.types)
  const isError = bases.some((base) => /Error$/.test(base.expression.getText()))
  const hasState = node.members.some(
    (member) => member.name !== undefined && ts.isPrivateIdentifier(member.name),
  )
  return isError || hasState ? undefined : 'class without private `#` state: use a function or plain data'
}

function isCast(node: ts.Node): node is ts.AsExpression | ts.TypeAssertion {
  if (ts.isAsExpression(node)) return node.type.getText() !== 'const'
  return ts.isTypeAssertionExpression(node)
}

function isExplained(source: Source, node: ts.AsExpression | ts.TypeAssertion): boolean {
  const first = lineOf(source, node)
  const own = lineAt(source.tree, node.type.getStart(source.tree))
  return commentsOf(source).some(({ firstLine, lastLine }) =>
    [first, own].some((line) => firstLine === line || lastLine === line || lastLine === line - 1),
  )
}
