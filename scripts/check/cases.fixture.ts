import { describe, expect, it } from 'vitest'
import { laws } from './laws.ts'
import { toRepository } from './repository.ts'

/** A small repository in which one law is broken once, or kept where one might think that it is broken. */
export interface Case {
  readonly law: string
  readonly title: string
  readonly files: Readonly<Record<string, string>>
  /** Part of the only message; left out where the law is kept. */
  readonly problem?: string
}

/** Makes a test of every case. */
export function testLaws(cases: readonly Case[]): void {
  for (const { law, title, files, problem } of cases) {
    describe(law, () => {
      it(`${problem === undefined ? 'allows' : 'refuses'} ${title}`, () => {
        const messages = problemsOf(law, files)
        expect(messages).toEqual(problem === undefined ? [] : [expect.stringContaining(problem)])
      })
    })
  }
}

/** The messages of one law on a repository of these texts. */
export function problemsOf(law: string, files: Readonly<Record<string, string>>): readonly string[] {
  const found = laws.find(({ name }) => name === law)
  if (!found) throw new Error(`There is no law "${law}"`)
  return found
    .check(toRepository(new Map(Object.entries(files))))
    .map(({ path, message }) => `${path} ${message}`)
}
