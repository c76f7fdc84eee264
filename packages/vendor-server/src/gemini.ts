/** The Gemini API: `generateContent` and `streamGenerateContent`, as the Gemini CLI and Google's SDKs use them. */
import type { JsonObject } from '@batonjs/core'
import { type Conversation, type Message, type ToolOutput, textWithin } from './conversation.ts'
import { type Dialect, type Frame, frame, type Reply } from './dialect.ts'
import { memberOf, objectIn, objectsIn, textIn } from './fields.ts'
import type { Failure, Stop } from './turn.ts'

const STOPS: Readonly<Record<Stop, string>> = {
  end: 'STOP',
  tools: 'STOP',
  refusal: 'SAFETY',
  max_tokens: 'MAX_TOKENS',
}

const FAILURES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  413: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  504: 'DEADLINE_EXCEEDED',
}

const PATH = /\/models\/([^/:]+):(streamGenerateContent|generateContent|countTokens)$/

/** Google's way of speaking. */
export const gemini: Dialect = {
  vendor: 'gemini',
  asksForAnswer: (path) => PATH.exec(path)?.[2]?.endsWith('enerateContent') === true,
  read,
  frames,
  whole: (reply) => piece(reply, [...thoughts(reply), ...texts(reply), ...calls(reply)], true),
  failure,
  trouble: frame(failure({ kind: 'failure', status: 503 })).text,
  beside,
}

function read(path: string, body: JsonObject): Conversation {
  const [, model = '', verb] = PATH.exec(path) ?? []
  return {
    vendor: 'gemini',
    model,
    streamed: verb === 'streamGenerateContent',
    system: textOf(objectIn(body, 'systemInstruction')),
    messages: objectsIn(body, 'contents').map(toMessage),
    tools: objectsIn(body, 'tools').flatMap((tool) =>
      objectsIn(tool, 'functionDeclarations').map((declaration) => textIn(declaration, 'name')),
    ),
  }
}

function toMessage(content: JsonObject): Message {
  const results = objectsIn(content, 'parts').filter(({ functionResponse }) => functionResponse !== undefined)
  const from = results.length > 0 ? 'tool' : content.role === 'model' ? 'assistant' : 'user'
  return { from, text: textOf(content), results: results.map(toOutput) }
}

function toOutput(part: JsonObject): ToolOutput {
  const response = objectIn(objectIn(part, 'functionResponse'), 'response')
  const isError = memberOf(response, 'error') !== undefined
  return { text: textWithin(response.error ?? response.output ?? response.content ?? response), isError }
}

function textOf(content: JsonObject): string {
  return objectsIn(content, 'parts')
    .map((part) => textIn(part, 'text'))
    .join('\n')
}

function* frames(reply: Reply): Iterable<Frame> {
  const thinking = thoughts(reply)
  if (thinking.length > 0) yield frame(piece(reply, thinking))
  for (const part of texts(reply)) yield frame(piece(reply, [part]), { isChunk: true })
  yield frame(piece(reply, calls(reply), true))
}

function thoughts({ answer: { thinking } }: Reply): readonly JsonObject[] {
  return thinking === undefined ? [] : [{ text: thinking, thought: true }]
}

function texts({ chunks }: Reply): readonly JsonObject[] {
  return chunks.map((text) => ({ text }))
}

function calls({ answer: { tools = [] } }: Reply): readonly JsonObject[] {
  return tools.map(({ name, input }) => ({ functionCall: { name, args: input } }))
}

function piece(reply: Reply, parts: readonly JsonObject[], isLast = false): JsonObject {
  const { answer, conversation, usage, id } = reply
  const ending = isLast ? { finishReason: STOPS[answer.stop ?? 'end'] } : {}
  return {
    candidates: [{ content: { role: 'model', parts }, index: 0, ...ending }],
    usageMetadata: {
      promptTokenCount: usage.input,
      candidatesTokenCount: usage.output,
      totalTokenCount: usage.input + usage.output,
    },
    modelVersion: conversation.model,
    responseId: id,
  }
}

function failure({ status, message, retryAfterSeconds }: Failure): JsonObject {
  const name = FAILURES[status] ?? 'UNAVAILABLE'
  const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfterSeconds}s` }
  const details = retryAfterSeconds === undefined ? {} : { details: [retry] }
  return { error: { code: status, message: message ?? name, status: name, ...details } }
}

function beside(_method: string, path: string, body: JsonObject): JsonObject | undefined {
  if (PATH.exec(path)?.[2] !== 'countTokens') return undefined
  return { totalTokens: Math.ceil(JSON.stringify(body).length / 4) }
}
