// Prints `N passed, N failed` from vitest's JSON report and the names of the parts that failed beside it.
// Exits with 1 unless tests ran and nothing failed. Plain JavaScript: it runs even when the install did not work.
import { readFileSync } from 'node:fs'

/** @param {string | undefined} text The report, or nothing where the tests did not run. @param {readonly string[]} failedParts */
function summarize(text, failedParts) {
  const report =
    text === undefined ? { numPassedTests: 0, numFailedTests: 0, testResults: [] } : JSON.parse(text)
  // A file that breaks before its first test counts as one failure.
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  )
  const failedTests = report.numFailedTests + brokenFiles.length
  const others = failedParts.filter((part) => part !== 'test' || failedTests === 0)
  const failed = failedTests + others.length
  const passed = report.numPassedTests
  return { line: `${passed} passed, ${failed} failed`, ok: failed === 0 && passed > 0 }
}

function readReport(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const [path, ...failedParts] = process.argv.slice(2)
const { line, ok } = summarize(readReport(path), failedParts)
console.log(line)
process.exitCode = ok ? 0 : 1
