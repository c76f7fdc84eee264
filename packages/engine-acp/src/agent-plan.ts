/** My job: from options to what is done with every call: the command, its environment, what is secret in it. */
import { isAbsolute } from 'node:path'
import { pickEnvironment } from '@batonjs/child-process'
import type { JsonObject, PermissionLists } from '@batonjs/core'
import type { AcpEngineOptions, AcpMcpServer } from './acp-options.ts'
import type { AcpSdk } from './acp-sdk.ts'
import type { AgentLaunch } from './agent.ts'
import type { GreetingTerms } from './greeting.ts'
import { type AcpQuirks, acpPresets } from './presets.ts'

const START_TIMEOUT_MS = 60_000

/** How an engine's agent is run. */
export interface AgentPlan {
  readonly launch: Omit<AgentLaunch, 'cwd' | 'mark' | 'sweep'>
  readonly quirks: AcpQuirks
  readonly mcpServers: readonly JsonObject[]
  /** What a session is told of the host's policy beside the protocol. */
  readonly metaOf: (permissions: PermissionLists) => JsonObject | undefined
  readonly model: string | undefined
  readonly mode: string | undefined
  readonly workspace: string | undefined
  readonly greeting: GreetingTerms
  readonly sdk: AcpSdk | undefined
  readonly provider: string | undefined
  readonly secrets: readonly string[]
}

/** Resolves the preset and the environment. */
export function planAgent(options: AcpEngineOptions): AgentPlan {
  const preset = options.preset === undefined ? undefined : acpPresets[options.preset]
  const quirks = { ...preset?.quirks, ...options.quirks }
  const trustsWorkspace = options.trustWorkspace ?? false
  const env = {
    ...preset?.set,
    ...(trustsWorkspace ? preset?.trusting : preset?.cautious),
    ...(options.env ?? pickEnvironment(process.env, preset?.environment)),
  }
  const servers = options.mcpServers ?? []
  const command = options.command ?? preset?.command ?? ''
  const {
    model = preset?.model,
    mode,
    workspace,
    sdk,
    authMethod,
    startTimeoutMs: timeoutMs = START_TIMEOUT_MS,
  } = options
  return {
    model,
    mode,
    workspace,
    sdk,
    greeting: { command, timeoutMs, authMethod },
    launch: {
      command,
      args: options.args ?? preset?.args ?? [],
      env,
      endsWithInput: quirks.endsWithInput ?? true,
      ...(preset === undefined ? {} : { install: preset.install }),
    },
    quirks,
    mcpServers: servers.map(toProtocol),
    metaOf: (permissions) => preset?.metaOf?.({ trustsWorkspace, permissions }),
    provider: preset?.provider,
    secrets: [env, ...servers.map(partsOf)].flatMap(secretsIn),
  }
}

function partsOf(server: AcpMcpServer): Readonly<Record<string, string>> {
  return ('command' in server ? server.env : server.headers) ?? {}
}

function toProtocol(server: AcpMcpServer): JsonObject {
  const { name } = server
  if ('command' in server) {
    const { command, args = [], env = {} } = server
    return { name, command, args, env: toList(env) }
  }
  const { type = 'http', url, headers = {} } = server
  return { type, name, url, headers: toList(headers) }
}

function toList(texts: Readonly<Record<string, string>>): readonly JsonObject[] {
  return Object.entries(texts).map(([name, value]) => ({ name, value }))
}

const SECRET_NAME = /key|token|secret|password|credential|authorization/i
/** What is shorter is a flag or a number, and would be taken out of every text; a path says where one is. */
const SECRET_LENGTH = 8

function secretsIn(texts: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(texts).flatMap(([name, value]) =>
    SECRET_NAME.test(name) && value.length >= SECRET_LENGTH && !isAbsolute(value) ? [value] : [],
  )
}
