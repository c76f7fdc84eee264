/** My job: what a decision asks the orchestrator to do. */
import type { EventDraft } from '../events/swarm-event.ts'
import type { Balance } from './budget.ts'
import type { Execution, FrameState, StepState } from './state.ts'

/** What the orchestrator does next. Everything but `record` first needs something from outside. */
export type Action =
  /** Record these events; they follow from the state. */
  | { readonly kind: 'record'; readonly events: readonly EventDraft[] }
  /** Resolve the references of an execution, record its start, then call, ask, expand or descend. */
  | { readonly kind: 'start'; readonly execution: Execution }
  /** Nothing yet: others have reserved what a call would need of this budget (rule B3). */
  | { readonly kind: 'hold'; readonly by: Balance }
  /** Record `verification_started`, then run the checks. */
  | { readonly kind: 'check'; readonly step: StepState }
  /** Put the outputs of a map's items together and record its end. */
  | { readonly kind: 'collect'; readonly execution: Execution }
  /** Resolve the flow's `output` reference and record the end of the visit. */
  | { readonly kind: 'close'; readonly frame: FrameState }
  /** Record the start of a visit of the next flow. */
  | { readonly kind: 'enter'; readonly flowKey: string }
