import { describe, expect, it } from 'vitest'
import type { Fate, Killer } from './hunt.ts'
import { inFile } from './mutant.ts'
import { progressLine, summaryOf, toTable } from './report.ts'
import { verdictOf } from './test-run.ts'

const [mutant] = inFile('src/edges.ts', 'edges', [
  { rule: 'F4', off: 'nothing waits', text: 'a', becomes: 'b' },
])
if (mutant === undefined) throw new Error('a table without a line')

const killer: Killer = {
  kind: 'test',
  test: { title: 'edges wait | a while', file: 'edges.test.ts', message: 'Seed 3' },
}
const killed: Fate = { mutant, killer, simulator: killer, tookMs: 1_000 }
const hung: Fate = { mutant, killer: { kind: 'timeout', what: 'its tests', limitMs: 2_000 }, tookMs: 2_000 }
const alive: Fate = { mutant, killer: undefined, tookMs: 3_000 }
const untried: Fate = { mutant, killer: undefined, untried: 'its text is gone', tookMs: 0 }

describe('the report', () => {
  it('says of each what has killed it', () => {
    expect(toTable([killed, hung, alive, untried], false).split('\n')).toEqual([
      '| rule | turned off | killed by |',
      '| --- | --- | --- |',
      '| F4 | nothing waits | edges wait \\| a while |',
      '| F4 | nothing waits | a timeout: its tests did not end within 2 s |',
      '| F4 | nothing waits | **survives** |',
      '| F4 | nothing waits | **not tried** |',
    ])
  })

  it('has a column for the simulator when it was asked', () => {
    expect(toTable([killed, alive], true).split('\n')).toEqual([
      '| rule | turned off | killed by | the simulator alone |',
      '| --- | --- | --- | --- |',
      '| F4 | nothing waits | edges wait \\| a while | Seed 3 |',
      '| F4 | nothing waits | **survives** | – |',
    ])
  })

  it('ends with the figures', () => {
    expect(summaryOf([killed, hung, alive, untried], true)).toBe(
      '4 mutants in 1 files: 2 killed, 1 of them by a timeout, 1 survive, 1 not tried, the simulator alone kills 1',
    )
    expect(summaryOf([killed], false)).toBe('1 mutants in 1 files: 1 killed, 0 survive, 0 not tried')
  })

  it('tells of each as soon as it was tried', () => {
    expect(progressLine(alive)).toBe('F4: nothing waits: SURVIVES (3.0 s)')
    expect(progressLine(untried)).toBe('F4: nothing waits: its text is gone (0.0 s)')
  })
})

describe('a run of tests', () => {
  const file = { name: '/copy/packages/core/src/a.test.ts', message: '', assertionResults: [] }
  const failed = {
    status: 'failed',
    fullName: 'a waits',
    failureMessages: ['Error: it\n  does\n    at a.ts:1'],
  }
  const passed = { status: 'passed', fullName: 'a rests' }

  it('is red by the first test that fails', () => {
    const testResults = [file, { ...file, assertionResults: [passed, failed] }]
    expect(verdictOf({ success: false, numTotalTests: 2, testResults }, { project: 'core' })).toEqual({
      kind: 'red',
      test: { title: 'a waits', file: 'src/a.test.ts', message: 'Error: it does' },
    })
  })

  it('is red by a test that is about the matter, when one is', () => {
    const other = { ...failed, fullName: 'b waits' }
    const testResults = [{ ...file, assertionResults: [failed, other] }]
    const verdict = verdictOf(
      { success: false, numTotalTests: 2, testResults },
      { project: 'core', about: 'b ' },
    )
    expect(verdict).toMatchObject({ test: { title: 'b waits' } })
  })

  it('is broken by a file that does not load, and by no test at all', () => {
    const testResults = [{ ...file, message: 'no such module' }]
    expect(verdictOf({ success: false, numTotalTests: 0, testResults }, { project: 'core' })).toEqual({
      kind: 'broken',
      why: 'no such module',
    })
    expect(verdictOf({ success: true, numTotalTests: 0, testResults: [] }, { project: 'core' }).kind).toBe(
      'broken',
    )
  })

  it('is green when all is', () => {
    const testResults = [{ ...file, assertionResults: [passed] }]
    expect(verdictOf({ success: true, numTotalTests: 1, testResults }, { project: 'core' })).toEqual({
      kind: 'green',
    })
  })
})
