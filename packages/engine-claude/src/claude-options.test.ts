import { describe, expect, it, vi } from 'vitest'
import { createClaudeEngine } from './claude-engine.ts'
import type { ClaudeEngineOptions } from './claude-options.ts'
import { createScriptedSdk } from './scripted-sdk.fixture.ts'

// A caller without types.
const made = (options: object) => createClaudeEngine(options as ClaudeEngineOptions)

describe('options', () => {
  it.each<[object, string]>([
    [{ mode: 'http' }, 'options.mode'],
    [{ command: [] }, 'options.command'],
    [{ sdk: {} }, 'options.sdk'],
    [{ maxTurns: 0 }, 'options.maxTurns'],
    [{ maxBudgetUsd: -1 }, 'options.maxBudgetUsd'],
    [{ env: { A: 1 } }, 'options.env'],
    [{ mcpServers: { docs: 'http://127.0.0.1:1' } }, 'options.mcpServers'],
    [{ settingSources: ['global'] }, 'options.settingSources'],
    [{ permisionMode: 'plan' }, 'permissionMode'],
    [{ mode: 'sdk', command: ['node', 'claude'] }, 'options.command'],
    [{ mode: 'cli', sdk: createScriptedSdk() }, 'options.sdk'],
    [{ mcpServers: { own: { type: 'sdk' } } }, 'options.mcpServers.own'],
  ])('%j are refused before anything starts: %s', (options, named) => {
    expect(() => made(options)).toThrow(expect.objectContaining({ code: 'options_invalid' }))
    expect(() => made(options)).toThrow(named)
  })

  it('choose the SDK when there is one, else the CLI', () => {
    expect(made({}).mode).toBe('cli')
    expect(made({ sdk: createScriptedSdk() }).mode).toBe('sdk')
    expect(made({ mode: 'sdk' }).mode).toBe('sdk')
  })

  it('name the engine, and whether it tells a cost', () => {
    expect(made({})).toMatchObject({ id: 'claude', provider: 'anthropic', tellsCost: true })
    expect(made({ id: 'other', provider: 'anthropic_compat' })).toMatchObject({
      id: 'other',
      tellsCost: false,
    })
  })
})

describe('the environment that Claude is given', () => {
  it('is picked from that of this process: no secret of another vendor, nothing of a Claude around it', async () => {
    const { environmentOf } = await import('./environment.ts')
    vi.stubEnv('ANTHROPIC_MODEL', 'm')
    vi.stubEnv('OPENAI_API_KEY', 'sk-other')
    vi.stubEnv('CLAUDECODE', '1')
    vi.stubEnv('CLAUDE_CODE_ENTRYPOINT', 'cli')
    vi.stubEnv('CLAUDE_CODE_MAX_RETRIES', '7')
    const env = environmentOf({})
    vi.unstubAllEnvs()
    expect(env).toMatchObject({ ANTHROPIC_MODEL: 'm', PATH: process.env.PATH, CLAUDE_CODE_MAX_RETRIES: '7' })
    for (const name of ['OPENAI_API_KEY', 'CLAUDECODE', 'CLAUDE_CODE_ENTRYPOINT'])
      expect(env).not.toHaveProperty(name)
  })

  it('has the given key and no other one, and that key is a secret', () => {
    const env = { ANTHROPIC_API_KEY: 'sk-of-the-environment', CLAUDE_CODE_OAUTH_TOKEN: 'token-of-a-login' }
    expect(made({ env }).secrets).toEqual(['sk-of-the-environment', 'token-of-a-login'])
    expect(made({ env, apiKey: 'sk-given' }).secrets).toEqual(['sk-given'])
  })

  it('takes for a secret what MCP servers are told, the token of a header by itself, and own headers', () => {
    const mcpServers = {
      docs: { type: 'http', url: 'http://127.0.0.1:1', headers: { Authorization: 'Bearer tok-abcdef-1' } },
      hub: {
        command: 'hub',
        env: { GITHUB_TOKEN: 'ghp_secret_1', TOKEN_FILE: '/run/token', MODE: 'read-only' },
      },
    }
    const env = { ANTHROPIC_CUSTOM_HEADERS: 'x-trace: 12345678\nX-Api-Key: proxy-key-1' }
    expect(made({ env, mcpServers }).secrets).toEqual([
      'Bearer tok-abcdef-1',
      'tok-abcdef-1',
      'ghp_secret_1',
      'proxy-key-1',
    ])
  })

  it('names the account by a digest: engines with one key share it', () => {
    const accounts = ['sk-one', 'sk-one', 'sk-two'].map((apiKey) => made({ env: {}, apiKey }).account)
    expect(accounts[0]).toBe(accounts[1])
    expect(accounts[0]).not.toBe(accounts[2])
    expect(accounts.join()).not.toContain('sk-')
  })
})
