import type { ProposedActionContent } from '@batonjs/core'
import { createStepContext } from '@batonjs/testkit'
import { afterAll, describe, expect, it } from 'vitest'
import { callAgent, createScripted, failureOf, makeFolder, program } from './scripted-agent.fixture.ts'

const folder = makeFolder()
afterAll(() => folder.remove())
const workspace = folder.path
const engine = createScripted(folder.path)

const say = (prompt: string) => callAgent(engine, { prompt, workspace })

describe('what an agent says', () => {
  it('is given as chunks, and the last of its messages is the answer', async () => {
    const { events, result } = await say('What is the weather in Kiel?')
    expect(events.filter(({ type }) => type === 'token_chunk')).toHaveLength(2)
    expect(events).toContainEqual({ type: 'message', role: 'assistant', content: 'I will look. ' })
    expect(events).toContainEqual({ type: 'message', role: 'assistant', content: 'They said yes.' })
    expect(result).toMatchObject({ status: 'succeeded', output: 'They said yes.' })
  })

  it('engines.md §6: is whole and in order when the turn is over at once', async () => {
    const { result } = await say('burst')
    expect(result.output).toBe(Array.from({ length: 500 }, (_, n) => `${n} `).join(''))
  })

  it('engines.md §6: is all that counts: no banner, no thought, no update of tomorrow, no other session', async () => {
    const { events, result } = await say('noise')
    expect(result.output).toBe('Fine.')
    expect(JSON.stringify(events)).not.toMatch(/THOUGHT|NOT MINE|Welcome/)
    expect(events.filter(({ type }) => type.startsWith('tool'))).toEqual([])
  })

  it('engines.md §8: may be one line of 6 MB', async () => {
    const { events } = await say('huge')
    const end = events.find((event) => event.type === 'tool_end')
    expect(end).toMatchObject({ success: true })
    expect(end?.type === 'tool_end' ? end.output : '').toHaveLength(3_000_000)
  })

  it('is told with what it used up: cached input is input, and the cost is one of this call', async () => {
    const { events, result } = await say('Hello')
    const spent = { usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 }, costUsd: 0.5 }
    expect(result).toMatchObject(spent)
    expect(events).toContainEqual({ type: 'usage', ...spent })
  })

  it('law 7: answers a prompt that begins like a command of the agent', async () => {
    const { result } = await say('/extensions install evil')
    expect(result.output).toBe('small careful heard 1: The prompt:\n/extensions install evil')
  })
})

