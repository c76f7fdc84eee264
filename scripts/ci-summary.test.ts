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
  return summarizeAll({ test: content }, ...failedParts)
}

function summarizeAll(
  contents: Readonly<Record<string, object | undefined>>,
  ...failedParts: readonly string[]
) {
  const reports = Object.entries(contents).map(([part, content]) => {
    const path = join(folder, `${part}.json`)
    if (content) writeFileSync(path, JSON.stringify(content))
    return `${part}=${path}`
  })
  const args = [script, ...reports, '--', ...failedParts]
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' })
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

  it('adds up several reports, and counts each failure once', () => {
    const e2e = report(3, 1, file('failed', 'passed', 'failed'))
    expect(summarizeAll({ test: report(2, 0), e2e }, 'e2e', 'lint')).toEqual({
      line: '5 passed, 2 failed\n',
      status: 1,
    })
    expect(summarizeAll({ test: report(2, 0), e2e: report(3, 0) }).line).toBe('5 passed, 0 failed\n')
  })

  it('fails when one of several reports is not there, or tells of no test', () => {
    expect(summarizeAll({ test: report(2, 0), e2e: undefined }).status).toBe(1)
    expect(summarizeAll({ test: report(2, 0), e2e: report(0, 0) }).status).toBe(1)
  })

  it.each([
    ['no report', undefined, ['install'], '0 passed, 1 failed\n'],
    ['no test', report(0, 0), [], '0 passed, 0 failed\n'],
  ])('fails with %s', (_title, content, failedParts, line) => {
    expect(summarize(content, ...failedParts)).toEqual({ line, status: 1 })
  })
})
