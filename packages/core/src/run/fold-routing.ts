/** My job: routing decisions with their loops, verification, and the blackboard. */
import type {
  FactsUpdated,
  RoutingDecision,
  VerificationFailed,
  VerificationPassed,
  VerificationStarted,
} from '../events/routing-events.ts'
import { push } from './agenda.ts'
import { closeFrame, settle } from './edges.ts'
import { stepOf } from './lookup.ts'
import { type Rearming, rearm } from './rearm.ts'
import type { FrameState, RunState, StepState } from './state.ts'

/** Where a step leads: it settles, or its loop's body runs again. */
export function foldRoutingDecision(state: RunState, event: RoutingDecision): void {
  const step = stepOf(state, event)
  keepLoopState(step, event)
  if (event.decision === 'loop') {
    rearmBody(state, step.frame, event)
    return
  }
  keepLoopExits(state, step, event)
  if (event.decision === 'fail') {
    step.error = event.error
    const taken = step.place.definition.allowFailure === true ? step.place.fallthrough : undefined
    settle(state, step, { status: 'failed', taken })
    return
  }
  step.heldUp = event.decision === 'end' && isByLimit(event.reason, step.frame.closing)
  if (event.decision === 'terminate') closeFrame(state, step.frame, 'terminal')
  settle(state, step, { status: 'succeeded', taken: event.target })
}

/** Whether a loop ended because its visit had reached a limit: of a branch, the case is told before that. */
function isByLimit(reason: string, closing: FrameState['closing']): boolean {
  return (closing === 'budget' || closing === 'step_budget') && reason.endsWith(closing)
}

function keepLoopState(step: StepState, event: RoutingDecision): void {
  for (const [key, count] of Object.entries(event.loopState ?? {})) {
    step.frame.loops.set(key, { count, evidence: event.bodyEvidence, same: event.stalledFor ?? 0 })
  }
}

function rearmBody(state: RunState, frame: FrameState, event: RoutingDecision): void {
  for (const key of event.resets ?? []) frame.loops.delete(key)
  const steps = new Map<StepState, Rearming>()
  for (const { stepId, iteration } of event.rearmed ?? []) {
    const step = stepOf(state, { frame: frame.id, stepId })
    if (step.status === 'failed') state.tally.earlierFailures += 1
    steps.set(step, { by: 'loop', iteration })
  }
  rearm(state, frame, steps)
}

function keepLoopExits(state: RunState, step: StepState, event: RoutingDecision): void {
  const { frame, place } = step
  for (const loop of place.decides) {
    const rearms = frame.loops.get(loop.key)?.count ?? 0
    if (loop.kind === 'branch' && rearms === 0) continue
    const target = frame.steps[loop.target]?.place.id ?? ''
    state.tally.loopExits.push({ frame: frame.id, stepId: place.id, target, reason: event.reason, rearms })
  }
}

/** A check begins, passed or failed. */
export function foldVerification(
  state: RunState,
  event: VerificationStarted | VerificationPassed | VerificationFailed,
): void {
  const step = stepOf(state, event)
  if (event.type === 'verification_started') {
    step.verification = 'started'
    return
  }
  step.verification = 'done'
  if (event.type === 'verification_failed') {
    step.gateVerdict = event.gateStatusOnFail
    if (event.error !== undefined) {
      step.error = event.error
      const taken = step.place.definition.allowFailure === true ? step.place.fallthrough : undefined
      settle(state, step, { status: 'failed', taken })
      return
    }
  }
  if (step.place.definition.routing === undefined) {
    settle(state, step, { status: 'succeeded', taken: step.place.fallthrough })
  } else push(state.agenda.due, { kind: 'route', step })
}

/** Entries join the blackboard; none is overwritten. */
export function foldFacts(state: RunState, event: FactsUpdated): void {
  for (const entry of event.entries) {
    const entries = state.facts.get(entry.key)
    if (entries === undefined) state.facts.set(entry.key, [entry])
    else entries.push(entry)
    state.factVersion = Math.max(state.factVersion, entry.version)
  }
}
