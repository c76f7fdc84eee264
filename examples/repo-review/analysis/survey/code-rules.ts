/** Rules on the code as it stands. */
import { type FileFacts, type FunctionFacts, LONG_FUNCTION, type Severity } from '../facts.ts'
import { code, count, percent, thousands } from '../report/markdown.ts'
import { placeOf, type Rule, tellsChange } from './rule.ts'
import { shortPath } from './totals.ts'

const VERY_LONG = 80

/** The longest functions. */
export const longFunction: Rule = ({ area }) =>
  area.largestFunctions
    .filter(({ lines }) => lines >= VERY_LONG)
    .slice(0, 3)
    .map((found) => {
      const nesting = found.depth === 0 ? 'without a branch' : `and nests ${found.depth} deep`
      const text = `${code(found.name)} runs ${count(found.lines, 'line')} ${nesting} (${placeOf(found)}).`
      return { rule: 'long-function', severity: severityOf(found), text }
    })

/** A long function without branches is a table; the depth makes it hard. */
function severityOf({ lines, depth }: FunctionFacts): Severity {
  if ((lines >= 200 && depth >= 3) || (lines >= 100 && depth >= 5)) return 'high'
  return depth >= 2 ? 'medium' : 'low'
}

/** Long functions as a habit. */
export const manyLongFunctions: Rule = ({ area: { functions, longFunctions } }) => {
  if (longFunctions < 5 || longFunctions < functions * 0.1) return []
  const share = `${thousands(longFunctions)} of ${count(functions, 'function')} (${percent(longFunctions, functions)})`
  const text = `${share} run over ${LONG_FUNCTION} lines.`
  return [{ rule: 'many-long-functions', severity: 'medium', text }]
}

/** Functions that are short enough and still hard to follow. */
export const deepNesting: Rule = ({ area }) =>
  area.largestFunctions
    .filter(({ lines, depth }) => lines < VERY_LONG && depth >= 5)
    .slice(0, 2)
    .map((found) => {
      const text = `${code(found.name)} nests ${found.depth} deep (${placeOf(found)}).`
      return { rule: 'deep-nesting', severity: 'low', text }
    })

/** Big files that are no hot spot. */
export const largeFile: Rule = ({ files, commits }) =>
  files
    .filter(isLarge)
    .sort((a, b) => b.lines - a.lines)
    .slice(0, 2)
    .map(({ path, lines }) => {
      const rest = tellsChange(commits) ? '; it hardly changes' : ''
      const text = `${code(shortPath(path))} has ${count(lines, 'line')}${rest}.`
      return { rule: 'large-file', severity: 'low', text }
    })

function isLarge({ kind, lines, functions, churn }: FileFacts): boolean {
  return kind === 'source' && lines >= 800 && functions > 0 && churn.commits < 5
}

/** Unfinished work that the code itself admits. */
export const markers: Rule = ({ area: { markers: number, markerList, sourceLines, testLines } }) => {
  const isDense = number >= 3 && number * 500 >= sourceLines + testLines
  if (!isDense && number < 20) return []
  const [first] = markerList
  const example = first === undefined ? '' : `, such as ${first.word} in ${placeOf(first)}`
  const text = `${count(number, 'marker')} say that something is unfinished${example}.`
  return [{ rule: 'markers', severity: number >= 20 ? 'medium' : 'low', text }]
}

/** Folders in which nobody finds anything. */
export const crowded: Rule = ({ files }) => {
  const folders = new Map<string, number>()
  for (const { path } of files.filter(({ kind }) => kind === 'source')) {
    const folder = path.slice(0, path.lastIndexOf('/') + 1)
    folders.set(folder, (folders.get(folder) ?? 0) + 1)
  }
  const [[folder, number] = ['', 0]] = [...folders].sort((a, b) => b[1] - a[1])
  if (number < 40) return []
  const where = folder === '' ? 'The root' : code(shortPath(folder))
  return [
    { rule: 'crowded-folder', severity: 'low', text: `${where} holds ${number} source files side by side.` },
  ]
}
