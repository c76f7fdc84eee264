import { describe, expect, it } from 'vitest'
import { failuresOf } from '../suite/run-cases.fixture.ts'
import { brokenEngines } from './broken-engines.fixture.ts'
import { createSoundEngine, SCENARIOS } from './sound-engine.fixture.ts'
import { type EngineCaseId, engineCases, testEngine } from './test-engine.ts'

const options = { scenarios: SCENARIOS, deterministic: true }
const impatient = { ...options, timeoutMs: 250, graceMs: 150 }

testEngine('a small sound engine', () => createSoundEngine(), { ...options, test: { describe, it } })

describe('the engine kit', () => {
  it.each(Object.entries(brokenEngines))('catches an engine that %s', async (_, { caughtBy, create }) => {
    const failures = await failuresOf(engineCases(create, impatient))
    expect([...failures.keys()]).toContain(caughtBy)
  })

  it('has a broken engine for each of its cases', () => {
    const proven = new Set(Object.values(brokenEngines).map(({ caughtBy }) => caughtBy))
    const cases = engineCases(() => createSoundEngine()).map(({ id }) => id)
    expect(cases.filter((id) => !proven.has(id))).toEqual([])
  })

  it('skips, with the reason, what no scenario leads to', () => {
    const skipped = engineCases(() => createSoundEngine()).filter((one) => one.skipped !== undefined)
    expect(Object.fromEntries(skipped.map(({ id, skipped }) => [id, skipped]))).toMatchObject({
      'failure-is-told': 'no scenario "failing" is given',
      'same-call-same-answer': 'the engine is not said to be deterministic',
    })
  })

  it('refuses to skip an unknown case, and to skip without a reason', () => {
    // A case that the types do not let through.
    const unknown = { 'no-such-case': 'because' } as Partial<Record<EngineCaseId, string>>
    expect(() => engineCases(() => createSoundEngine(), { skip: unknown })).toThrow(
      /unknown case "no-such-case"/,
    )
    expect(() => engineCases(() => createSoundEngine(), { skip: { 'ends-once': ' ' } })).toThrow(
      /needs a reason/,
    )
  })

  it.each<[string, unknown, RegExp]>([
    ['no test runner', {}, /testEngine: options.test is missing/],
    ['a misspelt option', { test: { describe, it }, determinstic: true }, /Did you mean "deterministic"/],
    ['a misspelt scenario', { test: { describe, it }, scenarios: { slwo: {} } }, /Did you mean "slow"/],
    ['a skip that is no reason', { test: { describe, it }, skip: { 'ends-once': true } }, /needs a reason/],
  ])('law 6: refuses %s', (_, wrong, message) => {
    // What JavaScript may hand over.
    expect(() => testEngine('x', () => createSoundEngine(), wrong as never)).toThrow(message)
  })

  it('law 6: refuses an engine where a function that makes one is wanted', () => {
    // What JavaScript may hand over.
    expect(() => engineCases(createSoundEngine() as never)).toThrow(/a function that makes an engine/)
  })

  it('proves nothing by a call that fails: only what needs no success holds of an engine that always does', async () => {
    const dead = () =>
      createSoundEngine({
        // biome-ignore lint/correctness/useYield: an engine that fails at once.
        async *runStep() {
          return { status: 'failed', output: '', error: { code: 'down', message: 'Down', retryable: true } }
        },
      })
    const failures = await failuresOf(engineCases(dead, impatient))
    const green = engineCases(dead, impatient).flatMap(({ id }) => (failures.has(id) ? [] : [id]))
    expect(green).toEqual([
      ...['port-shape', 'probe-tells', 'dispose-twice', 'starts-lazily', 'failure-is-told'],
      'aborted-before',
    ])
  })

  it('reports a skipped case and does not run it', () => {
    const reported: string[] = []
    const it = Object.assign(() => {}, { skip: (title: string) => reported.push(title) })
    const describe = (_: string, body: () => void) => body()
    const skip = { 'odd-prompts': 'the vendor refuses NUL' }
    testEngine('x', () => createSoundEngine(), { ...options, skip, test: { describe, it } })
    expect(reported).toEqual([expect.stringContaining('(odd-prompts): skipped, the vendor refuses NUL')])
  })
})
