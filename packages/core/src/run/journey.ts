/**
 * My job: the way of a run from flow to flow, and its end (rule V2).
 *
 * Invariant: the list of the request is followed first; beyond it only `follow: 'macro'` goes on, and
 * what would have come next is recorded as `nextFlow`.
 */
import type { PlainError } from '../errors/plain-error.ts'
import type { MacroRoute } from '../events/flow-events.ts'
import type { RunCompleted } from '../events/run-events.ts'
import type { FlowTransition } from '../flow/definition.ts'
import type { Action } from './action.ts'
import { takeCensus } from './census.ts'
import { kernelError } from './drafts.ts'
import { failureOf } from './outcome.ts'
import type { FinalStatus, FrameState, RunState } from './state.ts'
import { spentOf } from './tally.ts'

const DEFAULT_FLOW_VISITS = 20
const DEFAULT_VISITS_PER_FLOW = 3

/** The next flow, the transition to it, or the end of the run. */
export function travel(state: RunState): Action | undefined {
  const { journey } = state
  if (state.final !== undefined) return undefined
  if (journey.due !== undefined) return enter(state, journey.due)
  const { frame } = journey
  return frame?.outcome === undefined ? undefined : leave(state, frame)
}

function enter(state: RunState, flowKey: string): Action | undefined {
  // A resume puts the run on its way again.
  if (state.control !== 'running') return undefined
  const refusal = visitLimit(state, flowKey)
  if (refusal !== undefined) return complete(state, { status: 'failed', error: refusal })
  return { kind: 'enter', flowKey }
}

function visitLimit(state: RunState, flowKey: string): PlainError | undefined {
  const { journey, limits } = state
  const inAll = limits.flowVisits ?? DEFAULT_FLOW_VISITS
  const ofOne = limits.visitsPerFlow ?? DEFAULT_VISITS_PER_FLOW
  const visited = journey.visited.get(flowKey) ?? 0
  if (journey.total < inAll && visited < ofOne) return undefined
  const bound = journey.total < inAll ? `limits.visitsPerFlow is ${ofOne}` : `limits.flowVisits is ${inAll}`
  const message = `The run would visit flow "${flowKey}" once more, but ${bound}. Raise it on the request or break the circle.`
  return kernelError('flow_visits_exceeded', message)
}

/** Where a visit that ended leads. */
interface Onward {
  readonly toFlow: string
  readonly reason: string
  readonly position: number
}

function leave(state: RunState, frame: FrameState): Action {
  const onward = frame.outcome === 'failed' ? afterFailure(state, frame) : afterSuccess(state, frame)
  if (onward === undefined) return complete(state, { status: finalStatus(state), ...wouldCome(frame) })
  const route: MacroRoute = {
    type: 'macro_route',
    fromFlow: frame.flowKey,
    ...onward,
    flowSucceeded: frame.outcome !== 'failed',
    outcome: frame.outcome ?? 'failed',
    loopCount: state.journey.visited.get(onward.toFlow) ?? 0,
  }
  return { kind: 'record', events: [route] }
}

function afterSuccess(state: RunState, frame: FrameState): Onward | undefined {
  const { manifest, journey, flows } = state
  const position = journey.position + 1
  const listed = manifest.flows[position]
  if (listed !== undefined) return { toFlow: listed, reason: 'list', position }
  const next = frame.graph.definition.onComplete
  if (manifest.follow !== 'macro' || next === undefined || !flows.has(next.nextFlow)) return undefined
  return { toFlow: next.nextFlow, reason: next.reason ?? 'on_complete', position: journey.position }
}

function afterFailure(state: RunState, frame: FrameState): Onward | undefined {
  const { manifest, journey, flows } = state
  const next = frame.graph.definition.onFailure
  if (next === undefined || wasStopped(frame) || state.isOverLimit) return undefined
  const listed = manifest.flows.indexOf(next.nextFlow)
  const reason = next.reason ?? 'on_failure'
  if (listed >= 0) return { toFlow: next.nextFlow, reason, position: listed }
  if (manifest.follow !== 'macro' || !flows.has(next.nextFlow)) return undefined
  return { toFlow: next.nextFlow, reason, position: journey.position }
}

/** A human stopped it (`onReject: 'stop'`): no failure route leads on from there. */
function wasStopped(frame: FrameState): boolean {
  return frame.closing === 'stopped'
}

function wouldCome(frame: FrameState): { readonly nextFlow?: string; readonly error?: PlainError } {
  const { onComplete, onFailure } = frame.graph.definition
  const next: FlowTransition | undefined = frame.outcome === 'failed' ? onFailure : onComplete
  return {
    ...(next === undefined ? {} : { nextFlow: next.nextFlow }),
    ...(frame.outcome === 'failed' ? { error: failureOf(frame) } : {}),
  }
}

/** Failed when the last visit failed; partial when the last visit of any flow was not a full success. */
function finalStatus({ journey }: RunState): FinalStatus {
  if (journey.frame?.outcome === 'failed') return 'failed'
  return [...journey.outcomes.values()].every((outcome) => outcome === 'succeeded') ? 'succeeded' : 'partial'
}

/** The end of a run, beside what is computed from its state. */
export type RunEnd = Pick<RunCompleted, 'status'> &
  Partial<Pick<RunCompleted, 'nextFlow' | 'error' | 'by' | 'inputId'>>

/** The record of a run's end. */
export function runCompleted(state: RunState, end: RunEnd): RunCompleted {
  const { journey } = state
  const result = journey.frame?.result
  return {
    type: 'run_completed',
    ...(result === undefined ? {} : { result }),
    census: takeCensus(state),
    ...spentOf(state),
    flowTransitionHistory: [...journey.history],
    ...end,
  }
}

function complete(state: RunState, end: RunEnd): Action {
  return { kind: 'record', events: [runCompleted(state, end)] }
}
