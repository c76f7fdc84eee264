/** My job: the end of a visit in which every step has settled. */
import type { StepOutput } from '../events/envelope.ts'
import type { FlowEnd } from '../events/flow-events.ts'
import type { Action } from './action.ts'
import { flowScope } from './drafts.ts'
import { lastSucceeded, outcomeOf } from './outcome.ts'
import type { FrameState } from './state.ts'

/** The `flow_end`, or a request to resolve the flow's `output` reference first. */
export function closeVisit(frame: FrameState): Action | undefined {
  if (frame.outcome !== undefined || frame.settled < frame.steps.length) return undefined
  // What the last step gave before a flow failed is not what the flow was to give.
  if (outcomeOf(frame) === 'failed') return { kind: 'record', events: [flowEnd(frame, undefined)] }
  if (frame.graph.definition.output !== undefined) return { kind: 'close', frame }
  return { kind: 'record', events: [flowEnd(frame, lastSucceeded(frame)?.result?.output)] }
}

/** The end of a visit with what it gave. */
export function flowEnd(frame: FrameState, result: StepOutput | undefined): FlowEnd {
  return {
    type: 'flow_end',
    ...flowScope(frame),
    status: outcomeOf(frame),
    ...(result === undefined ? {} : { result }),
    ...(frame.error === undefined ? {} : { error: frame.error }),
  }
}
