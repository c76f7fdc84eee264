import type { JsonValue } from '@batonjs/core'

/** Whose way of speaking a request has. */
export type Vendor = 'anthropic' | 'gemini' | 'openai'

/** What a request asks, in the same words for every vendor. */
export interface Conversation {
  readonly vendor: Vendor
  readonly model: string
  /** Whether the answer is to come in chunks. */
  readonly streamed: boolean
  /** The system prompt. */
  readonly system: string
  /** What was said so far, oldest first. */
  readonly messages: readonly Message[]
  /** Names of the tools that the model may use. */
  readonly tools: readonly string[]
}

/** One message. What carries results of tools is `tool`, whatever else stands in it. */
export interface Message {
  readonly from: 'user' | 'assistant' | 'tool'
  readonly text: string
  /** What the tools said. */
  readonly results: readonly ToolOutput[]
}

/** What one tool said. */
export interface ToolOutput {
  readonly text: string
  readonly isError: boolean
}

/** What a script decides by: the conversation and where it stands. */
export interface Question extends Conversation {
  /** The case of the newest `[case:<name>]` in what the user said; empty without one. */
  readonly case: string
  /** What follows it in `[case:<name>#<id>]`: it tells conversations of one case apart. */
  readonly id: string
  /** Answers since the user last said something; the first request is turn 0, each round of tools adds one. */
  readonly turn: number
  /** What the user said last. */
  readonly prompt: string
  /** How often the user has spoken. */
  readonly prompts: number
  /** 1, then one more for each time that the same conversation comes again. */
  readonly repeat: number
  /** What the tools said last, when that is what the request brings. */
  readonly results: readonly ToolOutput[]
}

const TAG = /\[case:([\w-]+)(?:#([\w-]+))?\]/g

/** Says where a conversation stands. */
export function toQuestion(conversation: Conversation, repeat: number): Question {
  const { messages } = conversation
  const spoken = messages.filter(({ from }) => from === 'user')
  const last = messages.findLastIndex(({ from }) => from === 'user')
  const [, name = '', id = ''] =
    [
      ...spoken
        .map(({ text }) => text)
        .join('\n')
        .matchAll(TAG),
    ].at(-1) ?? []
  return {
    ...conversation,
    case: name,
    id,
    turn: messages.slice(last + 1).filter(isOfModel).length,
    prompt: spoken.at(-1)?.text ?? '',
    prompts: spoken.length,
    repeat,
    results: messages.slice(messages.findLastIndex(isOfModel) + 1).flatMap(({ results }) => results),
  }
}

function isOfModel({ from }: Message): boolean {
  return from === 'assistant'
}

/** The text within a value that holds some at any depth. */
export function textWithin(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(textWithin).join('\n')
  return value === undefined || value === null ? '' : JSON.stringify(value)
}
