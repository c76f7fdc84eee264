import type { DurableEvent } from '@batonjs/core'
import { type JournalRule, SOUND } from './rule.ts'

/** Where the run stands as far as starting anything is concerned. */
type Life = 'created' | 'running' | 'resting' | 'completed'

const BEGINNINGS: ReadonlySet<string> = new Set([
  'flow_start',
  'step_start',
  'tool_start',
  'verification_started',
])
/** What may follow the end of a run: somebody goes on with it. */
const AFTERMATH: ReadonlySet<string> = new Set(['run_resumed', 'flow_revised'])

/** Nothing begins before the run does or while it rests, and a completed run says no more. */
export function createLifeRule(): JournalRule {
  let life: Life = 'created'
  return (event) => {
    const before = life
    life = lifeAfter(event, before)
    if (before === 'completed' && !AFTERMATH.has(event.type)) return ['comes after run_completed']
    if (before !== 'running' && BEGINNINGS.has(event.type))
      return [`begins something while the run is ${before}`]
    return SOUND
  }
}

function lifeAfter(event: DurableEvent, before: Life): Life {
  switch (event.type) {
    case 'run_started':
    case 'run_resumed':
      return 'running'
    case 'run_paused':
    case 'run_stopped':
      return 'resting'
    case 'run_completed':
      return 'completed'
    default:
      return before
  }
}
