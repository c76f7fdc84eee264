import type { AreaFacts, Coupling, FileFacts, Finding } from '../facts.ts'
import { code } from '../report/markdown.ts'
import type { Namesakes } from './namesakes.ts'

/** Looks at one area and writes a sentence with its evidence for each thing that it finds. */
export type Rule = (input: RuleInput) => readonly Finding[]

/** What the rules look at. */
export interface RuleInput {
  readonly area: Omit<AreaFacts, 'findings' | 'risk'>
  readonly files: readonly FileFacts[]
  /** Commits of the window. */
  readonly commits: number
  /** Whether the tests lie in areas of their own, so that an area without any says nothing. */
  readonly testsApart: boolean
  readonly namesakes: Namesakes
  /** Of the whole repository. */
  readonly couplings: readonly Coupling[]
}

/** On a short history the rules say nothing about what does not change. */
export function tellsChange(commits: number): boolean {
  return commits >= 20
}

/** Where something stands: a path with its line. */
export function placeOf({ path, line }: { readonly path: string; readonly line: number }): string {
  return code(`${path}:${line}`)
}
