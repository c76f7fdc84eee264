import { checkOptions, FlowError } from '@batonjs/core'
import type { AcpMcpServer, AcpSdk } from '@batonjs/engine-acp'

/** How Gemini is run, and what it may do. */
export interface GeminiEngineOptions {
  /** The name by which flows ask for this engine. @default 'gemini' */
  readonly id?: string
  /**
   * `acp` asks before it changes things, ends a turn in order, and does not trust the folder that it works in. `cli` is
   * headless: it goes on with a session after a crash, cannot ask, and trusts the folder. `real` is another word for
   * `cli`. @default 'acp'
   */
  readonly mode?: 'acp' | 'cli' | 'real'
  /** The program: a path, or a name on the `PATH` of `env`. @default 'gemini' */
  readonly command?: string
  /** For steps that name no model. Gemini's own choice asks another model first, for minutes when that is busy. @default 'gemini-2.5-pro' */
  readonly model?: string
  /** The key, given to Gemini as `GEMINI_API_KEY`. It is never recorded. @default what `env` has, else the login of the user */
  readonly apiKey?: string
  /** Where the service is. @default `GOOGLE_GEMINI_BASE_URL` of `env`, else Google's */
  readonly baseUrl?: string
  /**
   * A folder of its own for Gemini's settings and sessions. @default `GEMINI_CLI_HOME` of `env`; else
   * `.baton/engine-gemini` in the home of the user when there is a key; else the home of the user, whose login counts
   */
  readonly home?: string
  /**
   * Whether what stands in the workspace counts: Gemini's settings, hooks, agents, memory and `.env` there. Without it
   * Gemini starts no MCP server and is in no mode but `default` and `plan`. @default false; mode `cli` cannot do without
   */
  readonly trustWorkspace?: boolean
  /** Gemini's own mode. Only `yolo` runs everything unasked. @default 'default' */
  readonly approvalMode?: 'default' | 'auto_edit' | 'plan' | 'yolo'
  /** MCP servers that Gemini is to use, in mode `acp` and a workspace that is trusted. @default none */
  readonly mcpServers?: readonly AcpMcpServer[]
  /** The folder to work in. @default the workspace of the orchestrator, else the folder of this process */
  readonly workspace?: string
  /** The whole environment of Gemini. @default a documented list out of that of this process */
  readonly env?: Readonly<Record<string, string>>
  /** How long Gemini may take until it speaks, in milliseconds; in mode `cli` when it is probed. @default 60_000 */
  readonly startTimeoutMs?: number
  /** Whose quota the calls use up. @default the id */
  readonly account?: string
  /** The module `@agentclientprotocol/sdk`, for mode `acp`. @default loaded when it is first needed */
  readonly sdk?: AcpSdk
}

/** Throws a `FlowError` `options_invalid` with everything that is wrong. */
export function checkGeminiOptions(options: GeminiEngineOptions): void {
  checkOptions('createGeminiEngine', options, {
    'id?': 'text',
    'mode?': { oneOf: ['acp', 'cli', 'real'] },
    'command?': 'text',
    'model?': 'text',
    'apiKey?': 'text',
    'baseUrl?': 'text',
    'home?': 'text',
    'trustWorkspace?': 'flag',
    'approvalMode?': { oneOf: ['default', 'auto_edit', 'plan', 'yolo'] },
    'mcpServers?': {
      listOf: { members: { name: 'text' }, open: true, wanted: 'an MCP server' },
      distinct: 'name',
    },
    'workspace?': 'text',
    'env?': isEnvironment,
    'startTimeoutMs?': 'milliseconds',
    'account?': 'text',
    'sdk?': { open: true, wanted: 'the module @agentclientprotocol/sdk', members: { client: 'function' } },
  })
  const misfit = misfitIn(options)
  if (misfit !== undefined) throw new FlowError(`createGeminiEngine: ${misfit}`, { code: 'options_invalid' })
}

/** What Gemini would silently leave out, or refuse later. */
function misfitIn({ mode = 'acp', ...options }: GeminiEngineOptions): string | undefined {
  const { trustWorkspace, mcpServers, approvalMode = 'default' } = options
  if (mode !== 'acp') {
    if (mcpServers !== undefined)
      return 'options.mcpServers needs mode "acp". In mode "cli" those of Gemini\'s settings are used.'
    return trustWorkspace === false
      ? 'options.trustWorkspace is false, but mode "cli" runs in no other workspace.'
      : undefined
  }
  if (trustWorkspace === true) return undefined
  const wanting = 'needs options.trustWorkspace: true. In a workspace that is not trusted Gemini'
  if (mcpServers !== undefined) return `options.mcpServers ${wanting} starts none.`
  const isCautious = approvalMode === 'default' || approvalMode === 'plan'
  return isCautious
    ? undefined
    : `options.approvalMode "${approvalMode}" ${wanting} has only "default" and "plan".`
}

function isEnvironment(value: unknown): string | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  const fits = isRecord && Object.values(value).every((one) => typeof one === 'string')
  return fits ? undefined : 'an object with a text for each name'
}
