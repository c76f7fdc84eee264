import { executionOf, type JournalRule, SOUND } from './rule.ts'

/** Within an attempt a tool call ends only after it has begun, and begins anew only after it has ended. */
export function createToolRule(): JournalRule {
  const calls = new Map<string, 'open' | 'ended'>()
  return (event) => {
    if (event.type !== 'tool_start' && event.type !== 'tool_end') return SOUND
    const key = `${executionOf(event)}.${event.attempt} ${event.toolCallId}`
    const state = calls.get(key)
    calls.set(key, event.type === 'tool_start' ? 'open' : 'ended')
    if ((state === 'open') === (event.type === 'tool_end')) return SOUND
    return [
      `tool call ${key} ${event.type === 'tool_start' ? 'starts' : 'ends'} while it is ${state ?? 'unknown'}`,
    ]
  }
}
