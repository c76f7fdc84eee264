import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const script = fileURLToPath(new URL('../.ci/summary.mjs', import.meta.url))
const file = (status: string, ...tests: readonly string[]) => ({
  status,
  assertionResults: tests.map((result) => ({ status: result })),
})
const report = (passed: number, failed: number, ...testResults: readonly object[]) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  testResults,
})

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-summary-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function summarize(content: object | undefined, ...failedParts: readonly string[]) {
  const path = join(folder, 'tests.json')
  if (content) writeFileSync(path, JSON.stringify(content))
  const { stdout, status } = spawnSync(process.execPath, [script, path, ...failedParts], { encoding: 'utf8' })
  return { line: stdout, status }
}

describe('the summary of CI', () => {
  it('counts what passed', () => {
    expect(summarize(report(2, 0, file('passed', 'passed', 'passed')))).toEqual({
      line: '2 passed, 0 failed\n',
      status: 0,
    })
  })

  it('counts what failed, once', () => {
    const content = report(1, 1, file('failed', 'passed', 'failed'))
    expect(summarize(content, 'test')).toEqual({ line: '1 passed, 1 failed\n', status: 1 })
  })

  it('counts a file that breaks before its first test', () => {
    const content = report(1, 0, file('passed', 'passed'), file('failed'))
    expect(summarize(content, 'test')).toEqual({ line: '1 passed, 1 failed\n', status: 1 })
  })

  it('counts a part that failed beside the tests', () => {
    expect(summarize(report(2, 0), 'lint', 'packed')).toEqual({ line: '2 passed, 2 failed\n', status: 1 })
  })

  it('counts a test run that fails with every test green', () => {
    expect(summarize(report(2, 0), 'test')).toEqual({ line: '2 passed, 1 failed\n', status: 1 })
  })

  it.each([
    ['no report', undefined, ['install'], '0 passed, 1 failed\n'],
    ['no test', report(0, 0), [], '0 passed, 0 failed\n'],
  ])('fails with %s', (_title, content, failedParts, line) => {
    expect(summarize(content, ...failedParts)).toEqual({ line, status: 1 })
  })
})
