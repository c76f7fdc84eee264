import { checkOptions, FlowError, type MembersOf } from '@batonjs/core'
import type { AcpSdk } from './acp-sdk.ts'
import { type AcpPresetName, type AcpQuirks, acpPresets } from './presets.ts'

/** Which agent runs, and how. Either `preset` or `command` is needed. */
export interface AcpEngineOptions {
  /** An agent that is known: its command, its environment and its quirks. @default none: `command` says it */
  readonly preset?: AcpPresetName
  /** The agent's program: a path, or a name on the `PATH` of `env`. @default the preset's */
  readonly command?: string
  /** Its arguments. @default the preset's, else none */
  readonly args?: readonly string[]
  /** The id by which flows name the engine. @default `<preset>-acp`, else 'acp' */
  readonly id?: string
  /**
   * The whole environment of the agent. @default from this process: `PATH`, `HOME`, the user, the language, `TMPDIR`,
   * `TERM`, proxies, certificates, and the names of the preset
   */
  readonly env?: Readonly<Record<string, string>>
  /** The model when the step asks for none. @default the preset's, else the agent's own */
  readonly model?: string
  /**
   * The mode of each session, such as `plan`. One in which the agent asks less is yours to choose.
   * @default the agent's own
   */
  readonly mode?: string
  /**
   * Whether what stands in the workspace counts: the agent's settings there, with their permissions and hooks. For the
   * presets `claude` (whose settings of the user count then, too), `gemini` and `opencode`. @default false
   */
  readonly trustWorkspace?: boolean
  /** The folder to work in. @default the workspace of the orchestrator, else the folder of this process */
  readonly workspace?: string
  /** MCP servers that the agent is to use. @default none */
  readonly mcpServers?: readonly AcpMcpServer[]
  /** The method by which the agent is told to authenticate before a session. @default it is not told to */
  readonly authMethod?: string
  /** How long the agent may take until it speaks, in milliseconds. @default 60_000 */
  readonly startTimeoutMs?: number
  /** Whose quota the calls use up. @default the id */
  readonly account?: string
  /** What the agent does in a way of its own. @default the preset's, else nothing */
  readonly quirks?: AcpQuirks
  /** The module `@agentclientprotocol/sdk`. @default loaded when it is first needed */
  readonly sdk?: AcpSdk
}

/** An MCP server: a program that the agent starts, or one that is reached over HTTP. */
export type AcpMcpServer =
  | {
      readonly name: string
      readonly command: string
      /** @default none */
      readonly args?: readonly string[]
      /** @default none */
      readonly env?: Readonly<Record<string, string>>
    }
  | {
      readonly name: string
      readonly url: string
      /** @default 'http' */
      readonly type?: 'http' | 'sse'
      /** @default none */
      readonly headers?: Readonly<Record<string, string>>
    }

/** The presets that can be told whom to trust. */
const TRUSTING: readonly (AcpPresetName | undefined)[] = ['claude', 'gemini', 'opencode']

/** Throws `options_invalid` with everything that is wrong. */
export function checkAcpOptions(options: AcpEngineOptions): void {
  checkOptions('createAcpEngine', options, {
    ...members,
    ...(options.preset === undefined ? { command: 'text' } : {}),
  } as typeof members) // A command is needed where no preset has one.
  if (options.trustWorkspace === undefined || TRUSTING.includes(options.preset)) return
  const message =
    'createAcpEngine: options.trustWorkspace is for the presets "claude", "gemini" and "opencode". Tell this agent in its arguments or settings.'
  throw new FlowError(message, { code: 'options_invalid' })
}

const members: MembersOf<AcpEngineOptions> = {
  'preset?': { oneOf: Object.keys(acpPresets) },
  'command?': 'text',
  'args?': { listOf: aText },
  'id?': aName,
  'env?': textsByName,
  'model?': 'text',
  'mode?': 'text',
  'trustWorkspace?': 'flag',
  'workspace?': 'text',
  'mcpServers?': { listOf: anMcpServer, distinct: 'name' },
  'authMethod?': 'text',
  'startTimeoutMs?': 'milliseconds',
  'account?': 'text',
  'quirks?': {
    members: {
      'continues?': 'flag',
      'tellsCost?': 'flag',
      'costSpan?': { oneOf: ['session', 'process'] },
      'endsWithInput?': 'flag',
      'maxTokens?': 'text',
      'mendsMessages?': 'flag',
      'toolNameInId?': 'flag',
      'asksWhileRunning?': 'flag',
      'notInput?': { listOf: 'text' },
    } satisfies MembersOf<AcpQuirks>,
  },
  'sdk?': { open: true, wanted: 'the module @agentclientprotocol/sdk', members: { client: 'function' } },
}

function aText(value: unknown): string | undefined {
  return typeof value === 'string' ? undefined : 'a text'
}

function aName(value: unknown): string | undefined {
  return typeof value === 'string' && /^[a-z][a-z0-9-]*$/.test(value) ? undefined : 'a name in kebab-case'
}

function textsByName(value: unknown): string | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  const fits = isRecord && Object.values(value).every((one) => typeof one === 'string')
  return fits ? undefined : 'an object with a text for each name'
}

function anMcpServer(value: unknown): string | undefined {
  const { name, command, url, args, env, headers } = { ...toRecord(value) }
  const isNamed = typeof name === 'string' && name !== ''
  const isReached = (typeof command === 'string') !== (typeof url === 'string')
  const hasParts = [env, headers].every((part) => part === undefined || textsByName(part) === undefined)
  const hasArgs = args === undefined || (Array.isArray(args) && args.every((arg) => typeof arg === 'string'))
  return isNamed && isReached && hasParts && hasArgs
    ? undefined
    : '{ name, command, args?, env? } or { name, url, type?, headers? }'
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}
