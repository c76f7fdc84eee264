import { createMemoryStorage, createOrchestrator, defineFlow, type EngineEvent } from '@batonjs/core'
import { createStepContext } from '@batonjs/testkit'
import { describe, expect, it, vi } from 'vitest'
import { call, createProgramEngine } from './programs.fixture.ts'

const ofType = <Type extends EngineEvent['type']>(events: readonly EngineEvent[], type: Type) =>
  events.filter((event): event is Extract<EngineEvent, { readonly type: Type }> => event.type === type)

describe('a call', () => {
  it('streams, tells its session and its cost, and answers', async () => {
    const { events, result } = await call(createProgramEngine(), { prompt: 'Hello.' })
    expect(events.map(({ type }) => type)).toEqual(['session', 'usage', 'token_chunk', 'message', 'usage'])
    expect(ofType(events, 'usage').at(-1)).toEqual({
      type: 'usage',
      usage: { inputTokens: 3, outputTokens: 5 },
      costUsd: 0.25,
    })
    expect(result).toEqual({ status: 'succeeded', output: 'You said 6 characters.', model: 'm' })
  })

  it('says a prompt of 3 MB over stdin: as an argument it would be too large', async () => {
    const { result } = await call(createProgramEngine(), { prompt: 'x'.repeat(3_000_000) })
    expect(result.output).toBe('You said 3000000 characters.')
  })

  it('hears an answer of 5 MB in one line', async () => {
    const { result } = await call(createProgramEngine(), { prompt: '[long]' })
    expect(result.output).toHaveLength(5_000_000)
  })

  it('does not stumble over lines that are none of Claude', async () => {
    expect((await call(createProgramEngine(), { prompt: '[noise]' })).result.output).toBe('Behind the noise.')
  })

  it('answers a request that it does not know, which else would be waited for', async () => {
    const { result } = await call(createProgramEngine(), { prompt: '[strange]' })
    expect(result.output).toBe('Baton does not know "from_the_future"')
  })

  it('tells the version of Claude in the receipt', async () => {
    const engine = createProgramEngine()
    const flow = defineFlow({ key: 'f', steps: [{ id: 'a', prompt: 'Hello.' }] })
    const storage = createMemoryStorage()
    const { runId } = await createOrchestrator({ flows: [flow], engines: [engine], storage }).execute()
    const files = storage.artifacts(runId)
    const [path = ''] = await files.list('f/receipts/')
    expect(JSON.parse((await files.get(path)) ?? '')).toMatchObject({
      engine: 'claude',
      engine_version: '9.9.9',
      mode: 'cli',
      provider: 'anthropic',
      cost_usd: 0.25,
    })
  })

  it('has answers that do not fit repaired by core, in the same conversation', async () => {
    const step = { id: 'a', prompt: 'Hello.', output: { type: 'object' } } as const
    const orchestrator = createOrchestrator({
      flows: [defineFlow({ key: 'f', steps: [step] })],
      engines: [createProgramEngine()],
    })
    const { status, census } = await orchestrator.execute()
    expect(status).toBe('failed')
    expect(JSON.stringify(census)).toContain('bad_output')
  })
})

describe('a tool that asks', () => {
  it('H4: is shown exactly, then started with the request, then allowed', async () => {
    const order: string[] = []
    const decide = () => {
      order.push('asked')
      return true
    }
    const { events, result } = await call(
      createProgramEngine(),
      { prompt: '[propose]', decide },
      ({ type }) => order.push(type),
    )
    const input = { file_path: 'a.txt', content: 'A' }
    expect(order.filter((word) => word === 'asked' || word.startsWith('tool'))).toEqual([
      'asked',
      'tool_start',
      'tool_end',
    ])
    expect(ofType(events, 'tool_start')).toEqual([
      { type: 'tool_start', toolCallId: 't1', tool: 'Write', input, requestId: 'approval-1' },
    ])
    expect(JSON.parse(result.output)).toEqual({ behavior: 'allow', updatedInput: input })
  })

  it('H4: is not allowed before its start is recorded', async () => {
    const engine = createProgramEngine()
    const generator = engine.runStep(createStepContext({ prompt: '[propose]' }))
    let event = await generator.next()
    while (event.done !== true && event.value.type !== 'tool_start') event = await generator.next()
    // Nobody reads on: were it allowed already, the tool would be over.
    expect(event.value).toMatchObject({ type: 'tool_start' })
    await generator.return({ status: 'failed', output: '' })
  })

  it('hears why it was rejected, and the step goes on', async () => {
    const { events, result } = await call(createProgramEngine(), { prompt: '[propose]', decide: () => false })
    expect(ofType(events, 'tool_start')).toEqual([])
    expect(result).toMatchObject({ status: 'succeeded' })
    expect(JSON.parse(result.output)).toEqual({ behavior: 'deny', message: 'This is not allowed.' })
  })

  it('is asked for by the name that the model has used, which its events have as well', async () => {
    const names: string[] = []
    const decide = ({ name }: { readonly name: string }) => names.push(name) > 0
    const { events } = await call(createProgramEngine(), { prompt: '[delegate]', decide })
    expect(names).toEqual(['Task'])
    expect(ofType(events, 'tool_start').map(({ tool }) => tool)).toEqual(['Task'])
  })

  it('L7: is asked for also where Claude would not, when the policy denies what it does not allow', async () => {
    const permissions = { allow: ['Read'], deny: [], otherwise: 'deny' } as const
    const told = await call(createProgramEngine(), { prompt: '[tell]', permissions })
    expect(JSON.parse(told.result.output).first).toMatchObject({ hooks: { PreToolUse: [{}] } })
  })

  it('fails the call when nobody can be asked', async () => {
    const decide = () => Promise.reject(new Error('The storage is gone'))
    await expect(call(createProgramEngine(), { prompt: '[propose]', decide })).rejects.toThrow(
      'The storage is gone',
    )
  })

  it('asks people its questions, with choices as quick replies', async () => {
    const asked = vi.fn(() => ({ question_1: 'green', question_2: ['red', 'blue'] }))
    const { result } = await call(createProgramEngine(), { prompt: '[question]', reply: asked })
    expect(asked).toHaveBeenCalledWith([
      { id: 'question_1', text: 'Which?\n- red: warm', options: ['red', 'blue'], schema: { type: 'string' } },
      {
        id: 'question_2',
        text: 'How?\n- red: warm',
        options: ['red', 'blue'],
        schema: { type: 'array', items: { type: 'string' } },
      },
    ])
    expect(JSON.parse(result.output)).toEqual({ 'Which?': 'green', 'How?': 'red, blue' })
  })
})

