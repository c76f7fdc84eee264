import type { EngineEvent } from '@batonjs/core'
import { createStepContext } from '@batonjs/testkit'
import { says, uses } from '@batonjs/vendor-server'
import { tool } from 'ai'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { call, sessionIn, startModel } from './loopback.fixture.ts'

const inputSchema = z.object({ path: z.string() })

/** Tools that note what they did. */
function createTools() {
  const done: string[] = []
  const tools = {
    write: tool({ inputSchema, execute: async ({ path }) => done.push(`write ${path}`) }),
    read: tool({
      inputSchema,
      needsApproval: false,
      execute: async function* ({ path }) {
        yield { text: 'half' }
        done.push(`read ${path}`)
        yield { text: `of ${path}` }
      },
    }),
    careful: tool({
      inputSchema,
      needsApproval: ({ path }) => {
        if (path === 'odd') throw new Error('never seen')
        return path !== 'safe'
      },
      execute: async ({ path }) => done.push(`careful ${path}`),
    }),
    broken: tool({
      inputSchema,
      needsApproval: false,
      execute: async (): Promise<string> => {
        throw new Error('disk full')
      },
    }),
  }
  return { done, tools }
}

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

  it('B3: are followed by no turn when the budget of the call is used up', async () => {
    const { tools } = createTools()
    const expensive = uses('read', { path: 'a' }, { usage: { input: 900, output: 100 } })
    const { engine, server } = await startModel(expensive, { tools })
    const { events, result } = await call(engine, { budget: { tokens: 2_000 } })
    expect(result.error).toMatchObject({ code: 'budget_exceeded', retryable: false })
    expect(server.requests).toHaveLength(2)
    expect(events.findLast(({ type }) => type === 'usage')).toMatchObject({ usage: { totalTokens: 2_000 } })
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

describe('a session', () => {
  it('S5: goes on behind the tools that ran: none runs again', async () => {
    const { tools, done } = createTools()
    const { engine, server } = await startModel([both, says('Done.')], { tools })
    const crash = new Error('killed')
    const events: EngineEvent[] = []
    const decide = async ({ input }: { input?: unknown }) => {
      if (JSON.stringify(input).includes('"b"')) throw crash
      return true
    }
    // The process dies before the second tool begins.
    await expect(collectInto(events, engine, { decide })).rejects.toThrow(crash)
    expect(done).toEqual(['write a'])

    const second = await call(engine, {
      attempt: 2,
      ...given(sessionIn(events)),
      continuation: 'You were interrupted.',
    })
    expect(done).toEqual(['write a', 'write b'])
    expect(second.recorded.approvals).toMatchObject([{ input: { path: 'b' } }])
    expect(second.result.output).toBe('Done.')
    // The model sees one conversation, without a break.
    expect(server.requests).toHaveLength(2)
    expect(server.requests[1]?.body).toMatchObject({
      messages: [{ role: 'user' }, { role: 'assistant' }, { role: 'tool' }, { role: 'tool' }],
    })
  })

  it('says what is to be mended behind an answer, and not the whole prompt again', async () => {
    const { engine, server } = await startModel(says('{"a": 1}'))
    const first = await call(engine, { outputSchema: { type: 'object' } })
    await call(engine, {
      prompt: 'The whole prompt.',
      continuation: 'It lacks b.',
      outputSchema: { type: 'object' },
      ...given(sessionIn(first.events)),
    })
    expect(server.requests[1]?.body).toMatchObject({
      messages: [{ role: 'user' }, { role: 'assistant' }, { role: 'user', content: 'It lacks b.' }],
    })
  })

  it('does not make a tool of what every object has', async () => {
    const { tools } = createTools()
    const { engine } = await startModel(says('I see.'), { tools })
    const calls = [{ type: 'tool-call', toolCallId: 'c1', toolName: 'constructor', input: {} }]
    const messages = [
      { role: 'user', content: 'Go.' },
      { role: 'assistant', content: calls },
    ]
    const session = { kind: 'ai-messages', version: 1, messages }
    const { events, recorded } = await call(engine, { session })
    expect(recorded.approvals).toEqual([])
    expect(toolEvents(events)[1]).toMatchObject({ success: false, output: 'There is no tool "constructor".' })
  })

  it.each([
    ['another engine', 'session-of-another'],
    ['another version', { kind: 'ai-messages', version: 2, messages: [] }],
    ['nobody', { kind: 'ai-messages', version: 1, messages: [{ role: 'nobody', content: 1 }] }],
  ])('of %s is none: the call begins anew', async (_, session) => {
    const { engine, server } = await startModel(says('Hi'))
    const { result } = await call(engine, { session, prompt: 'From the start.', continuation: 'Go on.' })
    expect(result.status).toBe('succeeded')
    expect(server.requests[0]?.body).toMatchObject({
      messages: [{ role: 'user', content: 'From the start.' }],
    })
  })

  it('is not told where nothing can come after it', async () => {
    const { engine } = await startModel(says('Hi'))
    expect(sessionIn((await call(engine)).events)).toBeUndefined()
  })
})

function given(session: ReturnType<typeof sessionIn>) {
  if (session === undefined) throw new Error('No session was told')
  return { session }
}

async function collectInto(events: EngineEvent[], ...[engine, options]: Parameters<typeof call>) {
  for await (const event of engine.runStep(createStepContext(options))) events.push(event)
}
