/**
 * My job: to end what runs before its time: a lost race, a duration that is over, a canceled run.
 *
 * Invariants:
 * 1. Everything below is closed before what waits for it: items and child visits, then the step.
 * 2. Every open request ends (rule H1): withdrawn, or canceled with the run.
 */
import type { PlainError } from '../errors/plain-error.ts'
import type { SkipReason } from '../events/step-events.ts'
import type { EventDraft } from '../events/swarm-event.ts'
import { flowScope, kernelError, stepError, stepScope, stepSkipped } from './drafts.ts'
import { resolution } from './resolution.ts'
import {
  type Execution,
  type FrameState,
  isSettled,
  type RequestState,
  type RunState,
  type StepState,
} from './state.ts'

/** Why something is called off. */
export type CallOff =
  | { readonly kind: 'lost' }
  | { readonly kind: 'revised' }
  | { readonly kind: 'duration' }
  /** It waited to run again, and does not. */
  | { readonly kind: 'skipped'; readonly reason: SkipReason }
  | { readonly kind: 'canceled'; readonly by: string }

/** The events that end an execution that has not settled, with all that runs below it. */
export function callOff(state: RunState, execution: Execution, how: CallOff): readonly EventDraft[] {
  const below = [...callOffItems(state, execution, how), ...callOffChild(state, execution, how)]
  return [...below, ...endRequests(execution, how), ...end(execution, how)]
}

/** The events that settle every step of a visit; the visit itself is left to end by itself. */
export function callOffFrame(state: RunState, frame: FrameState, how: CallOff): readonly EventDraft[] {
  return frame.steps.filter((step) => !isSettled(step.status)).flatMap((step) => callOff(state, step, how))
}

function callOffItems(state: RunState, execution: Execution, how: CallOff): readonly EventDraft[] {
  if (execution.item !== undefined) return []
  const items = execution.step.map?.executions ?? []
  const open = items.filter((item) => !isSettled(item.status))
  // Those of a map that waits to run again stay as they are, but for the visits that were opened again.
  const end = execution.status === 'running' ? callOff : callOffChild
  return open.flatMap((item) => end(state, item, how))
}

function callOffChild(state: RunState, execution: Execution, how: CallOff): readonly EventDraft[] {
  const { child } = execution
  if (child === undefined || child.outcome !== undefined) return []
  return [
    ...callOffFrame(state, child, how),
    { type: 'flow_end', ...flowScope(child), status: 'failed', error: errorOf(how) },
    {
      type: 'stack_pop',
      ...stepScope(execution),
      completedFlow: child.flowKey,
      currentDepth: execution.frame.depth,
    },
  ]
}

function endRequests(execution: Execution, how: CallOff): readonly EventDraft[] {
  if (how.kind !== 'canceled') return withdrawRequests(execution)
  return openIn(execution).map((request) => resolution(request, { outcome: 'canceled', by: how.by }))
}

/** The ends of the requests that nobody waits for any more: their execution is about to end for good. */
export function withdrawRequests(execution: Execution): readonly EventDraft[] {
  return openIn(execution).map((request) => resolution(request, { outcome: 'withdrawn', by: 'run' }))
}

function openIn({ requests }: Execution): readonly RequestState[] {
  return requests.filter(({ status }) => status === 'open')
}

function end(execution: Execution, how: CallOff): readonly EventDraft[] {
  const { status } = execution
  if (status === 'ended') return [failRoute(execution.step, errorOf(how))]
  if (how.kind === 'lost') return [stepSkipped(execution, 'lost')]
  if (status === 'running') return [stepError(execution, errorOf(how))]
  return [stepSkipped(execution, skipReasonOf(how))]
}

/** A step that succeeded and was about to be checked or routed settles as failed. */
function failRoute(step: StepState, error: PlainError): EventDraft {
  return {
    type: 'routing_decision',
    ...stepScope(step),
    decision: 'fail',
    reason: error.code,
    notTaken: [],
    error,
    source: 'spec',
  }
}

function skipReasonOf(how: CallOff): SkipReason {
  if (how.kind === 'skipped') return how.reason
  return how.kind === 'duration' ? 'budget' : 'stopped'
}

function errorOf(how: CallOff): PlainError {
  switch (how.kind) {
    case 'lost':
      return kernelError('lost', 'Another step won the race; this one was called off.')
    case 'revised':
      return kernelError('flow_revised', 'The flow was edited, and the step begins again.')
    case 'duration':
      return kernelError(
        'duration_exceeded',
        'limits.durationMs was over. Resume with a higher limit to go on.',
      )
    case 'skipped':
      return kernelError('skipped', `The step that it ran for was skipped (${how.reason}).`)
    case 'canceled':
      return kernelError('canceled', `The run was canceled by ${how.by}.`)
  }
}
