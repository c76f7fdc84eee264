/**
 * My job: what has been said so far, as the messages of the SDK, and as the session that a later attempt goes on
 * with. The service keeps nothing: the list is the conversation.
 *
 * Invariant: a tool call whose result is in the list is over; it is never made again. No two calls have one id.
 */
import type { JsonObject, JsonValue, StepContext } from '@batonjs/core'
import type { ModelMessage, ToolCallPart, ToolResultPart } from 'ai'

/** What was said, oldest first; without the system message, which each turn is given anew. */
export type Conversation = readonly ModelMessage[]

const SESSION = 'ai-messages'
const VERSION = 1

/** Says what the call is about: the prompt, or in a conversation that knows it already, what has come up since. */
export function addPrompt(known: Conversation, context: StepContext): Conversation {
  const content = known.length === 0 ? promptOf(context) : (context.continuation ?? context.prompt)
  return [...known, { role: 'user', content }]
}

/** What the model is asked; what always holds is the system message instead. */
function promptOf({ prompt, promptParts: { system } }: StepContext): string {
  return system !== '' && prompt.startsWith(system) ? prompt.slice(system.length).trimStart() : prompt
}

/** The system message. */
export function systemOf({ promptParts: { system } }: StepContext, more = ''): string | undefined {
  const text = [system, more].filter((part) => part !== '').join('\n\n')
  return text === '' ? undefined : text
}

/** The conversation as JSON: what the SDK leaves undefined is left out. */
export function toSession(messages: Conversation): JsonValue {
  const plain: JsonValue = JSON.parse(JSON.stringify(messages))
  return { kind: SESSION, version: VERSION, messages: plain }
}

/** What was said in a session; nothing when nobody can go on with it. */
export function readSession(session: JsonValue | undefined): Conversation {
  if (!isObject(session) || session.kind !== SESSION || session.version !== VERSION) return []
  const { messages } = session
  if (!Array.isArray(messages) || !messages.every(isMessage)) return []
  // The SDK's own messages as they were told; it checks them again before it sends them.
  return messages as ModelMessage[]
}

function isMessage(message: JsonValue): boolean {
  if (!isObject(message)) return false
  const { role, content } = message
  if (role === 'user') return typeof content === 'string'
  return (role === 'assistant' || role === 'tool') && Array.isArray(content) && content.every(isObject)
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The calls of tools that have no result yet, in the order of the model. */
export function openCalls(messages: Conversation): readonly ToolCallPart[] {
  const closed = new Set(messages.flatMap(resultsOf).map(({ toolCallId }) => toolCallId))
  return messages.flatMap(callsOf).filter((call) => isOurs(call) && !closed.has(call.toolCallId))
}

/** Whether a call is not one that runs at the vendor. */
export function isOurs({ providerExecuted }: ToolCallPart): boolean {
  return providerExecuted !== true
}

/** The calls of tools in a message. */
export function callsOf({ role, content }: ModelMessage): readonly ToolCallPart[] {
  if (role !== 'assistant' || typeof content === 'string') return []
  return content.filter((part) => part.type === 'tool-call')
}

function resultsOf({ role, content }: ModelMessage): readonly ToolResultPart[] {
  if (role !== 'tool') return []
  return content.filter((part) => part.type === 'tool-result')
}

/** Adds what came of a call. */
export function addResult(messages: Conversation, result: ToolResultPart): Conversation {
  const last = messages.at(-1)
  if (last?.role !== 'tool') return [...messages, { role: 'tool', content: [result] }]
  return [...messages.slice(0, -1), { ...last, content: [...last.content, result] }]
}
