import type { FileFacts } from '../facts.ts'

/** Tells the source files after which no test is named. */
export interface Namesakes {
  /** Whether tests here are named after what they test at all; if not, a missing name says nothing. */
  readonly isCustom: boolean
  isUntested(file: FileFacts): boolean
}

/** Less than this share of the tests named after a file: it is no custom here. */
const CUSTOM = 0.3

/** Looks at every test file of the repository: tests may lie beside the code or in a tree of their own. */
export function findNamesakes(files: readonly FileFacts[]): Namesakes {
  const sources = new Set(files.filter(({ kind }) => kind === 'source').map(({ path }) => stemOf(path)))
  const tests = files.filter(({ kind }) => kind === 'test').map(({ path }) => testedStem(path))
  const named = tests.filter((stem) => sources.has(stem))
  const tested = new Set(named)
  return {
    isCustom: named.length > 0 && named.length >= tests.length * CUSTOM,
    isUntested: ({ path, kind }) => kind === 'source' && !tested.has(stemOf(path)),
  }
}

/** `src/a-b.ts` is `a-b`; of `src/parser/index.ts` the folder tells more. */
function stemOf(path: string): string {
  const parts = path.split('/')
  const stem = (parts.at(-1) ?? '').split('.')[0]?.toLowerCase() ?? ''
  return ['index', 'mod', '__init__', 'main', 'lib'].includes(stem)
    ? (parts.at(-2)?.toLowerCase() ?? stem)
    : stem
}

/** `x.test.ts`, `x_test.go`, `test_x.py`, `XTest.java`, `x-spec.js`: all test `x`. */
function testedStem(path: string): string {
  return stemOf(path)
    .replace(/^test[_-]/, '')
    .replace(/[_-]?(?:tests?|specs?|it)$/, '')
}
