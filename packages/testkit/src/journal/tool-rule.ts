import { executionOf, type JournalRule, SOUND } from './rule.ts'

/** Within an attempt every tool call begins once, and ends at most once after that. */
export function createToolRule(): JournalRule {
  const calls = new Map<string, 'open' | 'ended'>()
  return (event) => {
    if (event.type !== 'tool_start' && event.type !== 'tool_end') return SOUND
    const key = `${executionOf(event)}.${event.attempt} ${event.toolCallId}`
    const state = calls.get(key)
    calls.set(key, event.type === 'tool_start' ? 'open' : 'ended')
    if (state === (event.type === 'tool_start' ? undefined : 'open')) return SOUND
    return [
      `tool call ${key} ${event.type === 'tool_start' ? 'starts' : 'ends'} while it is ${state ?? 'unknown'}`,
    ]
  }
}
