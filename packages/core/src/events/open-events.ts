import type { JsonObject, JsonValue } from '../flow/json.ts'
import type { FlowScope, StepScope } from './envelope.ts'

/** A limit was reached; what it stops is in the `step_skipped` and `flow_end` events that follow. */
export interface BudgetExceeded extends FlowScope {
  readonly type: 'budget_exceeded'
  readonly limit: 'stepExecutions' | 'durationMs' | 'costUsd' | 'tokens'
  /** The limit. */
  readonly value: number
  /** The limit is that of the run, which ends with this visit; left out when it is the visit's own. */
  readonly ofRun?: boolean
  /** The step whose budget it is, or whose map's: it fails, and the visit goes on. */
  readonly ofStep?: string
}

/**
 * What an account may use is used up (rule B1): the attempt that found out has ended and is tried again, and no other
 * call on the account begins, at `until`. It costs no retry.
 */
export interface QuotaWaiting extends StepScope {
  readonly type: 'quota_waiting'
  /** Of the engine: its `account`, else its id. */
  readonly account: string
  /** Milliseconds since the epoch. */
  readonly until: number
}

/** The swarm family, in the order of a goal run; recorded by engines and function steps. @source B2 */
export type SwarmFamilyType =
  | 'routing_started'
  | 'routing_completed'
  | 'planning_started'
  | 'planning_completed'
  | 'specialist_started'
  | 'specialist_completed'
  | 'specialist_failed'
  | 'evaluation_started'
  | 'evaluation_completed'
  | 'swarm_completed'
  | 'error_occurred'

/** One event of the swarm family. @source B2 */
export type SwarmFamilyEvent = { [Type in SwarmFamilyType]: SwarmFamilyRecord<Type> }[SwarmFamilyType]

/** What every event of the swarm family records. */
export interface SwarmFamilyRecord<Type extends SwarmFamilyType> extends StepScope {
  readonly type: Type
  /** Its fields, at most 16 kB. */
  readonly data: JsonObject
}

/** An event of the host's or an engine's own, at most 16 kB. */
export interface CustomEvent extends StepScope {
  readonly type: 'custom'
  readonly name: string
  readonly data: JsonValue
}

/** Something worth knowing that changes no state. Codes are listed in `docs/events.md`. */
export interface Diagnostic {
  readonly type: 'diagnostic'
  readonly code: string
  readonly message: string
  /** Address of the execution it is about. */
  readonly address?: string
  readonly data?: JsonValue
  /** The input that it acknowledges without effect. */
  readonly inputId?: string
}

/** Events that are open to others, and limits. */
export type OpenEvent = BudgetExceeded | QuotaWaiting | SwarmFamilyEvent | CustomEvent | Diagnostic
