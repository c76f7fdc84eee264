import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readRepository } from './check/repository.ts'
import { codesOf } from './docs/codes.ts'
import { sectionsOf } from './docs/sections.ts'

/** Sample data of the kits: their codes stand for those of any engine and any storage. */
const samples = /\/(hostile-replies|sample-journal)\.ts$/

const repository = readRepository(fileURLToPath(new URL('..', import.meta.url)))
const sources = repository.sources.filter(
  ({ path, isTest }) => /^packages\/[^/]+\/src\//.test(path) && !isTest && !samples.test(path),
)
const given = codesOf(sources)
const errors = codesIn('../docs/errors.md')
const diagnostics = codesIn('../docs/events.md', 'Diagnostic codes')

/** The first cells of the tables of a page, or of one of its sections. */
function codesIn(page: string, title?: string): readonly string[] {
  const text = readFileSync(new URL(page, import.meta.url), 'utf8')
  const sections = sectionsOf(text).filter((section) => title === undefined || section.title === title)
  return sections.flatMap(({ rows }) => rows.map(([code = '']) => code))
}

describe('the pages of codes', () => {
  it('have every code that a source gives', () => {
    const known = new Set([...errors, ...diagnostics])
    expect(given.length).toBeGreaterThan(100)
    expect(given.filter(({ code }) => !known.has(code))).toEqual([])
  })

  it('have no code that no source gives', () => {
    const codes = new Set(given.map(({ code }) => code))
    expect([...errors, ...diagnostics].filter((code) => !codes.has(code))).toEqual([])
  })

  it('have each code once', () => {
    const all = [...errors, ...diagnostics]
    expect(all.filter((code, index) => all.indexOf(code) !== index)).toEqual([])
  })

  it('tell cause and way out of each', () => {
    const text = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8')
    const short = sectionsOf(text)
      .flatMap(({ rows }) => rows)
      .filter((row) => row.length !== 3 || row.some((cell) => cell === ''))
    expect(short).toEqual([])
  })
})
