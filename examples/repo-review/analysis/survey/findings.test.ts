import { expect, it } from 'vitest'
import type { FileFacts, RepoFacts } from '../facts.ts'
import { splitAreas } from './areas.ts'
import { changed, fileFacts, functionFacts, repoFacts } from './facts.fixture.ts'

const quiet = [fileFacts('src/quiet.ts'), fileFacts('src/quiet.test.ts', { kind: 'test', lines: 300 })]

/** The findings of `src/` with these files beside quiet ones, as `rule severity: text`. */
function findings(
  files: readonly FileFacts[],
  facts: Partial<RepoFacts> = {},
  commits = 100,
): readonly string[] {
  const { areas } = splitAreas(repoFacts([...quiet, ...files], facts, commits))
  const area = areas.find(({ name }) => name === 'src/')
  return (area?.findings ?? []).map(({ rule, severity, text }) => `${rule} ${severity}: ${text}`)
}

it('finds nothing in quiet, tested code', () => {
  expect(findings([])).toEqual([])
})

it('finds a long file that keeps changing, and says how it knows', () => {
  const hot = fileFacts('src/a.ts', { lines: 812, churn: changed(41) })
  const test = fileFacts('src/a.test.ts', { kind: 'test', lines: 400 })
  expect(findings([hot, test])[0]).toBe(
    'hot-spot high: `src/a.ts` has 812 lines and changed in 41 of the last 100 commits by 2 people.',
  )
  const milder = { ...hot, lines: 250, churn: changed(5, 1, 1) }
  expect(findings([milder, test])).toEqual([
    'hot-spot medium: `src/a.ts` has 250 lines and changed in 5 of the last 100 commits.',
  ])
  expect(findings([{ ...hot, churn: changed(4, 1) }, test])).toEqual([
    'large-file low: `src/a.ts` has 812 lines; it hardly changes.',
  ])
})

it('finds a file of which far more was written than stands', () => {
  const file = fileFacts('src/a.ts', { lines: 90, churn: changed(9, 30) })
  expect(findings([file])).toEqual([
    'rewritten medium: `src/a.ts` is rewritten again and again: 540 lines were added or removed for the 90 that stand.',
  ])
})

it.each([
  [300, 4, 'high: `work` runs 300 lines and nests 4 deep'],
  [120, 5, 'high: `work` runs 120 lines and nests 5 deep'],
  [120, 2, 'medium: `work` runs 120 lines and nests 2 deep'],
  [900, 0, 'low: `work` runs 900 lines without a branch'],
])('weighs a function of %i lines and depth %i', (lines, depth, text) => {
  const functions = [functionFacts('src/quiet.ts', lines, depth)]
  expect(findings([], { functions })).toEqual([`long-function ${text} (\`src/quiet.ts:7\`).`])
})

it('finds a function that is short and nests deep, and long functions as a habit', () => {
  expect(findings([], { functions: [functionFacts('src/quiet.ts', 40, 5)] })).toEqual([
    'deep-nesting low: `work` nests 5 deep (`src/quiet.ts:7`).',
  ])
  expect(findings([fileFacts('src/b.ts', { lines: 90, functions: 20, longFunctions: 6 })])).toEqual([
    'many-long-functions medium: 6 of 30 functions (20 %) run over 50 lines.',
  ])
})

it('misses tests where tests lie beside the code', () => {
  const bare = (lines: number) => splitAreas(repoFacts([fileFacts('a.ts', { lines })])).areas[0]?.findings
  expect(bare(200)).toMatchObject([
    { rule: 'no-tests', text: '200 lines of code lie here without a test beside them.' },
  ])
  expect(bare(199)).toEqual([])
  expect(
    findings([
      fileFacts('src/b.ts', { lines: 99, functions: 0 }),
      fileFacts('src/c.py', { lines: 2_000, functions: 0 }),
    ]),
  ).toEqual(['few-tests low: 2,199 lines of code stand against 300 lines of tests (14 %).'])
})

