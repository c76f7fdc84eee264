import { describe, expect, it } from 'vitest'
import type { StubScript } from './script.ts'
import { createStubEngine, type StubEngineOptions } from './stub-engine.ts'

const outline = 'but must be an object { acts?, text?, stream?, data?, … }.'

describe('createStubEngine', () => {
  it.each<[string, unknown]>([
    ['a table without replies', { steps: {} }],
    ['a function', () => ({ verdcit: 'X' })],
    [
      'what no engine should give',
      { steps: { a: { usage: 'free', data: () => 1, ending: { kind: 'return', result: 1 } } } },
    ],
    [
      'replies of replies',
      { steps: { a: [{ attempts: [{ fail: { code: 'x' } }, { repairs: [{}] }] }] }, otherwise: {} },
    ],
  ])('law 6: takes %s', (_, script) => {
    // What JavaScript may hand over.
    expect(() => createStubEngine(script as StubScript)).not.toThrow()
  })

  it.each<[unknown, unknown, string]>([
    [
      { id: 'two' },
      {},
      'script.id is unknown. Known are steps, otherwise.\ncreateStubEngine: script.steps is missing. It must be an object of replies by step.',
    ],
    [null, {}, 'script is null, but must be an object { steps, otherwise? }.'],
    [{ steps: { a: 'fine' } }, {}, `script.steps.a is "fine", ${outline}`],
    [{ steps: { a: { verdcit: 'X' } } }, {}, 'script.steps.a.verdcit is unknown. Did you mean "verdict"?'],
    [{ steps: { a: [{}, { tetx: 'x' }] } }, {}, 'script.steps.a[1].tetx is unknown. Did you mean "text"?'],
    [
      { steps: { a: { attempts: [{ fial: {} }] } } },
      {},
      'script.steps.a.attempts[0].fial is unknown. Did you mean "fail"?',
    ],
    [{ steps: {}, otherwise: 5 }, {}, `script.otherwise is 5, ${outline}`],
    [{ steps: {} }, { record: false }, 'options.record is unknown. Known are id, clock, recordCalls.'],
    [{ steps: {} }, { clock: Date }, 'options.clock is a function, but must be an object { now, setTimer }.'],
  ])('law 6: refuses the script %j with %j', (script, options, message) => {
    // The types would refuse it first.
    const make = () => createStubEngine(script as StubScript, options as StubEngineOptions)
    expect(make).toThrow(
      expect.objectContaining({ code: 'options_invalid', message: `createStubEngine: ${message}` }),
    )
  })
})
