import type { PlainError } from '../errors/plain-error.ts'
import type { StepKind } from '../flow/definition.ts'
import type { JsonValue } from '../flow/json.ts'
import type { CallBudget, FlowScope, Handoff, StepOutput, StepScope, Usage } from './envelope.ts'

/** Why a step did not run (rule F8). */
export type SkipReason =
  | 'condition'
  | 'needs_failed'
  | 'needs_skipped'
  | 'not_routed'
  | 'lost'
  | 'terminal'
  | 'step_budget'
  | 'budget'
  | 'rejected'
  | 'stopped'
  | 'out_of_range'
  | 'upstream_failed'

/** An attempt begins. Recorded before anything is called. */
export interface StepStart extends StepScope {
  readonly type: 'step_start'
  /** Of a map item: the kind of the step that the map runs. */
  readonly kind: StepKind
  /** 1-based place of the step in its flow. */
  readonly index: number
  /** Steps of the flow. */
  readonly total: number
  /** Digest of all that the result depends on (rule S6). */
  readonly contentKey: string
  /**
   * `<runId>/<address without the attempt>@<8 digits of the content key>`: the same for every try of the
   * same work, another one in another run and after an edit of the step (rule S5).
   */
  readonly idempotencyKey: string
  /** Engine that is called, for an agent step. */
  readonly engine?: string
  /** The model that is asked for. */
  readonly model?: string
  /** Digest of what each reference resolved to, by the reference as written. */
  readonly inputDigests?: Readonly<Record<string, string>>
  /** With `one_success`: the need whose success started this step. */
  readonly winner?: string
  /** Digest of the engine's session that this attempt continues. */
  readonly sessionDigest?: string
  /** What is reserved for it in every budget above it (rule B3). */
  readonly reserved?: CallBudget
}

/**
 * The engine's session is known; a later attempt can continue it. Without a session and a reference the one
 * before no longer counts, and a later attempt begins anew.
 */
export interface StepSession extends StepScope {
  readonly type: 'step_session'
  /** SHA-256 of the session as JSON. */
  readonly digest?: string
  /** The session, when it has at most 16,384 characters as JSON. */
  readonly session?: JsonValue
  /** Artifact path of one that has more. */
  readonly sessionRef?: string
}

/** What an attempt took. What nobody told or measured is left out, never zero. */
export interface AttemptMeasures {
  /** Tokens, over all repair passes. */
  readonly usage?: Usage
  /** US dollars, over all repair passes. */
  readonly costUsd?: number
  /** Whether the engine told its usage but not its cost. */
  readonly unpriced?: boolean
  /** What it is charged with in its budgets, for want of somebody who told (rule B3): what it had reserved. */
  readonly charged?: CallBudget
  /** From `step_start` to the end, on a monotonic clock; unknown when another process began the attempt. */
  readonly durationMs?: number
  /** How long the step waited for a slot before `step_start`. */
  readonly queuedMs?: number
}

/** An attempt succeeded. */
export interface StepEnd extends StepScope, StepOutput, AttemptMeasures {
  readonly type: 'step_end'
  readonly status: 'succeeded'
  readonly handoff?: Handoff
  /** Digest of output, data and file changes; equal ones in a row are a stall (rule L2). */
  readonly evidenceDigest: string
  /** The model that answered, when the engine told it. */
  readonly model?: string
}

/** An attempt failed. */
export interface StepError extends StepScope, AttemptMeasures {
  readonly type: 'step_error'
  readonly error: PlainError
  /** False: the step has settled as failed. */
  readonly willRetry: boolean
  /** Milliseconds since the epoch before which no retry starts. */
  readonly retryAt?: number
  /** The engine that makes the next attempt, because that of this one cannot run. */
  readonly fallback?: EngineFallback
}

/** Another engine in the place of one that cannot run. */
export interface EngineFallback {
  /** The engine that was chosen for the step. */
  readonly from: string
  readonly engine: string
  /** The model to ask for. @default the engine's own */
  readonly model?: string
}

/** A step settles without a run, or loses a race while it runs: then it tells what the attempt took. */
export interface StepSkipped extends FlowScope, AttemptMeasures {
  readonly type: 'step_skipped'
  readonly stepId: string
  readonly item?: string
  readonly iteration: number
  /** Left out when it was never started. */
  readonly attempt?: number
  readonly reason: SkipReason
}

/** One item of a map. */
export interface MapItem {
  readonly key: string
  readonly value: JsonValue
}

/** The items of a map, recorded before the first of them starts (rule M1). */
export interface MapExpanded extends StepScope {
  readonly type: 'map_expanded'
  readonly items: readonly MapItem[]
}

/** An engine began to use a tool. */
export interface ToolStart extends StepScope {
  readonly type: 'tool_start'
  /** Pairs it with its `tool_end`. */
  readonly toolCallId: string
  readonly tool: string
  /** What the tool was given, clipped to 4 kB. */
  readonly input?: JsonValue
  /** The request whose approval this call uses up (rule H4). */
  readonly requestId?: string
}

/** A tool came back. */
export interface ToolEnd extends StepScope {
  readonly type: 'tool_end'
  readonly toolCallId: string
  readonly tool: string
  readonly success: boolean
  /** What the tool gave, clipped to 4 kB. */
  readonly output?: JsonValue
  /** As the engine measured it. */
  readonly durationMs?: number
}

/** Files that a step changed. @source A6.2 */
export interface FileChanges extends StepScope {
  readonly type: 'file_changes'
  readonly files: readonly FileChange[]
}

/** One changed file. */
export interface FileChange {
  readonly path: string
  readonly action: 'created' | 'modified' | 'deleted'
  readonly insertions?: number
  readonly deletions?: number
}

/** Events of steps and their tools. */
export type StepEvent =
  | StepStart
  | StepSession
  | StepEnd
  | StepError
  | StepSkipped
  | MapExpanded
  | ToolStart
  | ToolEnd
  | FileChanges
