import type { PlainError } from '../errors/plain-error.ts'
import type { FlowDefinition, StepDefinition } from '../flow/definition.ts'
import type { JsonObject } from '../flow/json.ts'
import type { FlowScope, StepOutput, StepScope } from './envelope.ts'

/** The step that waits for a child flow. */
export interface FrameParent {
  readonly frame: string
  readonly stepId: string
  readonly item?: string
}

/** A visit of a flow begins. */
export interface FlowStart extends FlowScope {
  readonly type: 'flow_start'
  /** 1-based place in the run's list of visits; left out for a child. @source A4 current_flow_index */
  readonly index?: number
  /** The step that waits for it; left out when none does. */
  readonly parent?: FrameParent
  /** 0, and one more for each flow above it. */
  readonly depth: number
  /** What `$params` means in this visit. */
  readonly params: JsonObject
  /** Digest of the definition. */
  readonly digest: string
  /** Milliseconds since the epoch at which `limits.durationMs` is over. */
  readonly deadlineAt?: number
}

/** A visit of a flow ended: every step has settled. */
export interface FlowEnd extends FlowScope {
  readonly type: 'flow_end'
  readonly status: 'succeeded' | 'partial' | 'failed'
  /** Left out when no step gave anything. */
  readonly result?: StepOutput
  /** Why it failed, when it was not by a step. */
  readonly error?: PlainError
}

/** A resume with an edited flow took the new definition (rule S6). */
export interface FlowRevised {
  readonly type: 'flow_revised'
  readonly flowKey: string
  readonly previousDigest: string
  /** The definition from here on. */
  readonly flow: FlowDefinition
  /** Visits that take the new definition. */
  readonly frames: readonly string[]
  /** Steps whose content key still matches, as `frame/step`. */
  readonly reused: readonly string[]
  /** Steps that run again, as `frame/step`, with the cause. */
  readonly rearmed: readonly RevisedStep[]
  /** As in `flow_start`: the visits that take it have the whole time of the new definition. */
  readonly deadlineAt?: number
}

/** A step that an edited flow runs again. */
export interface RevisedStep {
  readonly frame: string
  readonly stepId: string
  readonly cause: string
}

/** The run goes from one flow to the next (rule V2). @source A6.1 */
export interface MacroRoute {
  readonly type: 'macro_route'
  readonly fromFlow: string
  readonly toFlow: string
  /** `list`, the transition's own reason, `on_complete` or `on_failure`. */
  readonly reason: string
  readonly flowSucceeded: boolean
  readonly outcome: 'succeeded' | 'partial' | 'failed'
  /** Visits of `toFlow` before this one. */
  readonly loopCount: number
  /** 0-based place in the request's list at which the run then stands. */
  readonly position: number
}

/** A flow was put into the run by a navigator. @source A6.4 */
export interface FlowInjected extends FlowScope {
  readonly type: 'flow_injected'
  readonly injectedFlow: string
  /** The step after which it was asked for. */
  readonly triggerStep: string
  /** The step that goes on when it has ended. */
  readonly resumePoint: string
}

/** A step was put into a visit by a navigator. @source A6.4 */
export interface NodeInjected extends FlowScope {
  readonly type: 'node_injected'
  readonly node: StepDefinition
  /** The step that it follows; at the end when there is none of this name. */
  readonly position: string
  readonly rationale: string
}

/** A visit's graph was changed for this run only. @source A6.4 */
export interface GraphExtended extends FlowScope {
  readonly type: 'graph_extended'
  /** `add`, `remove` and `replace` of RFC 6902, below `/steps`. */
  readonly patch: readonly JsonObject[]
  readonly rationale: string
}

/** A child flow begins: one deeper along this branch. @source A6.4 */
export interface StackPush extends StepScope {
  readonly type: 'stack_push'
  readonly injectedFlow: string
  /** Depth of the child. */
  readonly currentDepth: number
}

/** A child flow ended. @source A6.4 */
export interface StackPop extends StepScope {
  readonly type: 'stack_pop'
  readonly completedFlow: string
  /** Depth of the step's own visit. */
  readonly currentDepth: number
}

/** A child flow would have been too deep; its step fails. @source A6.4 */
export interface StackOverflowPrevented extends StepScope {
  readonly type: 'stack_overflow_prevented'
  readonly attemptedFlow: string
  /** Depth of the step's visit. */
  readonly currentDepth: number
  readonly limit: number
}

/** Events of flow visits. */
export type FlowEvent =
  | FlowStart
  | FlowEnd
  | FlowRevised
  | MacroRoute
  | FlowInjected
  | NodeInjected
  | GraphExtended
  | StackPush
  | StackPop
  | StackOverflowPrevented
