import type { JournalRule } from './rule.ts'
import { SOUND } from './rule.ts'

/** A flow visit starts once and ends once, and steps run within it; a resume may open ended ones anew. */
export function createVisitRule(): JournalRule {
  const visits = new Map<string, 'open' | 'ended'>()
  return (event) => {
    switch (event.type) {
      case 'flow_start': {
        const known = visits.has(event.frame)
        visits.set(event.frame, 'open')
        return known ? [`visit ${event.frame} starts a second time`] : SOUND
      }
      case 'flow_end': {
        const state = visits.get(event.frame)
        visits.set(event.frame, 'ended')
        return state === 'open' ? SOUND : [`visit ${event.frame} ends while it is ${state ?? 'unknown'}`]
      }
      case 'run_resumed':
        if (event.rearmed.length > 0) for (const frame of visits.keys()) visits.set(frame, 'open')
        return SOUND
      case 'flow_revised':
        for (const frame of event.frames) visits.set(frame, 'open')
        return SOUND
      case 'step_start': {
        const state = visits.get(event.frame)
        return state === 'open' ? SOUND : [`starts in visit ${event.frame}, which is ${state ?? 'unknown'}`]
      }
      default:
        return SOUND
    }
  }
}
