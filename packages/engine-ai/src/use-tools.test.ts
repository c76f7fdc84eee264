import type { EngineEvent } from '@batonjs/core'
import { says, uses } from '@batonjs/vendor-server'
import { tool } from 'ai'
import { describe, expect, it } from 'vitest'
import { call, startModel } from './loopback.fixture.ts'
import { createTools, inputSchema } from './tools.fixture.ts'

const toolEvents = (events: readonly EngineEvent[]) =>
  events.filter(({ type }) => type === 'tool_start' || type === 'tool_end')

const both = says('', {
  tools: [
    { name: 'write', input: { path: 'a' } },
    { name: 'write', input: { path: 'b' } },
  ],
})

describe('the tools of a model', () => {
  it('law 7: are shown exactly before they run, and name their approval', async () => {
    const { tools, done } = createTools()
    const { engine, server } = await startModel([uses('write', { path: 'a' }), says('Written.')], { tools })
    const { events, result, recorded } = await call(engine)
    expect(recorded.approvals).toEqual([
      { name: 'write', input: { path: 'a' }, summary: 'The model wants to use "write"' },
    ])
    expect(toolEvents(events)).toEqual([
      {
        type: 'tool_start',
        toolCallId: expect.any(String),
        tool: 'write',
        input: { path: 'a' },
        requestId: 'approval-1',
      },
      {
        type: 'tool_end',
        toolCallId: expect.any(String),
        tool: 'write',
        success: true,
        output: 1,
        durationMs: expect.any(Number),
      },
    ])
    expect(done).toEqual(['write a'])
    expect(result).toMatchObject({ status: 'succeeded', output: 'Written.' })
    expect(JSON.stringify(server.requests[0]?.body)).toContain('"name":"write"')
  })

  it('law 7: do not run when a human says no; the model hears why, and goes on', async () => {
    const { tools, done } = createTools()
    const { engine, server } = await startModel([uses('write', { path: 'a' }), says('Then not.')], { tools })
    const { events, result } = await call(engine, { decide: () => false })
    expect(done).toEqual([])
    expect(toolEvents(events)).toEqual([])
    expect(result.output).toBe('Then not.')
    expect(server.requests[1]?.body).toMatchObject({
      messages: [{}, { role: 'assistant' }, { role: 'tool', content: 'A human said no.' }],
    })
  })

  it('run unasked only where the host says so, by the tool or by its input', async () => {
    const { tools, done } = createTools()
    const script = [
      uses('read', { path: 'a' }),
      uses('careful', { path: 'safe' }),
      uses('careful', { path: 'b' }),
      uses('careful', { path: 'odd' }),
      says('Done.'),
    ]
    const { engine } = await startModel(script, { tools })
    const { recorded, events } = await call(engine)
    expect(recorded.approvals.map(({ name, input }) => [name, input])).toEqual([
      ['careful', { path: 'b' }],
      ['careful', { path: 'odd' }],
    ])
    expect(done).toEqual(['read a', 'careful safe', 'careful b', 'careful odd'])
    expect(toolEvents(events)[1]).toMatchObject({ output: { text: 'of a' } })
  })

  it('of one turn are asked for at once, and run one after the other', async () => {
    const { tools, done } = createTools()
    const { engine } = await startModel([both, says('Done.')], { tools })
    const shown: unknown[] = []
    let showBoth = (): void => {}
    const bothShown = new Promise<void>((resolve) => {
      showBoth = resolve
    })
    const decide = async ({ input }: { input?: unknown }) => {
      if (shown.push(input) === 2) showBoth()
      await bothShown
      return true
    }
    await call(engine, { decide })
    expect(shown).toEqual([{ path: 'a' }, { path: 'b' }])
    expect(done).toEqual(['write a', 'write b'])
  })

  it('that throw tell the model so', async () => {
    const { tools } = createTools()
    const { engine, server } = await startModel([uses('broken', { path: 'a' }), says('A pity.')], { tools })
    const { events, result } = await call(engine)
    expect(toolEvents(events)[1]).toMatchObject({ type: 'tool_end', success: false, output: 'disk full' })
    expect(result.status).toBe('succeeded')
    expect(JSON.stringify(server.requests[1]?.body)).toContain('disk full')
  })

  it.each([
    ['a wrong input', uses('write', { paht: 'a' }), 'Invalid input for tool write'],
    ['a name that there is not', uses('wirte', { path: 'a' }), "unavailable tool 'wirte'"],
  ])('called with %s do not run, and are not asked for', async (_, wrong, complaint) => {
    const { tools, done } = createTools()
    const { engine } = await startModel([wrong, says('I see.')], { tools })
    const { events, result, recorded } = await call(engine)
    expect(recorded.approvals).toEqual([])
    expect(done).toEqual([])
    expect(toolEvents(events)).toMatchObject([
      { type: 'tool_start' },
      { type: 'tool_end', success: false, output: expect.stringContaining(complaint) },
    ])
    expect(result.output).toBe('I see.')
  })

  it('are used up to maxSteps turns', async () => {
    const { tools } = createTools()
    const { engine, server } = await startModel(uses('read', { path: 'a' }), { tools, maxSteps: 3 })
    expect((await call(engine)).result.error).toMatchObject({ code: 'bad_output', retryable: false })
    expect(server.requests).toHaveLength(3)
  })

  it('that do not hear an abort hold no call up', async () => {
    const controller = new AbortController()
    const reason = new Error('timed out')
    const deaf = tool({
      inputSchema,
      needsApproval: false,
      execute: () => {
        controller.abort(reason)
        return new Promise<string>(() => {})
      },
    })
    const { engine } = await startModel([uses('deaf', { path: 'a' })], { tools: { deaf } })
    await expect(call(engine, { signal: controller.signal })).rejects.toBe(reason)
  })

  it('add their turns up in usage', async () => {
    const { tools } = createTools()
    const script = [
      uses('read', { path: 'a' }, { usage: { input: 10, output: 1 } }),
      says('Done.', { usage: { input: 20, output: 2 } }),
    ]
    const { engine } = await startModel(script, { tools })
    expect((await call(engine)).result.usage).toEqual({ inputTokens: 30, outputTokens: 3, totalTokens: 33 })
  })
})
