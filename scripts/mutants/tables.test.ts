import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { transformSync } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { type Mutant, mutate, packageOf } from './mutant.ts'
import { mutants } from './tables.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const texts = new Map<string, string>()

function textOf(file: string): string {
  const text = texts.get(file) ?? readFileSync(`${root}/${file}`, 'utf8')
  texts.set(file, text)
  return text
}

/** Why a mutant cannot be tried: its text is gone, or what it leaves is no TypeScript. */
function problemOf(mutant: Mutant): readonly string[] {
  try {
    transformSync(mutate(textOf(mutant.file), mutant), { loader: 'ts', logLevel: 'silent' })
    return []
  } catch (error) {
    return [`${mutant.rule}: ${mutant.off} (${mutant.file}): ${String(error)}`]
  }
}

describe('the tables of mutants', () => {
  it('hold no mutant that is stale or leaves a file that does not parse', () => {
    expect(mutants.flatMap(problemOf)).toEqual([])
  })

  it('name rules of the design, its laws and sections, and rows of the faults', () => {
    const known = /^([FLMTXVNESJHB]\d|(law|section|fault) \d+)$/
    expect(mutants.filter(({ rule }) => !known.test(rule))).toEqual([])
  })

  it('tell each mutant once', () => {
    const names = mutants.map(({ rule, off }) => `${rule}: ${off}`)
    const places = mutants.map(({ file, text, becomes }) => `${file} ${text} ${becomes}`)
    expect(names.filter((name, place) => names.indexOf(name) < place)).toEqual([])
    expect(places.filter((name, place) => places.indexOf(name) < place)).toEqual([])
  })

  it('name tests that there are', () => {
    const files = readdirSync(`${root}/packages`, { recursive: true, encoding: 'utf8' })
    const tests = files.filter((file) => file.endsWith('.test.ts')).map((file) => file.replaceAll('\\', '/'))
    const wanted = new Set(
      mutants.flatMap((mutant) => mutant.tests.map((part) => [packageOf(mutant), part].join(' '))),
    )
    const missing = [...wanted].filter((name) => {
      const [folder = '', part = ''] = name.split(' ')
      return !tests.some((file) => file.startsWith(`${folder}/`) && file.includes(part))
    })
    expect(missing).toEqual([])
  })
})
