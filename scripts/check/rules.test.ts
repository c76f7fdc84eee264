import { describe, expect, it } from 'vitest'
import { problemsOf } from './cases.fixture.ts'
import { toRepository } from './repository.ts'
import { rulesWithoutTest } from './rules.ts'

const citedBy = (text: string, path = 'packages/core/src/a.test.ts'): boolean =>
  !rulesWithoutTest(toRepository(new Map([[path, text]]))).includes('F3')

const page = (line: string): Readonly<Record<string, string>> => ({
  'docs/architecture.md': `# Architecture\n\n## Rules without a test\n\n${line}\n\n## Next\n\n- F2: is no excuse, it stands elsewhere\n`,
})

describe('rules', () => {
  it.each([
    "it('F3: a step settles', () => {})",
    "describe('F2, F3: edges', () => {})",
    "it.each([['F3: a row']])('%s', () => {})",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a test
    'it(`F3: step ${name} settles`, () => {})',
  ])('counts %s', (text) => {
    expect(citedBy(text)).toBe(true)
  })

  it.each([
    "it('a step settles (F3)', () => {})",
    "it('F30: a step settles', () => {})",
    "it.skip('F3: a step settles', () => {})",
    "it.skipIf(windows)('F3: a step settles', () => {})",
    "describe.skip('edges', () => { it('F3: a step settles', () => {}) })",
    "// it('F3: a step settles')",
  ])('does not count %s', (text) => {
    expect(citedBy(text)).toBe(false)
  })

  it('does not count a citation outside a test', () => {
    expect(citedBy("it('F3: a step settles')", 'packages/core/src/a.ts')).toBe(false)
  })

  it('knows the 48 rules of the design', () => {
    expect(rulesWithoutTest(toRepository(new Map()))).toHaveLength(48)
  })

  it('asks for a test or a reason', () => {
    const open = (files: Readonly<Record<string, string>>) =>
      problemsOf('rules', files).filter((message) => /F[12] is cited by no test/.test(message))
    expect(open({})).toHaveLength(2)
    expect(open(page('- **F1**: proven by the simulator of issue 9'))).toEqual([
      expect.stringContaining('F2 is cited by no test'),
    ])
  })

  it.each([
    ['- Z9: a rule that nobody wrote down', 'which is no rule'],
    ['- F1: later', 'without a reason'],
  ])('refuses the excuse "%s"', (line, problem) => {
    expect(problemsOf('rules', page(line))).toContainEqual(expect.stringContaining(problem))
  })

  it('refuses an excuse that a test made needless', () => {
    const files = { ...page('- F1: proven by the simulator of issue 9'), 'a.test.ts': "it('F1: x')" }
    expect(problemsOf('rules', files)).toContainEqual(expect.stringContaining('which a test cites'))
  })
})
