import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { FileFacts } from '../facts.ts'
import { splitFiles } from './area-split.ts'
import { fileFacts } from './facts.fixture.ts'

/** Files by folder: how many of 100 lines each. */
function tree(folders: Readonly<Record<string, number>>): readonly FileFacts[] {
  return Object.entries(folders).flatMap(([folder, number]) =>
    Array.from({ length: number }, (_, index) => fileFacts(`${folder}f${index}.ts`)),
  )
}

function split(folders: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(splitFiles(tree(folders)).map(({ folder, files }) => [folder, files.length]))
}

it('makes an area of each folder at the top', () => {
  expect(split({ '': 2, 'src/': 10, 'docs/': 5, 'web/': 9 })).toEqual({
    '': 2,
    'src/': 10,
    'docs/': 5,
    'web/': 9,
  })
})

it('leaves small folders with what is around them', () => {
  expect(split({ '': 1, 'src/': 100, 'tiny/': 1, 'small/': 1 })).toEqual({ '': 3, 'src/': 100 })
  expect(split({ '': 1, 'src/': 100, 'src/tiny/': 1 })).toEqual({ '': 1, 'src/': 101 })
})

it('splits a big folder and keeps the rest of it together', () => {
  const packages = { 'packages/': 1, 'packages/core/src/': 40, 'packages/web/src/': 30, 'packages/tiny/': 1 }
  expect(split({ '': 2, 'docs/': 20, ...packages })).toEqual({
    '': 2,
    'docs/': 20,
    'packages/': 2,
    'packages/core/': 40,
    'packages/web/': 30,
  })
})

it('looks through folders that only lead on', () => {
  const java = {
    'src/main/java/org/acme/api/': 30,
    'src/main/java/org/acme/db/': 30,
    'src/main/java/org/acme/': 3,
  }
  expect(split({ '': 1, ...java })).toEqual({
    '': 4,
    'src/main/java/org/acme/api/': 30,
    'src/main/java/org/acme/db/': 30,
  })
})

it('makes one area of a repository without folders, without code or without files', () => {
  expect(split({ '': 30 })).toEqual({ '': 30 })
  expect(splitFiles([fileFacts('a/b.png', { kind: 'binary', lines: 0 })])).toHaveLength(1)
  expect(splitFiles([])).toEqual([{ folder: '', files: [] }])
})

it('gives generated and vendored files no weight', () => {
  const vendored = tree({ 'vendor/x/': 500 }).map((file) => ({ ...file, kind: 'vendored' as const }))
  const parts = splitFiles([...tree({ 'src/': 10, 'web/': 10 }), ...vendored])
  expect(parts.map(({ folder }) => folder)).toEqual(['', 'src/', 'web/'])
})

it('puts every file into one of at most twelve areas, in an order that no order of files changes', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'src', 'é')
  const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((parts) => `${parts.join('/')}.ts`)
  const file = fc
    .tuple(path, fc.integer({ min: 0, max: 3_000 }))
    .map(([key, lines]) => fileFacts(key, { lines }))
  const files = fc.uniqueArray(file, { selector: (item) => item.path, maxLength: 80 })
  const cases = files.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  )
  fc.assert(
    fc.property(cases, ([all, shuffled]) => {
      const parts = splitFiles(all)
      const paths = parts.flatMap((part) => part.files.map((item) => item.path))
      expect(paths.sort()).toEqual(all.map((item) => item.path).sort())
      expect(parts.length).toBeLessThanOrEqual(12)
      for (const part of parts)
        expect(part.files.every((item) => item.path.startsWith(part.folder))).toBe(true)
      expect(splitFiles(shuffled).map(({ folder }) => folder)).toEqual(parts.map(({ folder }) => folder))
    }),
    { numRuns: 500 },
  )
})
