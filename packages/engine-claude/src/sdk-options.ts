import type { JsonObject } from '@batonjs/core'
import type { ClaudeEngineOptions } from './claude-options.ts'
import { isJudged, judge } from './control.ts'
import type { Incoming, Order, ToolDecision, ToolRules } from './conversation.ts'
import { isObject, textIn } from './fields.ts'
import { exactNames } from './tool-names.ts'

/** What the SDK is told of a call, as `argumentsOf` tells the CLI. */
export function sdkOptionsOf(options: ClaudeEngineOptions, order: Order): object {
  const { command, allowedTools = [], disallowedTools = [], settingSources = [] } = options
  return {
    includePartialMessages: true,
    settingSources,
    strictMcpConfig: true,
    // As arguments everybody on the machine could read their headers.
    mcpServersDelivery: 'initialize',
    // Without it the SDK has a short prompt of its own, and would not be the Claude of the CLI.
    systemPrompt: { type: 'preset', preset: 'claude_code', ...known({ append: options.appendSystemPrompt }) },
    allowedTools,
    disallowedTools: [...disallowedTools, ...exactNames(order.denied)],
    ...known({
      cwd: order.folder,
      model: order.model,
      maxTurns: options.maxTurns,
      maxBudgetUsd: order.maxBudgetUsd,
      tools: options.tools,
      mcpServers: options.mcpServers,
      permissionMode: options.permissionMode,
      allowDangerouslySkipPermissions: options.permissionMode === 'bypassPermissions' || undefined,
      pathToClaudeCodeExecutable: command,
      resume: order.session,
      forkSession: order.session === undefined ? undefined : options.fork,
      outputFormat: order.schema && { type: 'json_schema', schema: order.schema },
      hooks: isJudged(order) ? { PreToolUse: [{ hooks: [hookOf(order)] }] } : undefined,
    }),
  }
}

/** An SDK takes what is undefined for said. */
function known(members: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

function hookOf(rules: ToolRules) {
  return async (input: unknown): Promise<JsonObject> => (isObject(input) ? judge(input, rules) : {})
}

/** What the SDK tells of a tool that asks. */
type CanUseTool = (tool: string, input: unknown, about: unknown) => Promise<ToolDecision>

/** Hands the SDK's questions on, and its answers back. */
export function askThrough(push: (incoming: Incoming) => void): CanUseTool {
  return (tool, given, about) =>
    new Promise((answer) => {
      const reason = textIn(about, 'decisionReason')
      push({
        kind: 'permission',
        request: {
          tool,
          toolUseId: textIn(about, 'toolUseID') ?? '',
          input: isObject(given) ? given : {},
          ...(reason === undefined ? {} : { reason }),
          answer,
        },
      })
    })
}
