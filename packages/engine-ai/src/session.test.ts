import type { EngineEvent } from '@batonjs/core'
import { createStepContext } from '@batonjs/testkit'
import { says, uses } from '@batonjs/vendor-server'
import { describe, expect, it } from 'vitest'
import { call, sessionIn, startModel } from './loopback.fixture.ts'
import { createTools } from './tools.fixture.ts'

const toolEvents = (events: readonly EngineEvent[]) =>
  events.filter(({ type }) => type === 'tool_start' || type === 'tool_end')

const both = says('', {
  tools: [
    { name: 'write', input: { path: 'a' } },
    { name: 'write', input: { path: 'b' } },
  ],
})

describe('a session', () => {
  it('S5: goes on behind the tools that ran: none runs again', async () => {
    const { tools, done } = createTools()
    const { engine, server } = await startModel(
      ({ messages }) => (messages.some(({ from }) => from === 'tool') ? says('Done.') : both),
      { tools },
    )
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
    // The model sees one conversation, and hears what has come up behind the last result.
    expect(server.requests).toHaveLength(2)
    expect(server.requests[1]?.body).toMatchObject({
      messages: [
        { role: 'user' },
        { role: 'assistant' },
        { role: 'tool' },
        { role: 'tool' },
        { role: 'user', content: 'You were interrupted.' },
      ],
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

  it('that ends with a tool is gone on with in the words of the next attempt', async () => {
    const { tools, done } = createTools()
    const script = [uses('read', { path: 'a' }), says('A long answ', { stop: 'max_tokens' })]
    const { engine, server } = await startModel(script, { tools })
    const first = await call(engine)
    expect(first.result.error?.code).toBe('bad_output')
    server.script(says('Short.'))
    const continuation = 'The answer was cut off: be brief.'
    const second = await call(engine, { attempt: 2, continuation, ...given(sessionIn(first.events)) })
    expect(second.result.output).toBe('Short.')
    expect(done).toEqual(['read a'])
    expect(server.requests.at(-1)?.body).toMatchObject({
      messages: [
        { role: 'user' },
        { role: 'assistant' },
        { role: 'tool' },
        { role: 'user', content: continuation },
      ],
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
