import type { ClaudeEngineOptions } from './claude-options.ts'
import type { Order } from './conversation.ts'
import { exactNames } from './tool-names.ts'

/** How Claude is talked to: lines of JSON both ways, with everything that has to ask asking there. */
const TALK = [
  '--print',
  '--verbose',
  '--input-format=stream-json',
  '--output-format=stream-json',
  '--include-partial-messages',
  '--permission-prompt-tool=stdio',
  '--strict-mcp-config',
]

/**
 * The arguments of the CLI. What can be long goes over its stdin instead; what is secret does not stand here, for
 * everybody on the machine can read it.
 */
export function argumentsOf(
  options: ClaudeEngineOptions,
  order: Order,
  mcpConfig?: string,
): readonly string[] {
  const { allowedTools, tools, permissionMode, maxTurns, settingSources = [], fork } = options
  const disallowedTools = [...(options.disallowedTools ?? []), ...exactNames(order.denied)]
  return [
    ...TALK,
    `--setting-sources=${settingSources.join(',')}`,
    ...given('--model', order.model),
    ...given('--max-turns', maxTurns),
    ...given('--max-budget-usd', order.maxBudgetUsd),
    ...given('--permission-mode', permissionMode),
    ...given('--tools', tools?.join(',')),
    ...given('--allowedTools', allowedTools?.join(',') || undefined),
    ...given('--disallowedTools', disallowedTools.join(',') || undefined),
    ...given('--mcp-config', mcpConfig),
    ...given('--resume', order.session),
    ...(fork === true && order.session !== undefined ? ['--fork-session'] : []),
  ]
}

function given(flag: string, value: string | number | undefined): readonly string[] {
  return value === undefined ? [] : [`${flag}=${value}`]
}
