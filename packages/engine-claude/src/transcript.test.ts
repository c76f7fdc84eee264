import { describe, expect, it } from 'vitest'
import { lastUsage, play, recordingOf, replay } from './recordings.fixture.ts'

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

  it('H4: is started anew, by its request, when it was said never to ask and asks all the same', () => {
    const named = { options: { allowedTools: ['Write'] } }
    const { told, events } = replay('write', named)
    expect(told.slice(1, 5)).toEqual([
      'start Write',
      'end Write failed',
      'start Write by approval',
      'end Write',
    ])
    const ids = events.flatMap((event) => (event.type === 'tool_start' ? [event.toolCallId] : []))
    expect(new Set(ids).size).toBe(2)
    const refused = replay('rejected', { ...named, isAllowed: false }).told
    expect(refused.slice(1, 4)).toEqual(['start Write', 'end Write failed', 'user: A human said no.'])
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
