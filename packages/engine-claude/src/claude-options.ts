import { checkOptions, FlowError } from '@batonjs/core'
import type { ClaudeSdk } from './claude-sdk.ts'
import { isObject, textIn } from './fields.ts'

/** How Claude is run, and what it may do. */
export interface ClaudeEngineOptions {
  /** The name by which flows ask for this engine. @default 'claude' */
  readonly id?: string
  /** `cli` runs the `claude` program, `sdk` the Claude Agent SDK. @default 'sdk' when `sdk` is given, else 'cli' */
  readonly mode?: 'cli' | 'sdk'
  /**
   * The program: a path, a name on the `PATH`, or a list that begins with it. In mode `sdk` the program that the SDK
   * starts, as one text. @default 'claude'; the SDK's own
   */
  readonly command?: string | readonly string[]
  /** The module `@anthropic-ai/claude-agent-sdk`. @default loaded when it is first needed */
  readonly sdk?: ClaudeSdk
  /** `anthropic_compat` is another service that speaks as Anthropic does; what its calls cost is unknown. @default 'anthropic' */
  readonly provider?: 'anthropic' | 'anthropic_compat'
  /** Where the service is. @default `ANTHROPIC_BASE_URL` of the environment, else Anthropic's */
  readonly baseUrl?: string
  /**
   * The key, given to Claude as `ANTHROPIC_API_KEY`, or as `ANTHROPIC_AUTH_TOKEN` with `anthropic_compat`. It is never
   * recorded. @default what the environment has, else the login of the user
   */
  readonly apiKey?: string
  /** For steps that name no model. @default Claude's own */
  readonly model?: string
  /** Tools that run without asking anybody, such as `Read` or `Bash(git log *)`. @default none */
  readonly allowedTools?: readonly string[]
  /** Tools that never run. Those that the host's policy denies are added. @default none */
  readonly disallowedTools?: readonly string[]
  /** The built-in tools that there are at all. @default all of them */
  readonly tools?: readonly string[]
  /** Claude's own mode. Only `bypassPermissions` runs everything unasked. @default 'default' */
  readonly permissionMode?: 'default' | 'acceptEdits' | 'plan' | 'dontAsk' | 'bypassPermissions'
  /** Turns of a call at most; a call that has no answer by then fails with `bad_output`. @default no bound */
  readonly maxTurns?: number
  /** US dollars of a call at most, looked at after each turn: `budget_exceeded`. The step's budget holds as well. @default no bound */
  readonly maxBudgetUsd?: number
  /**
   * MCP servers by name, as Claude's own settings have them; with mode `sdk` also what `createSdkMcpServer` of the SDK
   * makes. No others are used. @default none
   */
  readonly mcpServers?: Readonly<Record<string, object>>
  /** Added to Claude's system prompt. @default nothing */
  readonly appendSystemPrompt?: string
  /** Settings and memory files of Claude that are read. @default none */
  readonly settingSources?: readonly ('user' | 'project' | 'local')[]
  /** The folder to work in. @default the workspace of the orchestrator, else the folder of this process */
  readonly workspace?: string
  /** The whole environment of Claude. @default a documented list out of that of this process */
  readonly env?: Readonly<Record<string, string>>
  /**
   * How often Claude itself repeats a request that failed, before core repeats the step. With 0 nobody learns how
   * long the service asks to wait: Claude tells it with its own retries only. @default 2
   */
  readonly maxRetries?: number
  /** Continues a conversation in a copy of it. @default false: in the conversation itself */
  readonly fork?: boolean
}

/** Throws a `FlowError` `options_invalid` with everything that is wrong. */
export function checkClaudeOptions(options: ClaudeEngineOptions): void {
  checkOptions('createClaudeEngine', options, {
    'id?': 'text',
    'mode?': { oneOf: ['cli', 'sdk'] },
    'command?': isCommand,
    'sdk?': { members: { query: 'function' }, open: true, wanted: 'the module of the Claude Agent SDK' },
    'provider?': { oneOf: ['anthropic', 'anthropic_compat'] },
    'baseUrl?': 'text',
    'apiKey?': 'text',
    'model?': 'text',
    'allowedTools?': { listOf: 'text' },
    'disallowedTools?': { listOf: 'text' },
    'tools?': { listOf: 'text' },
    'permissionMode?': { oneOf: ['default', 'acceptEdits', 'plan', 'dontAsk', 'bypassPermissions'] },
    'maxTurns?': 'count',
    'maxBudgetUsd?': isPositive,
    'mcpServers?': areServers,
    'appendSystemPrompt?': 'text',
    'settingSources?': { listOf: { oneOf: ['user', 'project', 'local'] } },
    'workspace?': 'text',
    'env?': isEnvironment,
    'maxRetries?': 'whole',
    'fork?': 'flag',
  })
  const misfit = misfitOf(options)
  if (misfit !== undefined) throw new FlowError(`createClaudeEngine: ${misfit}`, { code: 'options_invalid' })
}

/** `cli` or `sdk`. */
export function modeOf({ mode, sdk }: ClaudeEngineOptions): 'cli' | 'sdk' {
  return mode ?? (sdk === undefined ? 'cli' : 'sdk')
}

/** What is right by itself and wrong with the mode. */
function misfitOf(options: ClaudeEngineOptions): string | undefined {
  const { command, sdk, mcpServers = {} } = options
  if (modeOf(options) === 'sdk') {
    const isList = typeof command !== 'string' && command !== undefined
    return isList ? 'with mode "sdk", options.command is one text, the path of the program' : undefined
  }
  if (sdk !== undefined) return 'options.sdk is given, and options.mode is "cli". Leave one of them out'
  const [hosted] = Object.entries(mcpServers).find(([, server]) => textIn(server, 'type') === 'sdk') ?? []
  return hosted === undefined
    ? undefined
    : `options.mcpServers.${hosted} runs in this process, which needs mode "sdk"`
}

function isCommand(value: unknown): string | undefined {
  const words: readonly unknown[] = Array.isArray(value) ? value : [value]
  const fits = words.length > 0 && words.every((word) => typeof word === 'string' && word.trim() !== '')
  return fits ? undefined : 'a program, or a list of it and its first arguments'
}

function areServers(value: unknown): string | undefined {
  const fits = isObject(value) && Object.values(value).every(isObject)
  return fits ? undefined : 'MCP servers by name'
}

function isPositive(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
    ? undefined
    : 'a number of more than 0'
}

function isEnvironment(value: unknown): string | undefined {
  const fits = isObject(value) && Object.values(value).every((it) => typeof it === 'string')
  return fits ? undefined : 'texts by name'
}
