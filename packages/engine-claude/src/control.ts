/**
 * My job: the control protocol of the CLI, line by line: what Baton tells it, and what it asks back.
 *
 * 1. Whatever it asks gets an answer, or it would wait for ever.
 */
import type { JsonObject } from '@batonjs/core'
import type { ClaudeEngineOptions } from './claude-options.ts'
import type { Order, ToolDecision, ToolPermission, ToolRules } from './conversation.ts'
import { objectIn, textIn } from './fields.ts'
import { ANSWER_TOOL, isNamed, namesOf } from './tool-names.ts'

const HOOK = 'baton-policy'

/** How the refusal of a tool begins that the host's policy denies. */
export const DENIAL = 'The permissions of this run deny the tool'

/** Sends a line to Claude. */
export type Send = (message: JsonObject) => void

/** What begins every conversation. */
export function initialize({ appendSystemPrompt }: ClaudeEngineOptions, order: Order): JsonObject {
  const { schema } = order
  const hooks = isJudged(order) ? { PreToolUse: [{ hookCallbackIds: [HOOK] }] } : {}
  return controlRequest('initialize', {
    hooks,
    ...(schema === undefined ? {} : { jsonSchema: schema }),
    ...(appendSystemPrompt === undefined ? {} : { appendSystemPrompt }),
  })
}

/** Asks Claude to stop what it is doing. */
export function interrupt(): JsonObject {
  return controlRequest('interrupt', {})
}

/** Says something. */
export function userMessage(content: string): JsonObject {
  return { type: 'user', message: { role: 'user', content }, parent_tool_use_id: null, session_id: '' }
}

function controlRequest(subtype: string, request: JsonObject): JsonObject {
  return { type: 'control_request', request_id: `baton-${subtype}`, request: { subtype, ...request } }
}

/** A request of Claude: answered at once, or a tool that wants permission. */
export function takeRequest(message: JsonObject, rules: ToolRules, send: Send): ToolPermission | undefined {
  const requestId = textIn(message, 'request_id') ?? ''
  const request = objectIn(message, 'request')
  const reply = (response: JsonObject): void => send(success(requestId, response))
  switch (request.subtype) {
    case 'can_use_tool':
      return toPermission(request, reply)
    case 'hook_callback':
      reply(judge(objectIn(request, 'input'), rules))
      return undefined
    default:
      send(refusal(requestId, `Baton does not know "${String(request.subtype)}"`))
      return undefined
  }
}

function success(requestId: string, response: JsonObject): JsonObject {
  return { type: 'control_response', response: { subtype: 'success', request_id: requestId, response } }
}

function refusal(requestId: string, error: string): JsonObject {
  return { type: 'control_response', response: { subtype: 'error', request_id: requestId, error } }
}

function toPermission(request: JsonObject, reply: (response: JsonObject) => void): ToolPermission {
  const reason = textIn(request, 'decision_reason')
  return {
    tool: textIn(request, 'tool_name') ?? '',
    toolUseId: textIn(request, 'tool_use_id') ?? '',
    input: objectIn(request, 'input'),
    ...(reason === undefined ? {} : { reason }),
    answer: (decision: ToolDecision) => reply({ ...decision }),
  }
}

/** Whether there is anything to say before each tool. */
export function isJudged({ denied, unasked }: ToolRules): boolean {
  return denied.length > 0 || unasked !== undefined
}

/** What a hook before each tool answers: nothing, that the host's policy denies it, or that it has to ask. */
export function judge(input: JsonObject, { denied, unasked }: ToolRules): JsonObject {
  const tool = textIn(input, 'tool_name') ?? ''
  const isOneOf = (patterns: readonly string[]): boolean =>
    namesOf(tool).some((name) => isNamed(name, patterns))
  if (tool === ANSWER_TOOL) return {}
  if (isOneOf(denied)) return verdict('deny', `${DENIAL} "${tool}".`)
  return unasked === undefined || isOneOf(unasked)
    ? {}
    : verdict('ask', 'The permissions of this run decide on it')
}

function verdict(permissionDecision: 'deny' | 'ask', permissionDecisionReason: string): JsonObject {
  return { hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision, permissionDecisionReason } }
}
