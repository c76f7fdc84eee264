/** My job: the run as a whole: begin, pause, stop, resume, end. */
import type { EventEnvelope } from '../events/envelope.ts'
import type {
  RunCompleted,
  RunPaused,
  RunPausing,
  RunResumed,
  RunStarted,
  RunStopped,
  RunStopping,
} from '../events/run-events.ts'
import { liftTimes, limitTime, push } from './agenda.ts'
import { type Rearming, rearm, reopen } from './rearm.ts'
import type { FrameState, RunState, StepState } from './state.ts'

/** The owner begins, or was told to rest. */
export function foldControl(
  state: RunState,
  event: RunStarted | RunPausing | RunPaused | RunStopping | RunStopped,
): void {
  switch (event.type) {
    case 'run_started':
      state.control = 'running'
      limitTime(state.agenda, undefined, event.deadlineAt)
      push(state.agenda.due, { kind: 'travel' })
      return
    case 'run_pausing':
      state.control = 'pausing'
      state.controlBy = { by: event.by, reason: 'pause' }
      return
    case 'run_paused':
      state.control = 'paused'
      return
    case 'run_stopping':
      state.control = 'stopping'
      state.controlBy = { by: event.by, reason: event.reason }
      return
    case 'run_stopped':
      state.control = 'stopped'
  }
}

/** An owner goes on: checks that were cut off are due again, what `retryFailed` named is re-armed. */
export function foldResumed(state: RunState, event: RunResumed & EventEnvelope): void {
  state.control = 'running'
  state.controlBy = undefined
  state.resumedFrom = event.resumedFrom
  state.final = undefined
  state.error = undefined
  // A resume gives the time anew (decision 0012), but not to a run whose end by it was recorded and torn off.
  const isGivenMore = event.limits !== undefined || event.budget !== undefined
  if (isGivenMore || event.rearmed.length > 0) state.isOverLimit = false
  state.nextFlow = undefined
  state.limits = { ...state.limits, ...event.limits }
  if (event.budget !== undefined) {
    state.budget = { ...state.budget, ...event.budget }
    state.isBudgeted = true
  }
  // What a resume allows the run goes before what its visits were allowed.
  if (event.limits?.durationMs !== undefined) liftTimes(state.agenda)
  limitTime(state.agenda, undefined, event.deadlineAt)
  for (const frame of state.frames.values()) {
    if (frame.outcome === undefined) redoChecks(state, frame)
  }
  rearmFailed(state, new Set(event.rearmed))
  push(state.agenda.due, { kind: 'travel' })
}

function redoChecks(state: RunState, frame: FrameState): void {
  for (const step of frame.steps) {
    if (step.verification !== 'started') continue
    step.verification = 'due'
    push(state.agenda.due, { kind: 'verify', step })
  }
}

function rearmFailed(state: RunState, places: ReadonlySet<string>): void {
  if (places.size === 0) return
  for (const frame of state.frames.values()) {
    const steps = new Map<StepState, Rearming>()
    for (const step of frame.steps) {
      if (places.has(`${frame.id}/${step.place.id}`)) steps.set(step, { by: 'retry' })
    }
    if (steps.size === 0) continue
    reopen(frame)
    if (frame.parent === undefined) state.journey.frame = frame
    rearm(state, frame, steps)
  }
}

/** The run ended. */
export function foldCompleted(state: RunState, event: RunCompleted): void {
  state.final = event.status
  state.error = event.error
  state.nextFlow = event.nextFlow
}