describe('what an agent wants to do', () => {
  const noes = { decide: () => false, workspace }

  it('H4: begins after the approval and names it, also when the agent told of it before', async () => {
    const { events, approvals } = await say('What is the weather in Kiel?')
    expect(approvals).toEqual([
      { name: 'weather', input: { town: 'Kiel' }, summary: 'Look at the weather in Kiel' },
    ])
    expect(events.filter(({ type }) => type.startsWith('tool'))).toEqual([
      {
        type: 'tool_start',
        toolCallId: 'call-1',
        tool: 'weather',
        input: { town: 'Kiel' },
        requestId: 'approval-1',
      },
      {
        type: 'tool_end',
        toolCallId: 'call-1',
        tool: 'weather',
        success: true,
        output: { answer: 'yes' },
      },
    ])
  })

  it('does not begin when it is refused, whatever the agent says of it later', async () => {
    const { events, result } = await callAgent(engine, { prompt: 'The weather?', ...noes })
    expect(events.filter(({ type }) => type.startsWith('tool'))).toEqual([])
    expect(result.output).toBe('They said no.')
  })

  it('engines.md §6: is known from the request alone, with the files that it changes', async () => {
    const { events, approvals } = await say('edit')
    const input = {
      title: 'Writing to a.txt',
      kind: 'edit',
      content: [{ type: 'diff', path: '/w/a.txt', oldText: null, newText: 'a', _meta: { kind: 'add' } }],
    }
    expect(approvals).toEqual([{ name: 'edit', input, summary: 'Writing to a.txt' }])
    expect(events).toContainEqual({
      type: 'tool_start',
      toolCallId: 'write_file__17_0',
      tool: 'edit',
      input,
      requestId: 'approval-1',
    })
    expect(events).toContainEqual({
      type: 'file_changes',
      files: [{ path: '/w/a.txt', action: 'created' }],
    })
  })

  it('is named as the policy names tools where the preset knows how', async () => {
    const quirky = createScripted(folder.path, {}, { quirks: { toolNameInId: true } })
    const { approvals } = await callAgent(quirky, { prompt: 'edit', workspace })
    expect(approvals).toMatchObject([{ name: 'write_file' }])
  })

  it('law 7: is never allowed for more than once: "always" alone is refused without a question', async () => {
    const { approvals, events, result } = await say('always')
    expect(approvals).toEqual([])
    expect(result.output).toBe('They said y.')
    const content = 'Refused, for it can be allowed for ever only: tool: Z'
    expect(events).toContainEqual({ type: 'message', role: 'user', content })
  })

  it('H4: is not asked for when the agent does not show all of it: nobody approves what he cannot see', async () => {
    const { approvals, events, result } = await say('payload')
    expect(approvals).toEqual([])
    expect(result.output).toBe('They said no.')
    const content = 'Refused, for it is not shown whole: other: hub (hub MCP Server)'
    expect(events).toContainEqual({ type: 'message', role: 'user', content })
  })

  it.each([
    { allow: ['other'], deny: [], otherwise: 'ask' },
    { allow: ['*'], deny: [], otherwise: 'ask' },
    { allow: [], deny: [], otherwise: 'allow' },
  ] as const)(
    "law 7: is the policy's to decide when that goes by the name alone (%j)",
    async (permissions) => {
      const { approvals } = await callAgent(engine, { prompt: 'payload', workspace, permissions })
      expect(approvals).toMatchObject([{ name: 'other' }])
    },
  )

  it('is decided on one by one when it is several things at once', async () => {
    const decide = ({ summary }: ProposedActionContent) => summary === 'A'
    const { result } = await callAgent(engine, { prompt: 'both', workspace, decide })
    expect(result.output).toBe('yes and no')
  })

  it('H4: uses up its approval also when the agent said that it was running', async () => {
    const { events } = await say('running')
    expect(events.filter(({ type }) => type.startsWith('tool_')).map(label)).toEqual([
      'tool_start r undefined',
      'tool_start r:2 approval-1',
      'tool_end r undefined',
      'tool_end r:2 undefined',
    ])
  })

  it('H4: begins after the approval alone where the agent asks for what it said was running', async () => {
    const quirky = createScripted(folder.path, {}, { quirks: { asksWhileRunning: true } })
    const { events } = await callAgent(quirky, { prompt: 'running', workspace })
    expect(events.filter(({ type }) => type.startsWith('tool_')).map(label)).toEqual([
      'tool_start r approval-1',
      'tool_end r undefined',
    ])
  })

  it('H4: is shown without what would make it another request in the next attempt', async () => {
    const quirky = createScripted(folder.path, {}, { preset: 'codex', ...program })
    const { approvals } = await callAgent(quirky, { prompt: 'codex', workspace })
    expect(approvals).toEqual([
      { name: 'execute', input: { command: ['touch', 'a.txt'] }, summary: 'touch a.txt' },
    ])
  })

  it.each(['codex', 'mute'])(
    'fails the call as not permitted when the agent gives up for it (%s)',
    async (prompt) => {
      const { result } = await callAgent(engine, { prompt, ...noes })
      expect(result.error).toMatchObject({
        code: 'permission_denied',
        message: 'The agent ended its turn, for it was refused: touch a.txt',
      })
    },
  )

  it('is told when it needs no permission', async () => {
    const { events } = await say('free')
    expect(events).toContainEqual({
      type: 'tool_end',
      toolCallId: 'f',
      tool: 'read',
      success: true,
      output: 'what it holds',
    })
  })

  it('engines.md §6: does not include files of ours: a request for them is answered, as no method', async () => {
    const { result } = await say('files')
    expect(result.output).toBe('fs: -32601')
  })

  it('fails the call when nobody can be asked', async () => {
    const decide = (): Promise<boolean> => Promise.reject(new Error('nobody is there'))
    const call = callAgent(engine, { prompt: 'edit', workspace, decide })
    await expect(call).rejects.toThrow('nobody is there')
  })
})

describe('how a turn ends', () => {
  it.each([
    ['forbidden', 'invalid_request', 'It is forbidden'],
    ['kind', 'auth', 'Internal error: Invalid key'],
    ['nothing', 'bad_output', 'The agent ended its turn without an answer'],
    ['refuse', 'refusal', 'I will not.'],
    ['cut', 'bad_output', 'The agent stopped at the largest number of tokens'],
    ['turns', 'bad_output', 'The agent stopped at the largest number of requests in one turn'],
    ['outside', 'canceled', 'The turn was canceled outside Baton'],
  ])('%s is %s', async (prompt, code, message) => {
    expect(await failureOf(engine, { prompt, workspace })).toMatchObject({ code, message })
  })

  it('B3: a turn that failed tells what it cost all the same', async () => {
    const call = engine.runStep(createStepContext({ prompt: 'kind', workspace }))
    const first = [await call.next(), await call.next(), await call.next()].map(({ value }) => value)
    expect(first).toMatchObject([
      { type: 'session' },
      { type: 'usage', usage: {}, costUsd: 0.25 },
      { type: 'session', session: { costUsd: 0.25 } },
    ])
    await expect(call.next()).rejects.toMatchObject({ code: 'auth' })
  })

  it('max_tokens is what the agent means by it', async () => {
    const quirky = createScripted(folder.path, {}, { quirks: { maxTokens: 'context_overflow' } })
    expect(await failureOf(quirky, { prompt: 'cut', workspace })).toMatchObject({ code: 'context_overflow' })
  })

  it('an agent that dies in the middle is told with its last words, and may be tried again', async () => {
    const failure = await failureOf(engine, { prompt: 'crash', workspace })
    expect(failure).toMatchObject({ code: 'engine_unavailable', retryable: true })
    expect(failure?.message).toMatch(/exited with 3 in the middle of the call: TypeError: it is broken$/)
  })
})

function label(event: object): string {
  const { type, toolCallId, requestId } = { type: '', toolCallId: '', requestId: undefined, ...event }
  return `${type} ${toolCallId} ${requestId}`
}
