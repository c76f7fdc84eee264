/**
 * My job: an id for each call of a tool that no other call of its conversation has. Some services use theirs again in
 * each turn, and some give none.
 */
import type { ModelMessage } from 'ai'
import { type Conversation, callsOf, isOurs } from './conversation.ts'

/** What a turn adds to a conversation, and which of its calls the SDK has answered itself, for they are wrong. */
interface Added {
  readonly messages: readonly ModelMessage[]
  /** In the order of the calls, without those that run at the vendor. */
  readonly areWrong: readonly boolean[]
}

/** The messages of a turn with ids of their own; an id that no call has had stays. */
export function withOwnIds(known: Conversation, { messages, areWrong }: Added): readonly ModelMessage[] {
  const taken = new Set(known.flatMap(callsOf).map(({ toolCallId }) => toolCallId))
  const ids = messages
    .flatMap(callsOf)
    .filter(isOurs)
    .map(({ toolCallId }) => take(taken, toolCallId))
  // Only of what is wrong is there a result in a turn: of the others the engine makes it.
  const next = { call: ids.values(), result: ids.filter((_, at) => areWrong[at] === true).values() }
  return messages.map((message) => renamed(message, next))
}

function take(taken: Set<string>, id: string): string {
  let own = id
  for (let number = 1; own === '' || taken.has(own); number += 1) own = `${id === '' ? 'call' : id}-${number}`
  taken.add(own)
  return own
}

type Ids = IterableIterator<string, undefined>

function renamed(
  message: ModelMessage,
  { call, result }: { readonly call: Ids; readonly result: Ids },
): ModelMessage {
  if (message.role === 'assistant' && typeof message.content !== 'string') {
    const content = message.content.map((part) =>
      part.type === 'tool-call' && isOurs(part) ? { ...part, ...idIn(call) } : part,
    )
    return { ...message, content }
  }
  if (message.role !== 'tool') return message
  const content = message.content.map((part) =>
    part.type === 'tool-result' ? { ...part, ...idIn(result) } : part,
  )
  return { ...message, content }
}

function idIn(ids: Ids): { readonly toolCallId?: string } {
  const { value } = ids.next()
  return value === undefined ? {} : { toolCallId: value }
}
