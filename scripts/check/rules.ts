import ts from 'typescript'
import type { Law, Problem } from './law.ts'
import type { Repository, Source } from './repository.ts'
import { nodesOf } from './syntax.ts'

/** The numbered rules of the design, by letter and how many there are. */
const counts: Readonly<Record<string, number>> = {
  F: 8, // edges
  L: 7, // routing and loops
  M: 1, // map
  T: 1, // references
  X: 2, // failure
  V: 3, // between flows
  N: 1, // off the path
  E: 4, // events
  S: 8, // running
  J: 5, // journal and storage
  H: 5, // people
  B: 3, // limits
}
const page = 'docs/architecture.md'
const heading = 'Rules without a test'
const citation = /^((?:[A-Z]\d(?:, ?| and )?)+):/
const skippers = new Set(['skip', 'todo', 'skipIf', 'runIf'])

/** Every rule is proven by a test that cites it, or the page says why it is not. */
export const rules: Law = {
  name: 'rules',
  check: (repository) => {
    const cited = citedRules(repository)
    const excused = excusedRules(repository.files.get(page) ?? '')
    return [
      ...rulesWithoutTest(repository)
        .filter((rule) => !excused.has(rule))
        .map((rule) => withoutTest(rule)),
      ...[...excused].flatMap(([rule, reason]) => excuseProblem(rule, reason, cited)),
    ]
  },
}

/** The rules that no test cites, excused or not. */
export function rulesWithoutTest(repository: Repository): readonly string[] {
  const cited = citedRules(repository)
  return allRules().filter((rule) => !cited.has(rule))
}

function allRules(): readonly string[] {
  return Object.entries(counts).flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
  )
}

function withoutTest(rule: string): Problem {
  const message = `${rule} is cited by no test. Write it('${rule}: …') or give a reason in ${page}, "${heading}"`
  return { path: page, message }
}

function excuseProblem(rule: string, reason: string, cited: ReadonlySet<string>): readonly Problem[] {
  if (!allRules().includes(rule)) return [{ path: page, message: `excuses ${rule}, which is no rule` }]
  if (cited.has(rule))
    return [{ path: page, message: `excuses ${rule}, which a test cites. Remove the line` }]
  if (reason.length < 15) return [{ path: page, message: `excuses ${rule} without a reason` }]
  return []
}

function citedRules({ sources }: Repository): ReadonlySet<string> {
  const titles = sources.filter(({ path }) => path.endsWith('.test.ts')).flatMap((source) => titlesOf(source))
  return new Set(titles.flatMap((title) => citation.exec(title)?.[1]?.match(/[A-Z]\d/g) ?? []))
}

/** Every text of a test file that can be a title, also in a table for `it.each`; not those of skipped tests. */
function titlesOf(source: Source): readonly string[] {
  return [...nodesOf(source.tree)].flatMap((node) => {
    const isText = ts.isStringLiteralLike(node) || node.kind === ts.SyntaxKind.TemplateHead
    return isText && !isSkipped(node) ? [textOf(node)] : []
  })
}

function textOf(node: ts.Node): string {
  return ts.isLiteralExpression(node) || ts.isTemplateHead(node) ? node.text : ''
}

function isSkipped(node: ts.Node): boolean {
  for (let outer: ts.Node = node.parent; outer && !ts.isSourceFile(outer); outer = outer.parent) {
    if (ts.isCallExpression(outer) && skipsTest(outer.expression)) return true
  }
  return false
}

/** `it.skip(…)`, `describe.todo(…)`; a test that runs only under a condition proves nothing everywhere. */
function skipsTest(callee: ts.Expression): boolean {
  if (ts.isCallExpression(callee)) return skipsTest(callee.expression)
  if (!ts.isPropertyAccessExpression(callee)) return false
  return skippers.has(callee.name.text) || skipsTest(callee.expression)
}

/** The lines `- X1: reason` under the heading. */
function excusedRules(text: string): ReadonlyMap<string, string> {
  const after = text.split(new RegExp(`^#+ ${heading}\\s*$`, 'm'))[1] ?? ''
  const section = after.split(/^#+ /m)[0] ?? ''
  const lines = section.matchAll(/^[-*|]\s*[*`]*([A-Z]\d)[*`]*\s*[:|—–-]?\s*(.*?)\s*\|?$/gm)
  return new Map([...lines].map(([, rule = '', reason = '']) => [rule, reason]))
}
