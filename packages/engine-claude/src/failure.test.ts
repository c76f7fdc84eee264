import { describe, expect, it } from 'vitest'
import { play, recordingOf, replay } from './recordings.fixture.ts'

const OLD = '2.1.197'

describe('how a call ends', () => {
  it.each<[string, string, boolean]>([
    ['auth', 'auth', false],
    ['forbidden', 'auth', false],
    ['not-logged-in', 'auth', false],
    ['rate-limit', 'rate_limit', true],
    ['overloaded', 'overloaded', true],
    ['server-error', 'overloaded', true],
    ['no-credit', 'quota', false],
    ['invalid', 'invalid_request', false],
    ['unknown-model', 'invalid_request', false],
    ['too-long', 'context_overflow', false],
    ['too-large', 'context_overflow', false],
    ['unreachable', 'network', true],
    ['timeout', 'timeout', true],
    ['garbage', 'network', true],
    ['refusal', 'refusal', false],
    ['endless', 'bad_output', false],
    ['structured-bad', 'bad_output', false],
    ['max-turns', 'bad_output', false],
    ['max-budget', 'budget_exceeded', false],
    ['interrupted', 'canceled', false],
  ])('%s is %s', (name, code, retryable) => {
    const { end } = replay(name)
    expect(end).toMatchObject({ status: 'failed', error: { code, retryable } })
    expect(end?.error?.message).not.toBe('')
  })

  it.each<[string, string]>([
    ['rate-limit', 'rate_limit'],
    ['interrupted', 'canceled'],
    ['connection-lost', 'network'],
  ])('%s is the same in an older version, which calls it "completed"', (name, code) => {
    expect(replay(name, { version: OLD }).end).toMatchObject({ status: 'failed', error: { code } })
  })

  it('an API that fails calls that a success, which it is not', () => {
    const failed = ['rate-limit', 'overloaded', 'too-long', 'unreachable'].map((name) =>
      recordingOf(name).at(-1),
    )
    expect(failed.map((result) => result?.subtype)).toEqual(Array(4).fill('success'))
  })

  it('a rate limit says how long Claude waited, as the service asked', () => {
    expect(replay('rate-limit').end?.error?.retryAfterMs).toBeGreaterThanOrEqual(1_000)
  })

  it('401 is a verdict before any retry', () => {
    const lines = recordingOf('auth')
    const first = lines.findIndex(({ subtype }) => subtype === 'api_retry')
    const { transcript, end } = play(lines.slice(0, first + 1))
    expect(transcript.verdict?.code).toBe('auth')
    expect(end).toMatchObject({ status: 'failed', error: { code: 'auth', retryable: false } })
  })

  it('a limit of the account that is used up waits until it is there again', () => {
    const resetsAt = Math.round(Date.now() / 1_000) + 3_600
    const limit = { type: 'rate_limit_event', rate_limit_info: { status: 'rejected', resetsAt } }
    const { end } = play([limit, ...recordingOf('rate-limit')])
    expect(end?.error).toMatchObject({ code: 'quota', retryable: true })
    expect(end?.error?.retryAfterMs).toBeGreaterThan(3_500_000)
    const warning = { ...limit, rate_limit_info: { status: 'allowed_warning', resetsAt } }
    expect(play([warning, ...recordingOf('rate-limit')]).end?.error?.code).toBe('rate_limit')
  })

  it.each<[string, object]>([
    ['an empty text', { is_error: false, result: '' }],
    ['no text', { is_error: false }],
  ])('a success with %s is no answer', (_, more) => {
    const { end } = play([{ type: 'result', subtype: 'success', ...more }])
    expect(end).toMatchObject({ status: 'failed', error: { code: 'bad_output' } })
  })

  it('a success with data and no text is one; what does not say that it is no error is none', () => {
    const success = { type: 'result', subtype: 'success', result: 'Done.' }
    const withData = { ...success, is_error: false, result: '', structured_output: { a: 1 } }
    expect(play([withData]).end).toMatchObject({ status: 'succeeded', data: { a: 1 } })
    expect(play([success]).end?.status).toBe('failed')
  })

  it('without a result is no end, whatever was said', () => {
    expect(play(recordingOf('text').slice(0, -1)).end).toBeUndefined()
  })

  it('gives structured output as data; a model that gave none leaves the text to core', () => {
    expect(replay('structured').end).toMatchObject({ status: 'succeeded', data: { a: 1 } })
    const never = replay('structured-never').end
    expect(never).toMatchObject({ status: 'succeeded', output: 'I rather talk.' })
    expect(never).not.toHaveProperty('data')
  })

  it('names the model that answered', () => {
    expect(replay('text').end?.model).toBe('claude-sonnet-4-5')
    const other = {
      type: 'assistant',
      message: { model: 'claude-other', content: [] },
      parent_tool_use_id: null,
    }
    const ofSubagent = { ...other, message: { model: 'claude-small', content: [] }, parent_tool_use_id: 't' }
    expect(play([...recordingOf('text'), other, ofSubagent]).end?.model).toBe('claude-other')
  })
})
