import type { PlainError } from '../errors/plain-error.ts'
import type { Budget } from '../flow/budget.ts'
import type { FlowDefinition, FlowLimits } from '../flow/definition.ts'
import type { JsonObject } from '../flow/json.ts'
import type { CallBudget, StepOutput, Usage } from './envelope.ts'

/** The request of a run as the journal keeps it. */
export interface RunManifest {
  /** Flows to visit, in order. */
  readonly flows: readonly string[]
  /** Whether `onComplete` and `onFailure` are followed beyond the list. @default 'list' */
  readonly follow: 'list' | 'macro'
  readonly params: JsonObject
  /** First step of the first flow that may run. */
  readonly startStep?: string
  /** Last step of the last flow that may run. */
  readonly endStep?: string
  /** Who started the run. @default 'host' */
  readonly initiator: string
  readonly limits: FlowLimits
  /** What all its calls may take together. */
  readonly budget?: Budget
  /** The engine of steps that name none. */
  readonly engine?: string
  readonly model?: string
}

/** Line 1 of every journal: the whole manifest and every flow that the run may visit. */
export interface RunCreated {
  readonly type: 'run_created'
  /** Version of the journal's format; a newer one is refused by name. */
  readonly formatVersion: 1
  readonly manifest: RunManifest
  readonly flows: readonly FlowDefinition[]
}

/** The first owner begins. */
export interface RunStarted {
  readonly type: 'run_started'
  readonly owner: string
  /** Milliseconds since the epoch at which the run's `limits.durationMs` is over. */
  readonly deadlineAt?: number
}

/** A pause was asked for; running steps finish. @source A6.4 */
export interface RunPausing {
  readonly type: 'run_pausing'
  readonly by: string
  readonly inputId?: string
}

/** No step runs any more and none starts until `run_resumed`. @source A6.4 */
export interface RunPaused {
  readonly type: 'run_paused'
}

/** An owner goes on, after a pause, a stop or a crash. @source A6.4 */
export interface RunResumed {
  readonly type: 'run_resumed'
  /** Who owns the run from here on. */
  readonly owner: string
  /** `crash` when the owner before left no word. */
  readonly resumedFrom: 'pause' | 'stop' | 'crash' | 'wait' | 'failure'
  /** Addresses of the executions that were cut off and start again. */
  readonly interrupted: readonly string[]
  /** Failed and skipped steps that run again as they stand, as `frame/step`. */
  readonly rearmed: readonly string[]
  /** Limits that this resume sets anew. */
  readonly limits?: FlowLimits
  /** The members of the run's budget that this resume sets anew. */
  readonly budget?: Budget
  /** As in `run_started`; a resume gives the whole duration anew. */
  readonly deadlineAt?: number
  /** Who asked for it, when it is by `continue`. */
  readonly by?: string
  readonly inputId?: string
}

/** A stop was asked for; running steps are drained. @source A6.4 */
export interface RunStopping {
  readonly type: 'run_stopping'
  readonly by: string
  readonly reason: string
  /** How long running calls may go on. */
  readonly drainMs: number
  readonly inputId?: string
}

/** The run rests and can be resumed. @source A6.3 */
export interface RunStopped {
  readonly type: 'run_stopped'
  readonly reason: string
  readonly by: string
  /** Executions that did not finish in time and were aborted. */
  readonly aborted: readonly string[]
  /** What they had told of their usage by then. */
  readonly usage?: Usage
  readonly costUsd?: number
  /** How many of them told their usage but not their cost. */
  readonly unpricedCalls?: number
  /** What each of them took of its budgets, as far as it told; else what it had reserved. */
  readonly cutOff?: readonly CutOffCall[]
}

/** What a call took that a stop cut off; it is taken off the budgets above it. */
export interface CutOffCall extends CallBudget {
  readonly frame: string
  readonly stepId: string
  readonly item?: string
}

/** What became of every step, by outcome; a dead step is never hidden (law 6). */
export interface Census {
  readonly succeeded: number
  readonly failed: number
  readonly skipped: number
  /** Skipped steps by reason. */
  readonly skippedBecause: Readonly<Record<string, number>>
  /** Every step that ended failed, with its error and whether the flow absorbed it. */
  readonly failures: readonly CensusFailure[]
  /** Attempts that failed and were retried, and iterations that failed before the last. */
  readonly earlierFailures: number
  /** Calls that were cut off. */
  readonly interruptions: number
  /** Map items. */
  readonly items: { readonly succeeded: number; readonly failed: number; readonly skipped: number }
  /** Every exit of a loop. */
  readonly loops: readonly LoopExit[]
}

/** A step that ended failed. */
export interface CensusFailure {
  /** `frame/step`. */
  readonly step: string
  readonly code: string
  readonly message: string
  readonly absorbed: boolean
}

/** How a loop ended. */
export interface LoopExit {
  readonly frame: string
  /** The decision step. */
  readonly stepId: string
  readonly target: string
  readonly reason: string
  /** How often it re-armed its body since it was last entered. */
  readonly rearms: number
}

/** One macro transition, as `flowTransitionHistory` keeps it. @source A7.4 */
export interface FlowTransitionRecord {
  readonly fromFlow: string
  readonly toFlow: string
  readonly reason: string
  readonly outcome: 'succeeded' | 'partial' | 'failed'
}

/** The last event of a run. */
export interface RunCompleted {
  readonly type: 'run_completed'
  readonly status: 'succeeded' | 'partial' | 'failed' | 'canceled'
  /** Left out when no step gave anything. */
  readonly result?: StepOutput
  readonly census: Census
  /** Sum of the known usage of all calls. */
  readonly usage: Usage
  /** Sum of the known costs in US dollars; left out when no call told one. */
  readonly costUsd?: number
  /** Calls whose cost is unknown. */
  readonly unpricedCalls: number
  /** The flow that would come next. */
  readonly nextFlow?: string
  readonly flowTransitionHistory: readonly FlowTransitionRecord[]
  /** Why, with `failed` and `canceled`. */
  readonly error?: PlainError
  /** Who canceled. */
  readonly by?: string
  readonly inputId?: string
}

/** Events of the run as a whole. */
export type RunEvent =
  | RunCreated
  | RunStarted
  | RunPausing
  | RunPaused
  | RunResumed
  | RunStopping
  | RunStopped
  | RunCompleted
