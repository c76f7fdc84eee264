/** My job: the chunks of what an agent says, as the messages that they make. */
import type { EngineEvent, JsonObject } from '@batonjs/core'
import { fieldsOf, textOf } from './fields.ts'

/** What an agent has said in a turn. */
export interface AgentText {
  /** A chunk came. */
  add(update: JsonObject): readonly EngineEvent[]
  /** Something else came: what is said after it is another message. */
  pause(): readonly EngineEvent[]
  /** The last message that has text; `''` when none has. */
  readonly last: string
}

/** How an agent tells which chunks belong together. */
export interface TextQuirks {
  /**
   * Whether what it says under another id, with nothing between, is the rest of the message before: all that it sends
   * after a stream has broken. @default false
   */
  readonly mendsMessages?: boolean
}

/** Begins with nothing said. */
export function createAgentText({ mendsMessages = false }: TextQuirks = {}): AgentText {
  let last = ''
  let parts: string[] = []
  let messageId: string | undefined
  const pause = (): readonly EngineEvent[] => {
    const content = parts.join('')
    parts = []
    if (content.trim() === '') return []
    last = content
    return [{ type: 'message', role: 'assistant', content }]
  }
  return {
    get last() {
      return last
    },
    pause,
    add(update) {
      const content = fieldsOf(update.content)
      const text = content.type === 'text' ? textOf(content.text) : undefined
      if (text === undefined) return []
      const id = textOf(update.messageId)
      const before = id === messageId || mendsMessages ? [] : pause()
      messageId = id
      parts.push(text)
      return [...before, { type: 'token_chunk', text }]
    },
  }
}
