/** A protection or a rule that is turned off in the text of one source file. */
export interface Mutant {
  /** What it breaks: a rule of the design (`F4`), one of its laws (`law 2`), a row of the faults (`fault 15`). */
  readonly rule: string
  /** What is wrong then, for a person. */
  readonly off: string
  /** Path from the root of the repository. */
  readonly file: string
  /** Part of the file's text; it must occur there exactly once. */
  readonly text: string
  /** What stands there instead. */
  readonly becomes: string
  /** Parts of the paths, in its package, of the test files that are to tell of it. */
  readonly tests: readonly string[]
}

/** A line of a table, whose file and tests the table tells. */
export type MutantLine = Pick<Mutant, 'rule' | 'off' | 'text' | 'becomes'>

/** The mutants of one file. `tests` are parts of paths in its package, apart by blanks. */
export function inFile(file: string, tests: string, lines: readonly MutantLine[]): readonly Mutant[] {
  return lines.map((line) => ({ ...line, file, tests: tests.split(' ') }))
}

/** The package that a mutant is in. */
export function packageOf({ file }: Pick<Mutant, 'file'>): string {
  return file.split('/')[1] ?? ''
}

/** The source with the mutant in it. Throws for a mutant that is stale: its text is gone, or no longer unique. */
export function mutate(source: string, { rule, off, file, text, becomes }: Mutant): string {
  const found = source.split(text).length - 1
  if (found === 1) return source.replace(text, () => becomes)
  const message = `The mutant "${rule}: ${off}" is stale: ${file} holds its text ${found} times instead of once. Mend it in scripts/mutants/tables: ${text}`
  throw new Error(message)
}
