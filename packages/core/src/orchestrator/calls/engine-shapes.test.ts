import { describe, expect, it } from 'vitest'
import { engineEventProblems } from './engine-event.ts'
import { stepResultProblems } from './engine-result.ts'

const throwing = Object.defineProperty({}, 'type', {
  enumerable: true,
  get() {
    throw new Error('unreadable')
  },
})
const cyclic: unknown[] = []
cyclic.push(cyclic)
const tool = { toolCallId: 'a', tool: 'b' }

describe('engineEventProblems', () => {
  it.each([
    { type: 'token_chunk', text: '' },
    { type: 'message', role: 'user', content: 'x' },
    { type: 'tool_start', ...tool },
    { type: 'tool_end', ...tool, success: false, output: [1, null, { a: 'b' }], durationMs: 0.5 },
    { type: 'file_changes', files: [{ path: 'a', action: 'deleted', deletions: 3 }] },
    { type: 'usage', usage: {} },
    { type: 'session', session: null },
    { type: 'retry_notice', message: '', delayMs: 3 },
  ])('law 5: finds nothing wrong with a $type', (event) => {
    expect(engineEventProblems(event)).toEqual([])
  })

  it.each<[string, unknown, RegExp]>([
    ['nothing', null, /^event is null, but must be an object { type, … }/],
    ['a text', 'text', /^event is "text"/],
    ['an event of the kernel', { type: 'run_completed' }, /event.type is "run_completed"/],
    ['what cannot be read', throwing, /unreadable/],
    ['a chunk without text', { type: 'token_chunk' }, /token_chunk.text is missing/],
    ['a role of its own', { type: 'message', role: 'tool', content: 'x' }, /message.role is "tool"/],
    ['an empty id', { type: 'tool_start', toolCallId: '', tool: 'b' }, /tool_start.toolCallId is ""/],
    ['an endless id', { type: 'tool_start', toolCallId: 'x'.repeat(513), tool: 'b' }, /1 to 512 characters/],
    ['a cycle', { type: 'tool_start', ...tool, input: cyclic }, /event.input.*a circle/],
    ['a date', { type: 'session', session: new Date(0) }, /event.session is an instance of Date/],
    ['a missing member', { type: 'tool_end', ...tool }, /tool_end.success is missing/],
    ['an undefined session', { type: 'session', session: undefined }, /session.session is missing/],
    ['half a token', { type: 'usage', usage: { inputTokens: 0.5 } }, /usage.usage.inputTokens is 0.5/],
    [
      'half a line',
      { type: 'file_changes', files: [{ path: 'a', action: 'created', insertions: 0.5 }] },
      /0.5/,
    ],
    ['a member of its own', { type: 'tool_start', ...tool, args: {} }, /tool_start.args is unknown/],
  ])('law 5: says what is wrong with %s', (_, event, problem) => {
    expect(engineEventProblems(event)[0]).toMatch(problem)
  })

  it('law 5: begins with a few, however much is wrong', () => {
    expect(engineEventProblems({ type: 'file_changes', files: new Array(100_000).fill(1) })).toHaveLength(5)
  })
})

describe('stepResultProblems', () => {
  const sound = { status: 'succeeded', output: '' }
  const error = { code: 'busy', message: '', retryable: true }
  const failed = { status: 'failed', output: 'half' }

  it.each<[string, object]>([
    ['a text', sound],
    [
      'all that there is',
      {
        ...sound,
        data: { a: [] },
        usage: { totalTokens: 1 },
        costUsd: 0,
        model: 'm',
        handoff: {
          verdict: 'VERIFIED',
          summary: 's',
          artifacts: { plan: 'plan.md' },
          concerns: ['c'],
          assumptions: [{ statement: 'a' }],
          decisions: [{ subject: 's', decision: 'd' }],
          facts: [{ key: 'k', value: null }],
          canFurtherIterationHelp: false,
          fields: { a: 1 },
        },
      },
    ],
    ['a failure', { ...failed, error: { ...error, retryAfterMs: 5 } }],
    ['what says nothing', { ...sound, handoff: { concerns: [], summary: '', facts: null } }],
  ])('law 5: finds nothing wrong with %s', (_, result) => {
    expect(stepResultProblems(result)).toEqual([])
  })

  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /^result is missing/],
    ['no output', { status: 'succeeded' }, /result.output is missing/],
    ['a failure without an error', failed, /result.error is missing/],
    [
      'an unclear error',
      { ...failed, error: { ...error, retryable: 'yes' } },
      /result.error.retryable is "yes"/,
    ],
    ['a function as data', { ...sound, data: () => 1 }, /result.data is a function/],
    ['data that is not a number', { ...sound, data: { n: Number.NaN } }, /result.data.n is NaN/],
    ['a handoff that is a text', { ...sound, handoff: 'VERIFIED' }, /result.handoff is "VERIFIED"/],
    ['concerns that are no list', { ...sound, handoff: { concerns: 'none' } }, /handoff.concerns is "none"/],
    ['a fact without a value', { ...sound, handoff: { facts: [{ key: 'a' }] } }, /handoff.facts is a list/],
    ['101 concerns', { ...sound, handoff: { concerns: new Array(101).fill('c') } }, /at most 100/],
    ['fields beyond measure', { ...sound, handoff: { fields: { a: 'x'.repeat(20_000) } } }, /16,000/],
    ['an endless cost', { ...sound, costUsd: Number.POSITIVE_INFINITY }, /result.costUsd is Infinity/],
  ])('law 5: says what is wrong with %s', (_, result, problem) => {
    expect(stepResultProblems(result)[0]).toMatch(problem)
  })
})
