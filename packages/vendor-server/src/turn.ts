import type { JsonObject, JsonValue } from '@batonjs/core'

/** What the server does with one request. Make one with `says`, `uses`, `gives`, `fails` or `hangs`. */
export type Turn = Answer | Data | Failure | Silence

/** The model answers: with text, with calls of tools, or with both in this order. */
export interface Answer extends AnswerOptions {
  readonly kind: 'answer'
  /** The text, as one string or in the chunks that are sent. */
  readonly text: string | readonly string[]
}

/** What an answer may have beside its text. */
export interface AnswerOptions {
  /** The tools that the model wants to use, all in one turn. @default none */
  readonly tools?: readonly ToolUse[]
  /** What the model thinks aloud before its answer. @default nothing */
  readonly thinking?: string
  /** Why the model stops. @default 'end', or 'tools' when it uses some */
  readonly stop?: Stop
  /** Milliseconds before each chunk. @default 0 */
  readonly delayMs?: number
  /** Characters of a chunk when the text is one string. @default 24 */
  readonly chunkSize?: number
  /** Where a streamed answer waits, and for what: so a test knows that a chunk was there before the next. @default it does not */
  readonly held?: Hold
  /** Where and how a streamed answer breaks; one that is not streamed is not sent at all. @default it does not */
  readonly broken?: Break
  /** What is charged. @default a token for each 4 characters of the request and of the answer */
  readonly usage?: TokenCount
}

/** Why a model stops: it is done, uses tools, refuses, or has used up what it may say. */
export type Stop = 'end' | 'tools' | 'refusal' | 'max_tokens'

/** An answer that waits in the middle. */
export interface Hold {
  /** Chunks of content that arrive before. */
  readonly after: number
  /** What it waits for. */
  readonly until: Promise<unknown>
}

/** An answer that breaks off. */
export interface Break {
  /** Chunks of content that still arrive. */
  readonly after: number
  /** The socket is cut, the vendor's error event comes, or nothing more does. */
  readonly by: 'cut' | 'error' | 'silence'
}

/** Tokens of one request. */
export interface TokenCount {
  readonly input: number
  readonly output: number
}

/** One tool that the model wants to use. */
export interface ToolUse {
  readonly name: string
  readonly input: JsonObject
}

/** Structured output: through the tool `StructuredOutput` where the request has it, else as text. */
export interface Data {
  readonly kind: 'data'
  readonly data: JsonValue
}

/** The vendor refuses the request, in the vendor's own words. */
export interface Failure extends FailureOptions {
  readonly kind: 'failure'
  /** HTTP status, such as 401 or 529. */
  readonly status: number
}

/** What a refusal may say. */
export interface FailureOptions {
  /** @default what the status means */
  readonly message?: string
  /** Sent as `retry-after`, and in the body where the vendor does so. @default none */
  readonly retryAfterSeconds?: number
  /** @default none */
  readonly headers?: Readonly<Record<string, string>>
  /** In place of the vendor's own body. @default the vendor's */
  readonly body?: string
}

/** The request is taken and never answered. */
export interface Silence {
  readonly kind: 'silence'
}

/** The model says a text. */
export function says(text: string | readonly string[], options: AnswerOptions = {}): Answer {
  return { kind: 'answer', text, ...options }
}

/** The model wants to use one tool. */
export function uses(name: string, input: JsonObject, options: AnswerOptions = {}): Answer {
  return says('', { tools: [{ name, input }], ...options })
}

/** The model gives structured output. */
export function gives(data: JsonValue): Data {
  return { kind: 'data', data }
}

/** The vendor refuses. */
export function fails(status: number, options: FailureOptions = {}): Failure {
  return { kind: 'failure', status, ...options }
}

/** The vendor never answers. */
export function hangs(): Silence {
  return { kind: 'silence' }
}

/** The text of an answer, in the chunks that are sent. */
export function chunksOf({ text, chunkSize = 24 }: Answer): readonly string[] {
  if (typeof text !== 'string') return text
  const chunks: string[] = []
  for (let at = 0; at < text.length; at += chunkSize) chunks.push(text.slice(at, at + chunkSize))
  return chunks
}