it('misses no tests beside the code where tests lie in a tree of their own', () => {
  const files = [fileFacts('src/a.ts', { lines: 900 }), fileFacts('test/x.ts', { kind: 'test', lines: 900 })]
  const { areas } = splitAreas(repoFacts(files))
  expect(areas.flatMap((area) => area.findings.map(({ rule }) => rule))).toEqual(['large-file'])
})

it('names the file that changes most and after which no test is named', () => {
  const files = [
    fileFacts('src/hot.ts', { lines: 150, churn: changed(7, 1) }),
    fileFacts('src/cold.ts', { lines: 190 }),
    fileFacts('src/other.test.ts', { kind: 'test', lines: 100 }),
  ]
  expect(findings(files)).toEqual([
    'untested medium: No test is named after `src/hot.ts` (150 lines, 7 commits), nor after 1 other file of 100 lines or more.',
  ])
})

it('finds files of two areas that change together', () => {
  const others = [fileFacts('web/b.ts'), fileFacts('web/b.test.ts', { kind: 'test' })]
  const couplings = [{ paths: ['src/quiet.ts', 'web/b.ts'] as const, together: 12, commits: 14 }]
  expect(findings(others, { couplings })).toEqual([
    'coupled medium: `src/quiet.ts` and `web/b.ts`, which lies in another area, changed together in 12 of 14 commits.',
  ])
  expect(
    findings(others, {
      couplings: [{ ...couplings[0], paths: ['web/b.ts', 'web/c.ts'], together: 12, commits: 14 }],
    }),
  ).toEqual([])
})

it('finds markers, where there are many for the code', () => {
  const markers = [{ path: 'src/quiet.ts', line: 3, word: 'FIXME' as const, text: '' }]
  const withMarkers = (number: number, lines: number) =>
    findings([fileFacts('src/m.ts', { markers: number, lines })], { markers })
  expect(withMarkers(3, 99)).toEqual([
    'markers low: 3 markers say that something is unfinished, such as FIXME in `src/quiet.ts:3`.',
  ])
  expect(withMarkers(2, 99)).toEqual([])
})

it('finds one file that most changes go through, a crowded folder and an area that nobody touches', () => {
  const many = Array.from({ length: 44 }, (_, index) => fileFacts(`src/f${index}.ts`, { lines: 20 }))
  const tests = [fileFacts('src/all.test.ts', { kind: 'test', lines: 900 })]
  expect(
    findings([...many, ...tests, fileFacts('src/all.ts', { lines: 50, churn: changed(40, 1) })]),
  ).toEqual([
    'concentration low: One file takes 46 % of all changes here: `src/all.ts`.',
    'crowded-folder low: `src/` holds 46 source files side by side.',
  ])
  const old = fileFacts('old/a.ts', { lines: 300, churn: changed(0) })
  const { areas } = splitAreas(
    repoFacts([...quiet, ...tests, old, fileFacts('old/a.test.ts', { kind: 'test', churn: changed(0) })]),
  )
  expect(areas.find(({ name }) => name === 'old/')?.findings).toMatchObject([
    { rule: 'dormant', text: 'Nothing here changed in the last 100 commits: it is done, or nobody dares.' },
  ])
})

it('says nothing about what does not change while the history is short', () => {
  const large = fileFacts('src/a.ts', { lines: 900, churn: changed(0) })
  const test = fileFacts('src/a.test.ts', { kind: 'test', lines: 900 })
  expect(findings([large, test], {}, 3)).toEqual(['large-file low: `src/a.ts` has 900 lines.'])
})

it('calls an area risky by its weightiest findings', () => {
  const risk = (functions: RepoFacts['functions']) =>
    splitAreas(repoFacts(quiet, { functions })).areas.find(({ name }) => name === 'src/')?.risk
  expect(risk([])).toBe('low')
  expect(risk([functionFacts('src/quiet.ts', 90, 2)])).toBe('low')
  expect(risk([functionFacts('src/quiet.ts', 90, 2), functionFacts('src/quiet.ts', 95, 2)])).toBe('medium')
  expect(risk([functionFacts('src/quiet.ts', 200, 3)])).toBe('high')
})
