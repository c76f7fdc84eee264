import type { JsonValue } from '@batonjs/core'
import { expect, it } from 'vitest'
import type { RepoFacts, Survey } from '../facts.ts'
import { splitAreas } from './areas.ts'
import { findCouplings } from './couplings.ts'
import { changed, fileFacts, functionFacts, repoFacts } from './facts.fixture.ts'
import { rankHotSpots } from './hot-spots.ts'
import { findNamesakes } from './namesakes.ts'

it('is plain JSON, so that it can be the output of a step', () => {
  const facts = repoFacts([fileFacts('a.ts')])
  const survey: Survey = splitAreas(facts)
  const outputs: readonly JsonValue[] = [facts, survey, survey.areas, survey.brief]
  expect(JSON.parse(JSON.stringify(outputs))).toEqual(outputs)
})

it('gives each area a key that is unique and fits a map item', () => {
  const folders = ['a b/', 'a-b/', 'root/', 'Ünï/', '日本/', '.github/', '..a/']
  const { areas } = splitAreas(
    repoFacts([fileFacts('top.ts'), ...folders.map((folder) => fileFacts(`${folder}f.ts`))]),
  )
  const keys = areas.map(({ key }) => key)
  expect(new Set(keys).size).toBe(8)
  for (const key of keys) expect(key).toMatch(/^[a-z0-9_][a-z0-9._-]*$/)
  expect(areas.map(({ name }) => name)).toContain('root/')
  expect(areas[0]).toMatchObject({ key: 'root', name: 'root' })
})

it('keeps the facts of an area below 48 kB, whatever its names', () => {
  const name = `src/${'日"\\'.repeat(400)}`
  const files = Array.from({ length: 60 }, (_, at) =>
    fileFacts(`${name}${at}.ts`, { lines: 2_000, churn: changed(50, 500), markers: 9 }),
  )
  const facts: Partial<RepoFacts> = {
    functions: files.map(({ path }) => ({ ...functionFacts(path, 300, 6), name: '日'.repeat(60) })),
    markers: files.map(({ path }) => ({ path, line: 1, word: 'TODO' as const, text: '日'.repeat(100) })),
  }
  const { areas, brief } = splitAreas(repoFacts(files, facts))
  for (const area of areas) expect(Buffer.byteLength(JSON.stringify(area))).toBeLessThan(48_000)
  expect(areas.map(({ findings }) => findings.length)).toContain(10)
  expect(Buffer.byteLength(JSON.stringify(brief))).toBeLessThan(48_000)
})

it('adds files up over areas without losing or doubling any', () => {
  const files = ['a/x.ts', 'b/y.ts', 'z.ts', 'b/lock.json'].map((path) =>
    fileFacts(path, { churn: changed(3, 2) }),
  )
  const { areas, overview } = splitAreas(repoFacts(files))
  const total = (key: 'files' | 'lines' | 'changes') => areas.reduce((sum, area) => sum + area[key], 0)
  expect([total('files'), total('lines'), total('changes')]).toEqual([4, overview.lines, 12])
})

it('shows what is broken before what is missing, and one marker of each file before a second', () => {
  const marker = (path: string, word: 'TODO' | 'FIXME') => ({ path, line: 1, word, text: '' })
  const markers = [
    marker('a.ts', 'TODO'),
    marker('a.ts', 'FIXME'),
    marker('a.ts', 'TODO'),
    marker('b.ts', 'FIXME'),
  ]
  const [area] = splitAreas(repoFacts([fileFacts('a.ts'), fileFacts('b.ts')], { markers })).areas
  expect(area?.markerList.map(({ path, word }) => `${path} ${word}`)).toEqual([
    'b.ts FIXME',
    'a.ts TODO',
    'a.ts FIXME',
    'a.ts TODO',
  ])
})

it('ranks a file that is long and changes often above one that is only one of both', () => {
  const files = [
    fileFacts('long.ts', { lines: 900, churn: changed(2) }),
    fileFacts('busy.ts', { lines: 10, churn: changed(90) }),
    fileFacts('both.ts', { lines: 800, churn: changed(80) }),
    fileFacts('once.ts', { lines: 999, churn: changed(1) }),
    fileFacts('a.test.ts', { kind: 'test', lines: 999, churn: changed(99) }),
  ]
  expect(rankHotSpots(files).map(({ path, score }) => [path, score])).toEqual([
    ['both.ts', 44],
    ['long.ts', 33],
    ['busy.ts', 33],
  ])
  expect(rankHotSpots(files.slice(0, 1))).toMatchObject([{ score: 100 }])
})

it('finds files that change together, and not those whose names already say so', () => {
  const files = ['a.ts', 'b.ts', 'c.h', 'c.c', 'd.ts'].map((path) => fileFacts(path, { churn: changed(5) }))
  const sets = [...Array(4).fill(['a.ts', 'b.ts', 'c.c', 'c.h']), ['d.ts', 'a.ts']]
  expect(findCouplings(sets, files).map(({ paths }) => paths.join(' '))).toEqual([
    'a.ts b.ts',
    'a.ts c.c',
    'a.ts c.h',
    'b.ts c.c',
    'b.ts c.h',
  ])
  const sweep = Array.from({ length: 26 }, (_, at) => `f${at}.ts`)
  expect(findCouplings(Array(9).fill(['a.ts', 'b.ts', ...sweep]), files)).toEqual([])
  expect(findCouplings([], files)).toEqual([])
})

it('knows which file a test is named after', () => {
  const source = ['a.ts', 'pkg/b.go', 'c_d.py', 'E.java', 'f/index.ts', 'untested.ts'].map((path) =>
    fileFacts(path),
  )
  const tests = ['a.test.ts', 'pkg/b_test.go', 'tests/test_c_d.py', 'test/ETest.java', 'f/f.spec.ts']
  const files = [...source, ...tests.map((path) => fileFacts(path, { kind: 'test' }))]
  const { isCustom, isUntested } = findNamesakes(files)
  expect(isCustom).toBe(true)
  expect(files.filter(isUntested).map(({ path }) => path)).toEqual(['untested.ts'])
  const unnamed = ['t1', 't2', 't3', 'a'].map((name) => fileFacts(`${name}.test.ts`, { kind: 'test' }))
  expect(findNamesakes([...source, ...unnamed]).isCustom).toBe(false)
})
