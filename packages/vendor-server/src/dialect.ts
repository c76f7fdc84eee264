import type { JsonObject, JsonValue } from '@batonjs/core'
import type { Conversation, Vendor } from './conversation.ts'
import type { Answer, Failure, TokenCount } from './turn.ts'

/** How one vendor speaks. */
export interface Dialect {
  readonly vendor: Vendor
  /** Whether a request to this path is one for an answer. */
  asksForAnswer(path: string): boolean
  /** Understands a request. */
  read(path: string, body: JsonObject): Conversation
  /** The answer in the frames of a stream. */
  frames(reply: Reply): Iterable<Frame>
  /** The answer as one body. */
  whole(reply: Reply): JsonObject
  /** The body of a refusal. */
  failure(failure: Failure): JsonObject
  /** The frame that tells of trouble in the middle of a stream. */
  readonly trouble: string
  /** What else clients ask for: a list of models, a count of tokens. `undefined` for what the vendor does not know. */
  beside(method: string, path: string, body: JsonObject): JsonObject | undefined
}

/** An answer with what is decided about it already. */
export interface Reply {
  readonly answer: Answer
  readonly chunks: readonly string[]
  readonly conversation: Conversation
  readonly usage: TokenCount
  /** Differs for each answer; ids of messages and tool calls are made of it. */
  readonly id: string
}

/** A piece of a stream. */
export interface Frame {
  readonly text: string
  /** Whether it carries a chunk of text; a break counts these. */
  readonly isChunk: boolean
}

/** One server-sent event. */
export function frame(data: JsonValue, { event = '', isChunk = false } = {}): Frame {
  const name = event === '' ? '' : `event: ${event}\n`
  return { text: `${name}data: ${JSON.stringify(data)}\n\n`, isChunk }
}
