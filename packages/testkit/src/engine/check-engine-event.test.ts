import { describe, expect, it } from 'vitest'
import { fail } from '../suite/expect.ts'
import { checkEngineEvent, checkStepResult } from './check-engine-event.ts'

const throwing = Object.defineProperty({}, 'type', { get: () => fail('unreadable') })
const cyclic: unknown[] = []
cyclic.push(cyclic)

describe('checkEngineEvent', () => {
  it.each([
    { type: 'token_chunk', text: '' },
    { type: 'message', role: 'user', content: 'x' },
    { type: 'tool_start', toolCallId: 'a', tool: 'b' },
    {
      type: 'tool_end',
      toolCallId: 'a',
      tool: 'b',
      success: false,
      output: [1, null, { a: 'b' }],
      durationMs: 0.5,
    },
    { type: 'file_changes', files: [{ path: 'a', action: 'deleted', deletions: 3 }] },
    { type: 'usage', usage: {} },
    { type: 'session', session: null },
    { type: 'retry_notice', message: '' },
  ])('lets $type through', (event) => {
    expect(checkEngineEvent(event)).toBeUndefined()
  })

  it.each([
    ['nothing', () => null, /no event/],
    ['text', () => 'text', /no event/],
    ['an event of the kernel', () => ({ type: 'run_completed' }), /no event/],
    ['what cannot be read', () => throwing, /no event/],
    ['a role of its own', () => ({ type: 'message', role: 'tool', content: 'x' }), /"role"/],
    ['an empty id', () => ({ type: 'tool_start', toolCallId: '', tool: 'b' }), /"toolCallId"/],
    ['a cycle', () => ({ type: 'tool_start', toolCallId: 'a', tool: 'b', input: cyclic }), /"input"/],
    ['a missing member', () => ({ type: 'tool_end', toolCallId: 'a', tool: 'b' }), /"success"/],
    ['an undefined session', () => ({ type: 'session', session: undefined }), /"session"/],
    ['a date', () => ({ type: 'session', session: new Date(0) }), /"session"/],
    ['half a token', () => ({ type: 'usage', usage: { inputTokens: 0.5 } }), /"usage"/],
  ])('refuses %s', (_, make, problem) => {
    expect(checkEngineEvent(make())).toMatch(problem)
  })
})

describe('checkStepResult', () => {
  const sound = { status: 'succeeded', output: '' }
  const error = { code: 'busy', message: '', retryable: true }

  it.each([
    sound,
    {
      ...sound,
      data: { a: [] },
      usage: { totalTokens: 1 },
      costUsd: 0,
      model: 'm',
      handoff: { verdict: 'VERIFIED' },
    },
    { status: 'failed', output: 'half', error: { ...error, retryAfterMs: 5 } },
  ])('lets %o through', (result) => {
    expect(checkStepResult(result)).toBeUndefined()
  })

  it.each([
    ['nothing', undefined, /no object/],
    ['no output', { status: 'succeeded' }, /"output"/],
    ['a failure without an error', { status: 'failed', output: '' }, /has no error/],
    [
      'an error that is unclear',
      { status: 'failed', output: '', error: { ...error, retryable: 'yes' } },
      /"error"/,
    ],
    ['a function as data', { ...sound, data: () => 1 }, /"data"/],
    ['data that is not a number', { ...sound, data: { n: Number.NaN } }, /"data"/],
    ['concerns that are no list', { ...sound, handoff: { concerns: 'none' } }, /"handoff"/],
    ['a fact without a value', { ...sound, handoff: { facts: [{ key: 'a' }] } }, /"handoff"/],
    ['an endless cost', { ...sound, costUsd: Number.POSITIVE_INFINITY }, /"costUsd"/],
  ])('refuses %s', (_, result, problem) => {
    expect(checkStepResult(result)).toMatch(problem)
  })
})
