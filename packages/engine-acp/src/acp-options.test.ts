import { describe, expect, it } from 'vitest'
import { createAcpEngine } from './acp-engine.ts'
import type { AcpEngineOptions } from './acp-options.ts'
import { planAgent } from './agent-plan.ts'

describe('the options of an ACP engine', () => {
  it.each<[object, RegExp]>([
    [{}, /options\.command is missing/],
    [{ preset: 'gemin' }, /options\.preset is "gemin".*Did you mean "gemini"\?/],
    [{ command: 'a', comand: 'b' }, /options\.comand is unknown/],
    [{ command: 'a', args: '--acp' }, /options\.args is "--acp", but must be a list/],
    [{ command: 'a', id: 'My Agent' }, /options\.id is "My Agent", but must be a name in kebab-case/],
    [{ command: 'a', env: { PATH: 1 } }, /options\.env .* must be an object with a text for each name/],
    [{ command: 'a', mcpServers: [{ name: 'x' }] }, /options\.mcpServers\[0\] .* must be \{ name, command/],
    [{ command: 'a', quirks: { costSpan: 'day' } }, /options\.quirks\.costSpan is "day"/],
    [{ command: 'a', trustWorkspace: true }, /options\.trustWorkspace is for the presets "claude", "gemini"/],
    [{ preset: 'codex', trustWorkspace: false }, /options\.trustWorkspace is for the presets/],
    [{ command: 'a', sdk: {} }, /options\.sdk\.client is missing/],
  ])('law 6: %j is refused before anything starts', (options, message) => {
    const told = { code: 'options_invalid', message: expect.stringMatching(message) }
    // JavaScript may hand over anything.
    const taken = options as AcpEngineOptions
    expect(() => createAcpEngine(taken)).toThrow(expect.objectContaining(told))
  })

  it('name the engine: by themselves, by the preset, or as any agent', () => {
    const idOf = (options: AcpEngineOptions) => createAcpEngine(options).id
    expect(idOf({ command: 'a', id: 'mine' })).toBe('mine')
    expect(idOf({ preset: 'gemini' })).toBe('gemini-acp')
    expect(idOf({ command: 'a' })).toBe('acp')
  })

  it('tell who serves the model and whose quota is used', () => {
    expect(createAcpEngine({ preset: 'claude', account: 'team' })).toMatchObject({
      mode: 'acp',
      provider: 'anthropic',
      account: 'team',
    })
  })
})

it.each([
  ['gemini', false],
  ['codex', false],
  ['claude', undefined],
  ['opencode', undefined],
] as const)('B3: what is known of the cost of %s is told: %s', (preset, tellsCost) => {
  expect(createAcpEngine({ preset }).tellsCost).toBe(tellsCost)
})

describe('what an agent is to ask, whatever its settings say', () => {
  it('law 7: opencode: everything but what only looks; and nothing that the workspace says counts', () => {
    const { env } = planAgent({ preset: 'opencode', env: {} }).launch
    expect(JSON.parse(env.OPENCODE_PERMISSION ?? '')).toMatchObject({ '*': 'ask', read: 'allow' })
    expect(env.OPENCODE_DISABLE_PROJECT_CONFIG).toBe('true')
    const trusting = planAgent({ preset: 'opencode', env: {}, trustWorkspace: true }).launch
    expect(Object.keys(trusting.env)).toEqual(['OPENCODE_PERMISSION'])
  })

  it('law 7: Codex: whatever is not known to be harmless', () => {
    expect(planAgent({ preset: 'codex' }).launch.args).toEqual(['-c', 'approval_policy="untrusted"'])
  })

  it('Gemini: only with trust is it told to trust', () => {
    const trusting = planAgent({ preset: 'gemini', env: {}, trustWorkspace: true }).launch.env
    expect(trusting).toMatchObject({ GEMINI_CLI_TRUST_WORKSPACE: 'true' })
  })
})

describe('the environment of an agent', () => {
  it('is the one that was given, with what the preset needs unless that says otherwise', () => {
    const plan = (env: Record<string, string>) => planAgent({ preset: 'gemini', env }).launch.env
    expect(plan({ PATH: '/bin' })).toEqual({ PATH: '/bin', GEMINI_CLI_NO_RELAUNCH: 'true' })
    expect(plan({ GEMINI_CLI_NO_RELAUNCH: 'false' })).toEqual({ GEMINI_CLI_NO_RELAUNCH: 'false' })
  })

  it('is picked by name from that of the process when none was given', () => {
    const { env } = planAgent({ preset: 'claude' }).launch
    const others = Object.keys(env).filter((name) => !/^ANTHROPIC_/.test(name))
    for (const name of others)
      expect(name).toMatch(
        /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_.*|TZ|TMPDIR|TERM|\w+_proxy|\w+_PROXY|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+|IS_SANDBOX|CLAUDE_CONFIG_DIR|CLAUDE_CODE_(OAUTH_TOKEN|EXECUTABLE|USE_.*|MAX_RETRIES|DISABLE_.*))$/,
      )
  })

  it('is where secrets are: what is named like one, unless it is short as a word or a path', () => {
    const keyFile = { GOOGLE_APPLICATION_CREDENTIALS: '/home/ada/key.json' }
    const env = { GEMINI_API_KEY: 'abcdefgh', HF_TOKEN: 'short', DB_PASSWORD: '12345678', ...keyFile }
    expect(planAgent({ command: 'a', env }).secrets).toEqual(['abcdefgh', '12345678'])
  })
})
