/** Chat completions, as OpenAI-compatible services and local servers speak them. */
import type { JsonObject, JsonValue } from '@batonjs/core'
import { type Conversation, type Message, textWithin } from './conversation.ts'
import { type Dialect, type Frame, frame, type Reply } from './dialect.ts'
import { objectIn, objectsIn, textIn } from './fields.ts'
import type { Failure, Stop } from './turn.ts'

const STOPS: Readonly<Record<Stop, string>> = {
  end: 'stop',
  tools: 'tool_calls',
  refusal: 'content_filter',
  max_tokens: 'length',
}

const FAILURES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'invalid_api_key',
  403: 'permission_error',
  404: 'model_not_found',
  413: 'invalid_request_error',
  429: 'rate_limit_exceeded',
}

/** The way of speaking that many services share. */
export const openai: Dialect = {
  vendor: 'openai',
  asksForAnswer: (path) => path.endsWith('/chat/completions'),
  read,
  frames,
  whole,
  failure,
  trouble: frame(failure({ kind: 'failure', status: 500 })).text,
  beside: (method, path) =>
    method === 'GET' && path.endsWith('/models')
      ? { object: 'list', data: [{ id: 'loopback-1', object: 'model', created: 0, owned_by: 'loopback' }] }
      : undefined,
}

function read(_path: string, body: JsonObject): Conversation {
  const messages = objectsIn(body, 'messages')
  const system = messages.filter(({ role }) => role === 'system' || role === 'developer')
  return {
    vendor: 'openai',
    model: textIn(body, 'model'),
    streamed: body.stream === true,
    system: system.map(({ content }) => textOf(content)).join('\n'),
    messages: messages.filter((message) => !system.includes(message)).map(toMessage),
    tools: objectsIn(body, 'tools').map((tool) => textIn(objectIn(tool, 'function'), 'name')),
  }
}

function toMessage({ role, content }: JsonObject): Message {
  const text = textOf(content)
  if (role !== 'tool') return { from: role === 'assistant' ? 'assistant' : 'user', text, results: [] }
  // The API has no place for whether a tool failed.
  return { from: 'tool', text, results: [{ text, isError: false }] }
}

/** A content is a text or a list of parts, of which some have one. */
function textOf(content: JsonValue | undefined): string {
  if (!Array.isArray(content)) return textWithin(content)
  return objectsIn({ content }, 'content')
    .map((part) => textIn(part, 'text'))
    .join('\n')
}

function whole(reply: Reply): JsonObject {
  const { answer, chunks } = reply
  const calls = answer.tools === undefined ? {} : { tool_calls: toolCalls(reply) }
  const thinking = answer.thinking === undefined ? {} : { reasoning_content: answer.thinking }
  const message = { role: 'assistant', content: chunks.join(''), ...thinking, ...calls }
  const choice = { index: 0, message, finish_reason: stopOf(reply) }
  return { ...envelope(reply, 'chat.completion'), choices: [choice], usage: usage(reply) }
}

function* frames(reply: Reply): Iterable<Frame> {
  const { answer, chunks } = reply
  yield piece(reply, { role: 'assistant', content: '' })
  if (answer.thinking !== undefined) yield piece(reply, { reasoning_content: answer.thinking })
  for (const content of chunks) yield piece(reply, { content }, { isChunk: true })
  for (const [index, call] of toolCalls(reply).entries()) {
    yield piece(reply, { tool_calls: [{ index, ...call }] })
  }
  yield piece(reply, {}, { finishReason: stopOf(reply) })
  yield frame({ ...envelope(reply, 'chat.completion.chunk'), choices: [], usage: usage(reply) })
  yield { text: 'data: [DONE]\n\n', isChunk: false }
}

function piece(
  reply: Reply,
  delta: JsonObject,
  { isChunk = false, finishReason = null }: { isChunk?: boolean; finishReason?: string | null } = {},
): Frame {
  const choice = { index: 0, delta, finish_reason: finishReason }
  return frame({ ...envelope(reply, 'chat.completion.chunk'), choices: [choice] }, { isChunk })
}

function toolCalls({ answer: { tools = [] }, id }: Reply): readonly JsonObject[] {
  return tools.map(({ name, input }, index) => ({
    id: `call_${id}_${index}`,
    type: 'function',
    function: { name, arguments: JSON.stringify(input) },
  }))
}

function stopOf({ answer }: Reply): string {
  return STOPS[answer.stop ?? (answer.tools === undefined ? 'end' : 'tools')]
}

function envelope({ id, conversation }: Reply, object: string): JsonObject {
  return { id: `chatcmpl-${id}`, object, created: 0, model: conversation.model }
}

function usage({ usage: { input, output } }: Reply): JsonObject {
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
}

function failure({ status, message }: Failure): JsonObject {
  const type = FAILURES[status] ?? 'server_error'
  return { error: { message: message ?? type.replaceAll('_', ' '), type, param: null, code: type } }
}
