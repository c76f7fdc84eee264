/** Rules on tests. Whether a test is good no number tells; whether there is one, some do. */
import { code, count, percent } from '../report/markdown.ts'
import { type Rule, tellsChange } from './rule.ts'
import { shortPath } from './totals.ts'

/** Little or no test beside much code, where tests lie beside the code. */
export const fewTests: Rule = ({ area: { sourceLines, testLines }, testsApart }) => {
  if (testsApart || sourceLines < 200 || testLines >= sourceLines * 0.2) return []
  const many = `${count(sourceLines, 'line')} of code`
  if (testLines === 0) {
    return [{ rule: 'no-tests', severity: 'medium', text: `${many} lie here without a test beside them.` }]
  }
  const tests = `${count(testLines, 'line')} of tests (${percent(testLines, sourceLines)})`
  return [{ rule: 'few-tests', severity: 'low', text: `${many} stand against ${tests}.` }]
}

/** Code after which no test is named, where tests are named after code. */
export const untested: Rule = ({ files, commits, namesakes }) => {
  if (!namesakes.isCustom) return []
  const [top, ...others] = files
    .filter((file) => file.lines >= 100 && file.functions > 0 && namesakes.isUntested(file))
    .sort((a, b) => b.churn.commits - a.churn.commits || b.lines - a.lines)
  if (top === undefined) return []
  const changes = tellsChange(commits) ? `, ${count(top.churn.commits, 'commit')}` : ''
  const which = `${code(shortPath(top.path))} (${count(top.lines, 'line')}${changes})`
  const more =
    others.length === 0 ? '' : `, nor after ${count(others.length, 'other file')} of 100 lines or more`
  const isHot = top.churn.commits >= Math.max(5, commits * 0.04)
  const text = `No test is named after ${which}${more}.`
  return [{ rule: 'untested', severity: isHot ? 'medium' : 'low', text }]
}
