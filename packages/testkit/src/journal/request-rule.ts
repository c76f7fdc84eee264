import type { DurableEvent, RequestResolution } from '@batonjs/core'
import { type JournalRule, SOUND } from './rule.ts'

/** Which event ends which request. */
const ENDS: ReadonlyMap<string, string> = new Map([
  ['approval_resolved', 'approval_requested'],
  ['clarification_answered', 'clarification_needed'],
  ['action_resolved', 'proposed_action'],
  ['callback_received', 'callback_awaited'],
])

/**
 * Every request is made once and ends exactly once, in the way of its kind (H1). A tool acts on an answer that
 * allows it, and uses it up (H4).
 */
export function createRequestRule(): JournalRule {
  const open = new Map<string, string>()
  const ended = new Set<string>()
  const usable = new Set<string>()
  return (event) => {
    switch (event.type) {
      case 'approval_requested':
      case 'clarification_needed':
      case 'proposed_action':
      case 'callback_awaited': {
        const isNew = !open.has(event.requestId) && !ended.has(event.requestId)
        open.set(event.requestId, event.type)
        return isNew ? SOUND : [`request ${event.requestId} is made a second time`]
      }
      case 'approval_resolved':
      case 'clarification_answered':
      case 'action_resolved':
      case 'callback_received': {
        const made = open.get(event.requestId)
        open.delete(event.requestId)
        ended.add(event.requestId)
        if (isUsable(event)) usable.add(event.requestId)
        if (made === ENDS.get(event.type)) return SOUND
        return [`ends request ${event.requestId}, which is ${made ?? 'not open'}`]
      }
      case 'tool_start': {
        const { requestId } = event
        if (requestId === undefined || usable.delete(requestId)) return SOUND
        return [`acts on request ${requestId}, which ${open.has(requestId) ? 'is open' : 'allows nothing'}`]
      }
      case 'run_completed':
        return [...open.keys()].map((requestId) => `request ${requestId} is still open`)
      default:
        return SOUND
    }
  }
}

type Resolution = RequestResolution & Pick<DurableEvent, 'type'>

/** Whether somebody has answered, and not with a no. */
function isUsable({ type, outcome, answer }: Resolution): boolean {
  if (outcome !== 'answered' && outcome !== 'defaulted') return false
  return (
    type !== 'action_resolved' ||
    (typeof answer === 'object' && answer !== null && Reflect.get(answer, 'approved') === true)
  )
}
