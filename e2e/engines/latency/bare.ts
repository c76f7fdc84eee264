/** What a program does that uses a CLI or an SDK by itself. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { streamText } from 'ai'
import { KEY, type Place } from '../stage/place.ts'
import { CLAUDE_BINARY, CLAUDE_MODEL, claudeEnvironment } from '../targets/claude.ts'
import { GEMINI_BINARY, GEMINI_MODEL, geminiEnvironment } from '../targets/gemini.ts'
import { installedPath } from '../targets/installed.ts'

/** Makes one call, tells each token, and ends when all is over. */
export type Bare = (place: Place, prompt: string, onToken: () => void) => Promise<void>

/** The `ai` SDK. */
export const bareAi: Bare = async ({ url }, prompt, onToken) => {
  const service = createOpenAICompatible({ name: 'loopback', baseURL: `${url}/v1`, apiKey: KEY })
  for await (const part of streamText({ model: service('loopback-1'), prompt, maxRetries: 0 }).fullStream) {
    if (part.type === 'text-delta' && part.text !== '') onToken()
  }
}

/** The part of the Claude Agent SDK that is used here. */
interface AgentSdk {
  query(call: { readonly prompt: AsyncIterable<object>; readonly options: object }): AsyncIterable<object>
}

const agentSdk = installedPath('@anthropic-ai/claude-agent-sdk/sdk.mjs')

/** The Claude Agent SDK, so that it can be asked and interrupted. */
export const bareClaudeSdk: Bare = async (place, prompt, onToken) => {
  const { query }: AgentSdk = await import(pathToFileURL(agentSdk).href)
  const options = {
    cwd: place.work,
    env: claudeEnvironment(place),
    model: CLAUDE_MODEL,
    settingSources: [],
    strictMcpConfig: true,
    systemPrompt: { type: 'preset', preset: 'claude_code' },
    includePartialMessages: true,
    canUseTool: async () => ({ behavior: 'deny', message: 'Nothing is to be done' }),
  }
  let hangUp = (): void => {}
  const over = new Promise<void>((resolve) => {
    hangUp = resolve
  })
  async function* speak(): AsyncGenerator<object> {
    yield {
      type: 'user',
      message: { role: 'user', content: prompt },
      parent_tool_use_id: null,
      session_id: '',
    }
    await over
  }
  for await (const message of query({ prompt: speak(), options })) {
    const line = JSON.stringify(message)
    if (line.includes('"text_delta"')) onToken()
    if (line.includes('"type":"result"')) hangUp()
  }
}

/** The `claude` program, over its control protocol. */
export const bareClaudeCli: Bare = async (place, prompt, onToken) => {
  const args = [
    ...['--print', '--verbose', '--input-format=stream-json', '--output-format=stream-json'],
    ...['--include-partial-messages', '--permission-prompt-tool=stdio', '--strict-mcp-config'],
    ...['--setting-sources=', `--model=${CLAUDE_MODEL}`],
  ]
  const options = { cwd: place.work, env: claudeEnvironment(place), detached: true }
  const claude = spawn(installedPath(CLAUDE_BINARY), args, options)
  const request = { subtype: 'initialize', hooks: {} }
  say(claude, { type: 'control_request', request_id: '1', request })
  say(claude, { type: 'user', message: { role: 'user', content: prompt } })
  for await (const line of createInterface(claude.stdout)) {
    if (line.includes('"text_delta"')) onToken()
    if (line.includes('"type":"result"')) claude.stdin.end()
  }
}

/** With a base URL Gemini has to be told how it logs in. */
const GEMINI_SETTINGS = { security: { auth: { selectedType: 'gemini-api-key' } } }

/** The `gemini` program, headless. */
export const bareGemini: Bare = async (place, prompt, onToken) => {
  const home = join(place.home, '.gemini')
  await mkdir(home, { recursive: true })
  await writeFile(join(home, 'settings.json'), JSON.stringify(GEMINI_SETTINGS))
  const args = ['--output-format', 'stream-json', '--model', GEMINI_MODEL, '--approval-mode', 'default']
  const switches = { GEMINI_CLI_NO_RELAUNCH: 'true', GEMINI_CLI_TRUST_WORKSPACE: 'true' }
  const options = { cwd: place.work, env: { ...geminiEnvironment(place), ...switches }, detached: true }
  const gemini = spawn(installedPath(GEMINI_BINARY), args, options)
  gemini.stderr.resume()
  gemini.stdin.end(prompt)
  for await (const line of createInterface(gemini.stdout)) {
    if (line.includes('"delta":true')) onToken()
  }
}

/** An agent of the Agent Client Protocol. */
export function bareAcp(
  command: string,
  args: readonly string[],
  environmentOf: (place: Place) => Record<string, string>,
): Bare {
  return async (place, prompt, onToken) => {
    const options = { cwd: place.work, env: environmentOf(place), detached: true }
    const agent = spawn(installedPath(command), args, options)
    agent.stderr.resume()
    say(agent, request(1, 'initialize', { protocolVersion: 1, clientCapabilities: {} }))
    for await (const line of createInterface(agent.stdout)) {
      if (line.includes('"agent_message_chunk"') && !line.includes('"text":""')) onToken()
      const { id, result } = JSON.parse(line)
      if (id === 1) say(agent, request(2, 'session/new', { cwd: place.work, mcpServers: [] }))
      if (id === 2) say(agent, request(3, 'session/prompt', promptOf(result.sessionId, prompt)))
      if (id === 3) agent.stdin.end()
    }
  }
}

function request(id: number, method: string, params: object): object {
  return { jsonrpc: '2.0', id, method, params }
}

function promptOf(sessionId: string, text: string): object {
  return { sessionId, prompt: [{ type: 'text', text }] }
}

function say(program: ChildProcessWithoutNullStreams, message: object): void {
  program.stdin.write(`${JSON.stringify(message)}\n`)
}
