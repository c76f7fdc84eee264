import type { DurableEvent } from '@batonjs/core'
import { executionOf, type JournalRule, SOUND } from './rule.ts'

/**
 * Within an attempt a tool call ends only after it has begun, and begins anew only after it has ended. None
 * runs on when the attempt succeeds; a failure ends those that still run.
 */
export function createToolRule(): JournalRule {
  const attempts = new Map<string, Map<string, 'open' | 'ended'>>()
  return (event) => {
    switch (event.type) {
      case 'tool_start':
      case 'tool_end':
        return toolProblems(event, attempts)
      case 'step_end':
        return leftOpen(attempts.get(attemptOf(event)))
      default:
        return SOUND
    }
  }
}

type ToolEvent = Extract<DurableEvent, { readonly type: 'tool_start' | 'tool_end' }>

function toolProblems(
  event: ToolEvent,
  attempts: Map<string, Map<string, 'open' | 'ended'>>,
): readonly string[] {
  const attempt = attemptOf(event)
  const calls = attempts.get(attempt) ?? new Map<string, 'open' | 'ended'>()
  const state = calls.get(event.toolCallId)
  attempts.set(attempt, calls.set(event.toolCallId, event.type === 'tool_start' ? 'open' : 'ended'))
  if ((state === 'open') === (event.type === 'tool_end')) return SOUND
  const what = event.type === 'tool_start' ? 'starts' : 'ends'
  return [`tool call ${attempt} ${event.toolCallId} ${what} while it is ${state ?? 'unknown'}`]
}

function leftOpen(calls: ReadonlyMap<string, 'open' | 'ended'> = new Map()): readonly string[] {
  return [...calls].flatMap(([id, state]) => (state === 'open' ? [`leaves tool call ${id} open`] : []))
}

function attemptOf(event: Extract<DurableEvent, { readonly type: 'tool_start' | 'tool_end' | 'step_end' }>) {
  return `${executionOf(event)}.${event.attempt}`
}
