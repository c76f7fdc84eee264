// Prints `N passed, N failed` from vitest's JSON reports and the names of the parts that failed beside them.
// Exits with 1 unless tests ran and nothing failed. Plain JavaScript: it runs even when the install did not work.
//
//     node .ci/summary.mjs test=tests.json e2e=e2e.json -- lint packed
import { readFileSync } from 'node:fs'

const NOTHING = { numPassedTests: 0, numFailedTests: 0, testResults: [] }

/** @param {string | undefined} text The report, or nothing where the tests did not run. */
function count(text) {
  const report = text === undefined ? NOTHING : JSON.parse(text)
  // A file that breaks before its first test counts as one failure.
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  )
  return { passed: report.numPassedTests, failed: report.numFailedTests + brokenFiles.length }
}

function readReport(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const words = process.argv.slice(2)
const end = words.includes('--') ? words.indexOf('--') : words.length
const failedParts = words.slice(end + 1)
const reports = words.slice(0, end).map((word) => {
  const place = word.indexOf('=')
  return { part: word.slice(0, place), ...count(readReport(word.slice(place + 1))) }
})
// A part that failed is one failure, unless its own report tells of them.
const untold = failedParts.filter(
  (part) => !reports.some((report) => report.part === part && report.failed > 0),
)
const passed = reports.reduce((sum, report) => sum + report.passed, 0)
const failed = reports.reduce((sum, report) => sum + report.failed, untold.length)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && reports.every((report) => report.passed > 0) ? 0 : 1
