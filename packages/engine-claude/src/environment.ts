/** My job: what Claude knows of this machine, and what of that is secret. */
import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { pickEnvironment } from '@batonjs/child-process'
import type { JsonObject } from '@batonjs/core'
import type { ClaudeEngineOptions } from './claude-options.ts'
import { objectIn } from './fields.ts'

const KEYS = ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN']
const OTHER_CLOUDS = ['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_USE_FOUNDRY']

/** What a Claude around this process has set for itself. */
const OF_ANOTHER_CLAUDE = ['CLAUDE_CODE_ENTRYPOINT', 'CLAUDE_CODE_SSE_PORT', 'CLAUDE_CODE_SESSION_ID']

const MAX_RETRIES = 2

/** The whole environment: what was given or picked, and what Baton needs of Claude. */
export function environmentOf(options: ClaudeEngineOptions): Record<string, string> {
  const { baseUrl, apiKey, maxRetries, provider } = options
  const env: Record<string, string> = {
    CLAUDE_CODE_MAX_RETRIES: String(MAX_RETRIES),
    // A task that goes on in the background would answer after the answer.
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    ...(options.env ?? pickOwn()),
  }
  if (maxRetries !== undefined) env.CLAUDE_CODE_MAX_RETRIES = String(maxRetries)
  if (baseUrl !== undefined) env.ANTHROPIC_BASE_URL = baseUrl
  if (apiKey === undefined) return env
  for (const name of KEYS) delete env[name]
  env[provider === 'anthropic_compat' ? 'ANTHROPIC_AUTH_TOKEN' : 'ANTHROPIC_API_KEY'] = apiKey
  return env
}

function pickOwn(): Record<string, string> {
  const picked = pickEnvironment(process.env, ['ANTHROPIC_*', 'CLAUDE_*', 'IS_SANDBOX'])
  for (const name of OF_ANOTHER_CLAUDE) delete picked[name]
  return picked
}

const SECRET_NAME = /key|token|secret|password|credential|authorization/i
/** What is shorter is a flag or a number, and would be taken out of every text; a path says where one is. */
const SECRET_LENGTH = 8

/** The keys in it, what of the environment of MCP servers is named as a secret, and the headers that they are sent. */
export function secretsOf(
  options: ClaudeEngineOptions,
  env: Readonly<Record<string, string>>,
): readonly string[] {
  const servers = Object.values(options.mcpServers ?? {})
  const headers = servers.flatMap((server) =>
    Object.values(objectIn(server, 'headers')).flatMap(secretsInHeader),
  )
  const variables = servers.flatMap((server) => secretsInVariables(objectIn(server, 'env')))
  const own = headersIn(env.ANTHROPIC_CUSTOM_HEADERS ?? '').flatMap(secretsInHeader)
  const keys = KEYS.flatMap((name) => env[name] ?? [])
  return [...new Set([...keys, ...headers, ...variables, ...own])].filter((value) => value !== '')
}

/** The whole text, and of two words, such as `Bearer …`, the second one: in what a tool prints it stands alone. */
function secretsInHeader(value: unknown): readonly string[] {
  if (typeof value !== 'string') return []
  const [, token = ''] = /^\w+ (\S+)$/.exec(value) ?? []
  return token.length >= SECRET_LENGTH ? [value, token] : [value]
}

function secretsInVariables(variables: JsonObject): readonly string[] {
  return Object.entries(variables).flatMap(([name, value]) => {
    const isSecret = typeof value === 'string' && SECRET_NAME.test(name) && value.length >= SECRET_LENGTH
    return isSecret && !isAbsolute(value) ? [value] : []
  })
}

/** The values of lines such as `name: value`; the name says whether that is a secret. */
function headersIn(lines: string): readonly string[] {
  return lines.split('\n').flatMap((line) => {
    const [, name = '', value = ''] = /^([^:]+):\s*(.*?)\s*$/.exec(line) ?? []
    return SECRET_NAME.test(name) && value.length >= SECRET_LENGTH ? [value] : []
  })
}

/** That nobody said where the service is, and how to say it. Without that, Anthropic itself would get the key. */
export function missingService(
  { provider }: ClaudeEngineOptions,
  { ANTHROPIC_BASE_URL = '' }: Readonly<Record<string, string>>,
): string | undefined {
  if (provider !== 'anthropic_compat' || ANTHROPIC_BASE_URL !== '') return undefined
  return 'It is not said where the service is. Set baseUrl, or ANTHROPIC_BASE_URL in the environment'
}

/** That there is no key and no login, and what to set. */
export function missingKey(env: Readonly<Record<string, string>>): string | undefined {
  if ([...KEYS, ...OTHER_CLOUDS].some((name) => env[name]) || hasLogin(env)) return undefined
  return 'There is no key. Set apiKey, or ANTHROPIC_API_KEY in the environment, or log in with: claude auth login'
}

/** Whether somebody has logged in. Looks for the file only; the keychain of a Mac cannot be looked at. */
function hasLogin({ CLAUDE_CONFIG_DIR, HOME }: Readonly<Record<string, string>>): boolean {
  if (process.platform === 'darwin') return true
  const folder = CLAUDE_CONFIG_DIR ?? (HOME === undefined ? undefined : join(HOME, '.claude'))
  return folder !== undefined && existsSync(join(folder, '.credentials.json'))
}

/** Who is charged, so that engines of one account wait together; the key itself is not told. */
export function accountOf(env: Readonly<Record<string, string>>, digest: (text: string) => string): string {
  const key = KEYS.map((name) => env[name]).find(Boolean)
  const service = env.ANTHROPIC_BASE_URL ?? 'anthropic'
  return `claude-${digest(`${service} ${key ?? env.HOME ?? ''}`).slice(0, 12)}`
}
