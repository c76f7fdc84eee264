import { expect, it } from 'vitest'
import { createClaudeEngine } from './claude-engine.ts'
import { call } from './programs.fixture.ts'
import { createScriptedSdk } from './scripted-sdk.fixture.ts'

const env = { ANTHROPIC_API_KEY: 'sk-test-0123456789' }

it('says the same as the CLI, and closes its prompt once it has an answer', async () => {
  const sdk = createScriptedSdk()
  const { events, result } = await call(createClaudeEngine({ sdk, env }), { prompt: 'Hello.' })
  expect(events.map(({ type }) => type)).toEqual(['session', 'token_chunk', 'message'])
  expect(result).toEqual({ status: 'succeeded', output: 'You said 6 characters.', model: 'm' })
  expect(sdk.uses[0]).toMatchObject({ prompt: 'Hello.', isClosed: true })
})

it('keeps a result that is an error, after which the SDK throws', async () => {
  const { result } = await call(createClaudeEngine({ sdk: createScriptedSdk(), env }), { prompt: '[fail]' })
  expect(result).toMatchObject({ status: 'failed', error: { code: 'overloaded', retryable: true } })
})

it('tells what the SDK threw when there was no result, and that there was none', async () => {
  const engine = createClaudeEngine({ sdk: createScriptedSdk(), env })
  expect((await call(engine, { prompt: '[vanish]' })).result.error).toEqual({
    code: 'engine_unavailable',
    message: 'Claude ended before it had answered: Claude Code process exited with code 3',
    retryable: false,
  })
  expect((await call(engine, { prompt: '[silent]' })).result.error?.code).toBe('engine_unavailable')
})

it('is interrupted before it is aborted, and throws the reason', async () => {
  const sdk = createScriptedSdk()
  const controller = new AbortController()
  const reason = new Error('stop')
  const options = { prompt: '[slow]', signal: controller.signal }
  const calling = call(createClaudeEngine({ sdk, env }), options, ({ type }) => {
    if (type === 'token_chunk') controller.abort(reason)
  })
  await expect(calling).rejects.toBe(reason)
  expect(sdk.uses[0]).toMatchObject({ isAborted: true })
})

it('blames a missing folder, for which the SDK would blame its program', async () => {
  const engine = createClaudeEngine({ sdk: createScriptedSdk(), env, workspace: '/nowhere' })
  await expect(call(engine)).rejects.toThrow('The folder "/nowhere" to work in cannot be used')
})

it('is loaded when none is given, and says what to install when there is none', async () => {
  await expect(call(createClaudeEngine({ mode: 'sdk', env }))).rejects.toMatchObject({
    code: 'engine_unavailable',
    message: expect.stringContaining('npm install @anthropic-ai/claude-agent-sdk'),
  })
})

it('is told what the options and the step say, and nothing that nobody said', async () => {
  const sdk = createScriptedSdk()
  await call(createClaudeEngine({ sdk, env }), { prompt: 'Hello.' })
  const engine = createClaudeEngine({
    sdk,
    env,
    command: '/opt/claude',
    allowedTools: ['Read'],
    maxTurns: 7,
    permissionMode: 'bypassPermissions',
    appendSystemPrompt: 'Be brief.',
    mcpServers: { own: { type: 'sdk' } },
    fork: true,
  })
  await call(engine, {
    session: { kind: 'claude', sessionId: 's-0' },
    model: 'this-one',
    outputSchema: { type: 'object' },
    permissions: { allow: [], deny: ['Write', 'Web*'], otherwise: 'ask' },
  })
  const [plain, full] = sdk.uses.map(({ options }) => options)
  expect(Object.keys(plain ?? {}).sort()).toEqual([
    'abortController',
    'allowedTools',
    'canUseTool',
    'disallowedTools',
    'env',
    'includePartialMessages',
    'mcpServersDelivery',
    'settingSources',
    'strictMcpConfig',
    'systemPrompt',
  ])
  expect(plain?.env).toEqual({
    ...env,
    BATON_MARK: expect.any(String),
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_MAX_RETRIES: '2',
  })
  expect(full).toMatchObject({
    pathToClaudeCodeExecutable: '/opt/claude',
    disallowedTools: ['Write'],
    maxTurns: 7,
    permissionMode: 'bypassPermissions',
    allowDangerouslySkipPermissions: true,
    systemPrompt: { type: 'preset', preset: 'claude_code', append: 'Be brief.' },
    mcpServers: { own: { type: 'sdk' } },
    mcpServersDelivery: 'initialize',
    resume: 's-0',
    forkSession: true,
    model: 'this-one',
    outputFormat: { type: 'json_schema', schema: { type: 'object' } },
    hooks: { PreToolUse: [{}] },
  })
})
