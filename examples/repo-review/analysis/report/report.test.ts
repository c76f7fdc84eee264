import fc from 'fast-check'
import { expect, it } from 'vitest'
import { splitAreas } from '../survey/areas.ts'
import { changed, fileFacts, functionFacts, repoFacts } from '../survey/facts.fixture.ts'
import { type ReportInput, renderReport } from './report.ts'

const nasty = 'src/a|b`c_*.ts'
const facts = repoFacts(
  [
    fileFacts(nasty, { lines: 900, churn: changed(40), markers: 2 }),
    fileFacts('src/b.ts', { churn: changed(30) }),
    fileFacts('web/c.ts'),
    fileFacts('package-lock.json', { kind: 'generated', lines: 9_000 }),
  ],
  {
    functions: [functionFacts(nasty, 240, 4)],
    markers: [{ path: nasty, line: 3, word: 'TODO', text: 'use <b> | `x`' }],
    couplings: [{ paths: [nasty, 'src/b.ts'], together: 28, commits: 30 }],
    leftOut: ['1 generated file (2 kB): counted, not reviewed: a tool writes them.'],
  },
)
const survey = splitAreas(facts)
const reviews = survey.areas.map(({ key, name }) => ({ area: key, text: `# On ${name}\n\nFine.` }))
const input: ReportInput = {
  survey,
  reviews,
  synthesis: 'All *is* well.',
  critique: { verdict: 'VERIFIED', text: 'Yes.' },
}

it('tells everything in one order', () => {
  const headings = renderReport(input).match(/^#+ .*$/gm)
  expect(headings).toEqual([
    '# Review of acme',
    '## In short',
    '## The repository',
    '## Areas',
    '## Hot spots',
    '## Largest functions',
    '## Files that change together',
    '## Unfinished',
    '## Latest commits',
    '## The areas one by one',
    '### root',
    '#### On root',
    '### `src/`',
    '#### On src/',
    '### `web/`',
    '#### On web/',
    '## What the critic says',
    '## What was left out',
    '## How this was computed',
  ])
})

it('is the same whatever the order in which the reviews came', () => {
  const report = renderReport(input)
  fc.assert(
    fc.property(fc.shuffledSubarray(reviews, { minLength: reviews.length }), (shuffled) => {
      expect(renderReport({ ...input, reviews: shuffled })).toBe(report)
    }),
  )
})

it('shows the evidence', () => {
  const report = renderReport(input)
  expect(report).toContain('Commit `c0ffeec0ffee` of 2026-03-01: Say \\| it')
  expect(report).toContain('| ``src/a\\|b`c_*.ts`` | 900 | 40 | 800 | 2 | 100 |')
  expect(report).toContain('| `work` | ``src/a\\|b`c_*.ts:7`` | TypeScript | 240 | 4 |')
  expect(report).toContain('| ``src/a\\|b`c_*.ts`` | `src/b.ts` | 28 | 30 (93 %) |')
  expect(report).toContain('- TODO in ``src/a|b`c_*.ts:3``: use \\<b> \\| \\`x\\`')
  expect(report).toContain(
    '- **high**: ``src/a|b`c_*.ts`` has 900 lines and changed in 40 of the last 100 commits',
  )
  expect(report).toContain('- 1 generated file (2 kB): counted, not reviewed: a tool writes them.')
})

it('says that texts are synthetic only when they are', () => {
  expect(renderReport(input)).not.toContain('synthetic')
  expect(renderReport({ ...input, isSynthetic: true })).toContain(
    '> No model wrote here. The review texts are synthetic',
  )
})

it('names the areas without a review, and why', () => {
  const report = renderReport({ survey, reviews: [{ area: 'src', error: 'timeout: the *engine* hung' }] })
  expect(report).toContain('No review: timeout: the \\*engine\\* hung.')
  expect(report).toContain('- 3 areas without a review: root, `src/`, `web/`.')
  expect(report).not.toContain('## In short')
  expect(report).not.toContain('## What the critic says')
})

it('says that nothing was left out when nothing was', () => {
  const whole = splitAreas(repoFacts([fileFacts('a.ts')]))
  const report = renderReport({ survey: whole, reviews: [{ area: 'root', text: 'Fine.' }] })
  expect(report).toContain('Nothing: every file was read and every area reviewed.')
  expect(report).toContain('No source file changed more than once in the window.')
})

it('warns of a short history', () => {
  const young = splitAreas(repoFacts([fileFacts('a.ts')], {}, 3))
  expect(renderReport({ survey: young, reviews: [] })).toContain(
    '> The history is short: 3 commits to count churn from.',
  )
})

it('holds no branch and no machine', () => {
  expect(renderReport(input)).not.toContain('main')
})
