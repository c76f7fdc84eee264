import { describe, expect, it } from 'vitest'
import { play, recordingOf, replay } from './recordings.fixture.ts'

const OLD = '2.1.197'
const broken = 'retry: The stream broke: what was streamed of the answer is void.'

describe('what Claude does', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'a text, in chunks and as a message',
      'text',
      [
        'session',
        'chunk: Hello there, this comes ',
        'chunk: in several chunks.',
        'assistant: Hello there, this comes in several chunks.',
      ],
    ],
    [
      'a tool, which starts once it is approved, and the file that it made',
      'write',
      [
        'session',
        'start Write by approval',
        'end Write',
        'created a.txt +2 -0',
        'chunk: Done.',
        'assistant: Done.',
      ],
    ],
    [
      'a file that is changed, with its lines; reading it asks nobody',
      'edit',
      [
        'session',
        'start Read',
        'end Read',
        'start Edit by approval',
        'end Edit',
        'modified f.txt +2 -1',
        'chunk: Edited.',
        'assistant: Edited.',
      ],
    ],
    [
      'two tools at once',
      'parallel',
      [
        'session',
        'chunk: Two.',
        'assistant: Two.',
        'start Write by approval',
        'end Write',
        'created a +1 -0',
        'start Write by approval',
        'end Write',
        'created b +1 -0',
        'chunk: Both.',
        'assistant: Both.',
      ],
    ],
    [
      'a tool that there is not: it fails, not the step',
      'unknown-tool',
      ['session', 'start Nope', 'end Nope failed', 'chunk: No such tool.', 'assistant: No such tool.'],
    ],
    [
      'a subagent: its tools are told, its words are not',
      'subagent',
      [
        'session',
        'start Task',
        'start Write by approval',
        'end Write',
        'created sub.txt',
        'end Task',
        'chunk: Main is done.',
        'assistant: Main is done.',
      ],
    ],
    ['structured output, which is no tool', 'structured', ['session']],
  ])('is told: %s', (_, name, told) => {
    const played = replay(name)
    expect(played.told).toEqual(told)
    expect(played.end?.status).toBe('succeeded')
  })

  it('is not told of a tool that was rejected: it has never started, and the step goes on', () => {
    const { told, end } = replay('rejected', { isAllowed: false })
    expect(told).toEqual([
      'session',
      'user: A human said no.',
      'chunk: Was not allowed.',
      'assistant: Was not allowed.',
    ])
    expect(end).toMatchObject({ status: 'succeeded', output: 'Was not allowed.' })
  })

  it('is not told of a tool that the policy denies, in an older version too: only the transcript has what the model hears', () => {
    const said = 'The permissions of this run deny the tool "Read".'
    const word = ['session', `user: ${said}`, 'chunk: No Read.', 'assistant: No Read.']
    for (const version of ['2.1.329', OLD]) expect(replay('denied', { version }).told).toEqual(word)
  })

  it('H4: a tool is started with what was approved, not with what Claude announced', () => {
    const { events } = replay('write')
    const input = { file_path: '/work/a.txt', content: 'one\ntwo\n' }
    expect(events.find(({ type }) => type === 'tool_start')).toMatchObject({ input, requestId: 'approval' })
    expect(JSON.stringify(recordingOf('write'))).toContain('"input":{"file_path":"a.txt"')
  })

  it('is told at once of a tool that never asks, and only with its end of one that might', () => {
    const named = { options: { allowedTools: ['Bash'] } }
    const announced = recordingOf('shell-allowed').findIndex(({ type }) => type === 'assistant') + 1
    const begin = recordingOf('shell-allowed').slice(0, announced)
    expect(play(begin, named).told).toEqual(['session', 'start Bash'])
    expect(play(begin, { options: { permissionMode: 'bypassPermissions' } }).told).toEqual([
      'session',
      'start Bash',
    ])
    expect(play(begin).told).toEqual(['session'])
    expect(replay('shell-allowed').told).toEqual([
      'session',
      'start Bash',
      'end Bash',
      'chunk: Said hi.',
      'assistant: Said hi.',
    ])
  })

  it('has an answer without chunks when Claude asked once more without streaming; what was streamed is void', () => {
    const whole = 'Whole answer at last, after the break.'
    const told = [
      'session',
      'chunk: This stream breaks off i',
      broken,
      `chunk: ${whole}`,
      `assistant: ${whole}`,
    ]
    for (const version of ['2.1.329', OLD]) {
      expect(replay('non-streaming', { version })).toMatchObject({ told, end: { output: whole } })
    }
  })

  it('says that chunks are void when the connection broke', () => {
    const { told, end } = replay('connection-lost')
    expect(told.slice(1, 3)).toEqual([
      'chunk: This stream breaks off i',
      'retry: Claude tries again after: unknown. What was streamed of the answer is void.',
    ])
    expect(end).toMatchObject({ status: 'succeeded', output: 'Whole answer at last, after the break.' })
  })

  it('keeps a block that was whole before the break', () => {
    const { told, end } = replay('cut-after-block')
    expect(told).not.toContain(broken)
    expect(end?.output).toBe('Whole answer at last.')
  })

  it('has two results when a task ran in the background: the last one counts, both are paid', () => {
    const { told, end, events } = replay('background')
    const results = recordingOf('background').filter(({ type }) => type === 'result')
    expect(results).toHaveLength(2)
    expect(end?.output).toBe('The task is done.')
    expect(told.at(-1)).toBe('assistant: The task is done.')
    expect(lastUsage(events).costUsd).toBeCloseTo(Number(results.at(-1)?.total_cost_usd), 9)
  })

  it('passes over what it does not know', () => {
    const strange = [
      { type: 'new_thing' },
      { type: 'system', subtype: 'newer' },
      {},
      { type: 'assistant' },
      { type: 'user' },
    ]
    const lines = [...strange, { type: 'stream_event', event: { type: 'x' } }, ...recordingOf('text')]
    expect(play(lines).told).toEqual(replay('text').told)
  })
})

