/** The Messages API, as the Claude CLI and SDKs of Anthropic's API use it. */
import type { JsonObject, JsonValue } from '@batonjs/core'
import { type Conversation, type Message, type ToolOutput, textWithin } from './conversation.ts'
import { type Dialect, type Frame, frame, type Reply } from './dialect.ts'
import { memberOf, objectsIn, textIn } from './fields.ts'
import type { Failure, Stop } from './turn.ts'

const STOPS: Readonly<Record<Stop, string>> = {
  end: 'end_turn',
  tools: 'tool_use',
  refusal: 'refusal',
  max_tokens: 'max_tokens',
}

const FAILURES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
}

/** Anthropic's way of speaking. */
export const anthropic: Dialect = {
  vendor: 'anthropic',
  asksForAnswer: (path) => path.endsWith('/messages'),
  read,
  frames,
  whole: (reply) => ({
    ...envelope(reply),
    content: [...blocks(reply)],
    ...ending(reply),
    usage: usage(reply),
  }),
  failure,
  trouble: frame(failure({ kind: 'failure', status: 529 }), { event: 'error' }).text,
  beside: (_method, path, body) =>
    path.endsWith('/messages/count_tokens')
      ? { input_tokens: Math.ceil(JSON.stringify(body).length / 4) }
      : undefined,
}

function read(_path: string, body: JsonObject): Conversation {
  return {
    vendor: 'anthropic',
    model: textIn(body, 'model'),
    streamed: body.stream === true,
    system: textOf(body.system),
    messages: objectsIn(body, 'messages').map(toMessage),
    tools: objectsIn(body, 'tools').map((tool) => textIn(tool, 'name')),
  }
}

function toMessage(message: JsonObject): Message {
  const results = objectsIn(message, 'content').filter(({ type }) => type === 'tool_result')
  const from = results.length > 0 ? 'tool' : message.role === 'assistant' ? 'assistant' : 'user'
  return { from, text: textOf(message.content), results: results.map(toOutput) }
}

function toOutput(result: JsonObject): ToolOutput {
  return { text: textOf(result.content), isError: result.is_error === true }
}

/** A content is a text or a list of blocks, of which some are texts. */
function textOf(content: JsonValue | undefined): string {
  if (!Array.isArray(content)) return textWithin(content)
  return content
    .flatMap((block) => (memberOf(block, 'type') === 'text' ? [textIn(block, 'text')] : []))
    .join('\n')
}

function* frames(reply: Reply): Iterable<Frame> {
  const message = { ...envelope(reply), content: [], stop_reason: null, stop_sequence: null }
  const begun = { ...usage(reply), output_tokens: 1 }
  yield named({ type: 'message_start', message: { ...message, usage: begun } })
  yield named({ type: 'ping' })
  for (const [index, block] of [...blocks(reply)].entries()) {
    yield named({ type: 'content_block_start', index, content_block: emptied(block) })
    for (const delta of deltas(block, reply)) {
      const isChunk = delta.type === 'text_delta'
      yield named({ type: 'content_block_delta', index, delta }, isChunk)
    }
    yield named({ type: 'content_block_stop', index })
  }
  yield named({ type: 'message_delta', delta: ending(reply), usage: usage(reply) })
  yield named({ type: 'message_stop' })
}

function named(data: JsonObject & { readonly type: string }, isChunk = false): Frame {
  return frame(data, { event: data.type, isChunk })
}

function envelope({ id, conversation }: Reply): JsonObject {
  return { id: `msg_${id}`, type: 'message', role: 'assistant', model: conversation.model }
}

function ending({ answer }: Reply): JsonObject {
  const stop = answer.stop ?? (answer.tools === undefined ? 'end' : 'tools')
  return { stop_reason: STOPS[stop], stop_sequence: null }
}

function usage({ usage: { input, output } }: Reply): JsonObject {
  return {
    input_tokens: input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: output,
  }
}

type Block = JsonObject & { readonly type: 'thinking' | 'text' | 'tool_use' }

function* blocks({ answer, chunks, id }: Reply): Iterable<Block> {
  const { thinking, tools = [] } = answer
  if (thinking !== undefined) yield { type: 'thinking', thinking, signature: 'c2lnbmF0dXJl' }
  if (chunks.length > 0) yield { type: 'text', text: chunks.join('') }
  for (const [index, { name, input }] of tools.entries()) {
    yield { type: 'tool_use', id: `toolu_${id}_${index}`, name, input }
  }
}

function emptied(block: Block): JsonObject {
  if (block.type === 'text') return { type: 'text', text: '' }
  return block.type === 'thinking' ? { ...block, thinking: '', signature: '' } : { ...block, input: {} }
}

function deltas(block: Block, { chunks }: Reply): readonly JsonObject[] {
  if (block.type === 'text') return chunks.map((text) => ({ type: 'text_delta', text }))
  if (block.type === 'tool_use') {
    return [{ type: 'input_json_delta', partial_json: JSON.stringify(block.input) }]
  }
  return [
    { type: 'thinking_delta', thinking: block.thinking ?? '' },
    { type: 'signature_delta', signature: block.signature ?? '' },
  ]
}

function failure({ status, message }: Failure): JsonObject {
  const type = FAILURES[status] ?? 'api_error'
  return { type: 'error', error: { type, message: message ?? type.replaceAll('_', ' ') } }
}