describe('a conversation that goes on', () => {
  const session = { kind: 'claude', sessionId: '11111111-2222-4333-8444-000000000000' }

  it('hears what is new, and not the prompt again', async () => {
    const { events, result } = await call(createProgramEngine(), {
      prompt: 'Long prompt.',
      session,
      continuation: 'Go on.',
    })
    expect(ofType(events, 'session')).toEqual([{ type: 'session', session }])
    expect(result.output).toBe('You said 6 characters.')
  })

  it('S5: is begun anew with the whole prompt when Claude does not know it any more', async () => {
    const forgotten = { kind: 'claude', sessionId: 'forgotten' }
    const { events, result } = await call(createProgramEngine(), {
      prompt: 'Long prompt.',
      session: forgotten,
      continuation: 'Go on.',
    })
    expect(ofType(events, 'session')).toEqual([
      { type: 'session', session: { kind: 'claude', sessionId: '11111111-2222-4333-8444-555555555555' } },
    ])
    expect(result).toMatchObject({ status: 'succeeded', output: 'You said 12 characters.' })
  })

  it.each([
    [[1]],
    [{ sessionId: 'ses_of_another_engine' }],
    [{ kind: 'acp', sessionId: '11111111-2222-4333-8444-000000000000' }],
  ])('is begun anew when the session is none of this engine: %j', async (other) => {
    const { events, result } = await call(createProgramEngine(), {
      prompt: 'Long prompt.',
      session: other,
      continuation: 'Go on.',
    })
    expect(result.output).toBe('You said 12 characters.')
    expect(ofType(events, 'session')[0]?.session).not.toMatchObject({ sessionId: session.sessionId })
  })
})

describe('a call that fails', () => {
  it.each<[string, string, boolean]>([
    ['[fail]', 'overloaded', true],
    ['[refuse]', 'auth', false],
    ['[vanish]', 'engine_unavailable', false],
    ['[killed]', 'engine_unavailable', true],
  ])('%s is %s', async (prompt, code, retryable) => {
    const { result } = await call(createProgramEngine(), { prompt })
    expect(result).toMatchObject({ status: 'failed', error: { code, retryable } })
  })

  it('tells what the program said at last', async () => {
    const { result } = await call(createProgramEngine(), { prompt: '[vanish]' })
    expect(result.error?.message).toBe(
      'Claude exited with code 3 before it had answered: something is wrong with the machine',
    )
  })

  it('says what to install when the program is missing', async () => {
    const engine = createProgramEngine({ command: '/nowhere/claude' })
    await expect(call(engine)).rejects.toMatchObject({
      code: 'engine_unavailable',
      message: '"/nowhere/claude" was not found. Install it with: npm install -g @anthropic-ai/claude-code',
    })
  })

  it('is retryable or not, and leaves nothing, when its MCP servers cannot be written', async () => {
    vi.stubEnv('TMPDIR', '/nowhere')
    const engine = createProgramEngine({ mcpServers: { docs: { command: 'docs' } } })
    await expect(call(engine).finally(() => vi.unstubAllEnvs())).rejects.toMatchObject({
      code: 'engine_unavailable',
      message: 'The file with the MCP servers could not be written: the system refused',
    })
  })

  it('blames the folder when that is missing', async () => {
    await expect(call(createProgramEngine({ workspace: '/nowhere' }))).rejects.toThrow(
      'The folder "/nowhere"',
    )
  })

  it('does not send a key to Anthropic that is for another service', async () => {
    const engine = createProgramEngine({ provider: 'anthropic_compat' })
    await expect(call(engine)).rejects.toMatchObject({ code: 'engine_unavailable' })
  })
})
