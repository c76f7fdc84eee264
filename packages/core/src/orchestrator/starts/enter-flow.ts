/** My job: the start of a visit, by the run's journey or by a step. */
import type { FlowStart, FrameParent } from '../../events/flow-events.ts'
import type { JsonObject } from '../../flow/json.ts'
import { frameId } from '../../run/address.ts'
import type { Session } from '../session.ts'

/** Begins the visit of the flow that the run goes to next. */
export function enterFlow(session: Session, flowKey: string): void {
  const { state } = session
  session.record(
    flowStart(session, { flowKey, params: state.manifest.params, depth: 0, index: state.journey.total + 1 }),
  )
}

/** What a visit begins with. */
export interface VisitInput {
  readonly flowKey: string
  readonly params: JsonObject
  readonly depth: number
  readonly index?: number
  readonly parent?: FrameParent
}

/** The event that begins a visit. */
export function flowStart(session: Session, input: VisitInput): FlowStart {
  const { state, host } = session
  const { flowKey, params, depth, index, parent } = input
  const visit = (state.visits.get(flowKey) ?? 0) + 1
  const definition = state.flows.get(flowKey)
  const durationMs = definition?.limits?.durationMs
  return {
    type: 'flow_start',
    flowKey,
    visit,
    frame: frameId(flowKey, visit),
    ...(index === undefined ? {} : { index }),
    ...(parent === undefined ? {} : { parent }),
    depth,
    params,
    digest: definition?.digest ?? '',
    ...(durationMs === undefined ? {} : { deadlineAt: host.clock.now() + durationMs }),
  }
}
