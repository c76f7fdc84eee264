import { existsSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { call, createProgramEngine, plainEnvironment } from './programs.fixture.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'baton-claude-')))

describe('what Claude is told', () => {
  const told = async (options = {}, context = {}) => {
    const { result } = await call(createProgramEngine({ workspace: folder, ...options }), {
      prompt: '[tell]',
      ...context,
    })
    return JSON.parse(result.output)
  }

  it('is its environment, whole, with what Baton needs of it', async () => {
    const { env, folder: worked } = await told({ maxRetries: 5, baseUrl: 'http://127.0.0.1:1' })
    expect(worked).toBe(folder)
    expect(env).toEqual({
      ...plainEnvironment,
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:1',
      BATON_MARK: expect.any(String),
      CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      CLAUDE_CODE_MAX_RETRIES: '5',
    })
  })

  it('never skips a permission unless the host says so', async () => {
    const { arguments: plain } = await told()
    expect(plain).toContain('--permission-prompt-tool=stdio')
    expect(plain.join(' ')).not.toMatch(/permission-mode|dangerously|allowedTools/)
    const { arguments: skipping } = await told({ permissionMode: 'bypassPermissions' })
    expect(skipping).toContain('--permission-mode=bypassPermissions')
  })

  it('is what the options and the step say', async () => {
    const { arguments: words, first } = await told(
      {
        allowedTools: ['Read', 'Bash(git log *)'],
        disallowedTools: ['WebSearch'],
        tools: ['Read', 'Bash'],
        maxTurns: 7,
        maxBudgetUsd: 3,
        appendSystemPrompt: 'Be brief.',
        settingSources: ['project'],
        model: 'not this one',
        fork: true,
      },
      {
        model: 'this-one',
        session: { kind: 'claude', sessionId: 's-1' },
        outputSchema: { type: 'object' },
        budget: { costUsd: 0.5 },
        permissions: { allow: [], deny: ['Write', 'mcp__*'], otherwise: 'ask' },
        continuation: '[tell]',
      },
    )
    expect(words.filter((word: string) => word.includes('='))).toEqual([
      '--input-format=stream-json',
      '--output-format=stream-json',
      '--permission-prompt-tool=stdio',
      '--setting-sources=project',
      '--model=this-one',
      '--max-turns=7',
      '--max-budget-usd=0.5',
      '--tools=Read,Bash',
      '--allowedTools=Read,Bash(git log *)',
      '--disallowedTools=WebSearch,Write',
      '--resume=s-1',
    ])
    expect(words).toContain('--fork-session')
    expect(first).toMatchObject({
      appendSystemPrompt: 'Be brief.',
      jsonSchema: { type: 'object' },
      hooks: { PreToolUse: [{}] },
    })
  })

  it('of MCP servers stands in a file that only this user can read, for as long as the call lasts', async () => {
    const mcpServers = {
      docs: { type: 'http', url: 'http://127.0.0.1:1', headers: { authorization: 'Bearer secret-123' } },
    }
    const engine = createProgramEngine({ mcpServers })
    expect(engine.secrets).toContain('Bearer secret-123')
    let path = ''
    const seen: unknown[] = []
    await call(engine, { prompt: '[tell]' }, (event) => {
      if (event.type !== 'token_chunk') return
      path = /--mcp-config=([^"]+)/.exec(event.text)?.[1] ?? ''
      seen.push(JSON.parse(readFileSync(path, 'utf8')))
      expect(event.text).not.toContain('secret-123')
    })
    expect(seen).toEqual([{ mcpServers }])
    expect(existsSync(path)).toBe(false)
  })
})
