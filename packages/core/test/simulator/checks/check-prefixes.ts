/** Every prefix of a journal derives the decision that was recorded next (law 2). */
import type { DurableEvent, EventDraft } from '../../../src/events/swarm-event.ts'
import type { StepKind } from '../../../src/flow/definition.ts'
import type { Action } from '../../../src/run/action.ts'
import { placeOf } from '../../../src/run/address.ts'
import { foldRun } from '../../../src/run/fold.ts'
import { nextAction } from '../../../src/run/next-action.ts'
import type { Execution } from '../../../src/run/state.ts'

/** What the prefixes of these lengths do not derive, though it follows them. */
export function checkPrefixes(
  journal: readonly DurableEvent[],
  lengths: readonly number[],
): readonly string[] {
  const kinds = kindsIn(journal)
  return lengths.flatMap((length) => {
    const next = journal[length]
    const before = journal[length - 1]
    if (next === undefined || before === undefined || !isDecided(next, before, kinds)) return []
    const derived = derive(journal.slice(0, length), Date.parse(next.ts))
    if (derived.includes(nameOf(next))) return []
    return [
      `seq ${next.seq}: the prefix derives ${derived.join(', ') || 'nothing'} instead of ${nameOf(next)}`,
    ]
  })
}

/** The kind of every execution that starts. */
function kindsIn(journal: readonly DurableEvent[]): ReadonlyMap<string, StepKind> {
  return new Map(
    journal.flatMap((event) =>
      event.type === 'step_start' ? [[placeOf(event.frame, event.stepId, event.item), event.kind]] : [],
    ),
  )
}

/** Whether an event follows from those before it. What calls, people and resumes bring does not. */
function isDecided(event: DurableEvent, before: DurableEvent, kinds: ReadonlyMap<string, StepKind>): boolean {
  switch (event.type) {
    case 'step_start':
    case 'verification_started':
    case 'macro_route':
      return true
    case 'budget_exceeded':
      return event.limit !== 'durationMs'
    case 'step_skipped':
      return event.reason !== 'stopped' && !isEndOfTime(before)
    case 'routing_decision':
      return event.decision !== 'fail' || !isCalledOff(event.reason)
    case 'step_end':
    case 'step_error': {
      const kind = kinds.get(placeOf(event.frame, event.stepId, event.item))
      const isCall = kind === 'agent' || kind === 'function'
      return !isCall && !(event.type === 'step_error' && isForeign(event.error.code, before))
    }
    case 'flow_start':
      return event.parent === undefined
    case 'flow_end':
    case 'run_completed':
      return event.error === undefined || !isCalledOff(event.error.code)
    default:
      return 'outcome' in event && 'requestId' in event && event.by === 'deadline'
  }
}

/** An error that ends an execution from outside, or one that stands in one batch with its start. */
function isForeign(code: string, before: DurableEvent): boolean {
  const isAtStart = before.type === 'step_start' || before.type === 'stack_overflow_prevented'
  return code === 'interrupted' || code === 'poisoned' || isAtStart || isCalledOff(code)
}

function isCalledOff(code: string): boolean {
  return code === 'canceled' || code === 'duration_exceeded' || code === 'lost' || code === 'skipped'
}

function isEndOfTime(event: DurableEvent): boolean {
  return event.type === 'budget_exceeded' && event.limit === 'durationMs'
}

/** Everything that is due after a prefix. */
function derive(prefix: readonly DurableEvent[], now: number): readonly string[] {
  const state = foldRun(prefix)
  const names: string[] = []
  for (let action = nextAction(state, now); action !== undefined; action = nextAction(state, now)) {
    names.push(...namesOf(action))
  }
  return names
}

function namesOf(action: Action): readonly string[] {
  switch (action.kind) {
    case 'record':
      return action.events.map(nameOf)
    case 'start':
      return [nameAt('step_start', action.execution)]
    case 'hold':
      return []
    case 'check':
      return [nameAt('verification_started', action.step)]
    case 'collect':
      return [nameAt('step_end', action.execution)]
    case 'close':
      return [`flow_end ${action.frame.id}`]
    case 'enter':
      return [`flow_start ${action.flowKey}`]
  }
}

function nameAt(type: EventDraft['type'], { frame, step, item }: Execution): string {
  return `${type} ${placeOf(frame.id, step.place.id, item?.key)}`
}

/** What an event decides, in words that are the same before and after it was recorded. */
function nameOf(event: EventDraft): string {
  switch (event.type) {
    case 'routing_decision': {
      const { decision, target, reason, rearmed = [] } = event
      const again = rearmed.map(({ stepId, iteration }) => `${stepId}#${iteration}`)
      return `routing_decision ${event.frame}/${event.stepId} ${decision} ${target} ${reason} ${again.join(' ')}`
    }
    case 'step_skipped':
      return `step_skipped ${placeOf(event.frame, event.stepId, event.item)} ${event.reason}`
    case 'budget_exceeded':
      return `budget_exceeded ${event.frame} ${event.limit} ${event.value}`
    case 'flow_start':
      return `flow_start ${event.flowKey}`
    case 'flow_end':
      return `flow_end ${event.frame}`
    case 'macro_route':
      return `macro_route ${event.toFlow}`
    case 'run_completed':
      return `run_completed ${event.status}`
    default:
      if ('requestId' in event) return `${event.type} ${event.requestId}`
      return 'stepId' in event
        ? `${event.type} ${placeOf(event.frame, event.stepId, event.item)}`
        : event.type
  }
}
