/**
 * My job: what has been said so far, as the messages of the SDK, and as the session that a later attempt goes on
 * with. The service keeps nothing: the list is the conversation.
 *
 * Invariant: a tool call whose result is in the list is over; it is never made again.
 */
import type { JsonObject, JsonValue, StepContext } from '@batonjs/core'
import type { ModelMessage, ToolCallPart, ToolResultPart } from 'ai'

/** What was said, oldest first; without the system message, which each turn is given anew. */
export type Conversation = readonly ModelMessage[]

const SESSION = 'ai-messages'
const VERSION = 1

/** Goes on with the session where it can, else begins with the prompt. */
export function openConversation(context: StepContext): Conversation {
  const known = readSession(context.session)
  if (known === undefined) return [{ role: 'user', content: promptOf(context) }]
  const isAnswered = known.at(-1)?.role === 'assistant' && openCalls(known).length === 0
  // Cut off in the middle, the model simply goes on; after an answer it is told what to mend.
  return isAnswered ? [...known, { role: 'user', content: context.continuation ?? context.prompt }] : known
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

function readSession(session: JsonValue | undefined): Conversation | undefined {
  if (!isObject(session) || session.kind !== SESSION || session.version !== VERSION) return undefined
  const { messages } = session
  if (!Array.isArray(messages) || messages.length === 0 || !messages.every(isMessage)) return undefined
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
  return messages
    .flatMap(callsOf)
    .filter(({ toolCallId, providerExecuted }) => providerExecuted !== true && !closed.has(toolCallId))
}

function callsOf({ role, content }: ModelMessage): readonly ToolCallPart[] {
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
