import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../run-command.ts'

/** What vitest is to run, and for how long. */
export interface TestRun {
  readonly project: string
  /** Parts of the paths of test files in the project; none means all but the simulator. */
  readonly files: readonly string[]
  /** Parts of the titles of the tests that tell most, when several fail. */
  readonly about?: string
  readonly limitMs: number
  readonly environment?: Readonly<Record<string, string>>
}

/** What became of it. */
export type TestVerdict =
  | { readonly kind: 'green' }
  | { readonly kind: 'red'; readonly test: FailedTest }
  /** It was killed when its time was over. */
  | { readonly kind: 'hangs' }
  /** No test fails, and yet not everything is green: a file does not load, or no test was found. */
  | { readonly kind: 'broken'; readonly why: string }

/** The first test that failed. */
export interface FailedTest {
  readonly title: string
  /** Path in the project. */
  readonly file: string
  /** What it says, on one line. */
  readonly message: string
}

const SIMULATOR = '**/simulator*.test.ts'
/** Enough failures to choose a telling one. */
const FAILURES = 4

/** Runs tests in a folder until a few have failed. */
export async function runTests(folder: string, run: TestRun): Promise<TestVerdict> {
  const report = join(folder, 'test-report.json')
  rmSync(report, { force: true })
  const variables = Object.entries(run.environment ?? {}).map(([name, value]) => `${name}=${value}`)
  const vitest = [process.execPath, join(folder, 'node_modules/vitest/vitest.mjs'), 'run', ...run.files]
  const what = [`--project=${run.project}`, ...(run.files.length > 0 ? [] : [`--exclude=${SIMULATOR}`])]
  const how = [`--bail=${FAILURES}`, '--maxWorkers=2', '--reporter=json', `--outputFile=${report}`]
  const { timedOut, output } = await runCommand('env', [...variables, ...vitest, ...what, ...how], {
    folder,
    limitMs: run.limitMs,
    output: 'keep',
  })
  if (timedOut) return { kind: 'hangs' }
  if (!existsSync(report)) return { kind: 'broken', why: lastLine(output) }
  return verdictOf(JSON.parse(readFileSync(report, 'utf8')), run)
}

/** The part of vitest's JSON report that is read. */
interface TestReport {
  readonly success: boolean
  readonly numTotalTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

/** Reads a report: of the tests that failed, one that is about the matter tells most. */
export function verdictOf(
  report: TestReport,
  { project, about = '' }: Pick<TestRun, 'project' | 'about'>,
): TestVerdict {
  const failed = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map((test) => ({ ...test, path: name })),
  )
  const telling = failed.find(({ fullName }) => fullName.includes(about)) ?? failed[0]
  if (telling !== undefined) {
    const [, file = ''] = telling.path.split(`/packages/${project}/`)
    const message = onOneLine(telling.failureMessages?.[0] ?? '')
    return { kind: 'red', test: { title: telling.fullName, file, message } }
  }
  if (report.success && report.numTotalTests > 0) return { kind: 'green' }
  const message = report.testResults.map((file) => file.message).find((text) => text !== '')
  return { kind: 'broken', why: onOneLine(message ?? 'no test was run, or an error belongs to none') }
}

function onOneLine(text: string): string {
  return text.split('\n    at ')[0]?.replace(/\s+/g, ' ').trim() ?? ''
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? ''
}