describe('what a call has used', () => {
  it('is told while it runs, and by the result in the end, with the dollars', () => {
    const usages = replay('write').events.flatMap((event) => (event.type === 'usage' ? [event] : []))
    const inputs = usages.map(({ usage }) => usage.inputTokens ?? 0)
    expect(inputs).toEqual([...inputs].sort((a, b) => a - b))
    expect(usages.slice(0, -1).every(({ costUsd }) => costUsd === undefined)).toBe(true)
    expect(usages.at(-1)?.costUsd).toBeGreaterThan(0)
  })

  it('of a conversation that goes on is what this call has used, not the total of the session', () => {
    const first = lastUsage(replay('before-resume').events)
    const { events } = replay('resume', { order: { session: 's' } })
    const total = Number(recordingOf('resume').at(-1)?.total_cost_usd)
    expect(lastUsage(events).costUsd).toBeCloseTo(total - (first.costUsd ?? 0), 9)
  })

  it('is unknown in dollars where an older version may or may not have added what was before', () => {
    expect(lastUsage(replay('before-resume', { version: OLD }).events).costUsd).toBeGreaterThan(0)
    const { costUsd, usage } = lastUsage(replay('resume', { version: OLD, order: { session: 's' } }).events)
    expect(costUsd).toBeUndefined()
    expect(usage).toEqual({ inputTokens: 31211, outputTokens: 3 })
  })

  it('counts subagents', () => {
    const { usage } = lastUsage(replay('subagent').events)
    const main = recordingOf('subagent').at(-1)?.usage
    expect(usage.inputTokens).toBeGreaterThan(Number(Object(main).input_tokens))
  })

  it('is unknown in dollars for another service: the prices are those of Anthropic', () => {
    const { events } = replay('text', { options: { provider: 'anthropic_compat' } })
    expect(events.every((event) => event.type !== 'usage' || event.costUsd === undefined)).toBe(true)
    expect(lastUsage(events).usage.outputTokens).toBeGreaterThan(0)
  })
})

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

function lastUsage(events: ReturnType<typeof replay>['events']) {
  const usages = events.flatMap((event) => (event.type === 'usage' ? [event] : []))
  return usages.at(-1) ?? { type: 'usage' as const, usage: {} }
}
