import type { ProposedActionContent } from '../events/request-events.ts'
import type { Question } from '../flow/definition.ts'
import type { JsonSchema, JsonValue } from '../flow/json.ts'

/** Where a run stands (rule S3). */
export type RunStatus =
  | 'running'
  | 'waiting'
  | 'waiting_quota'
  | 'paused'
  | 'stopped'
  | 'interrupted'
  | 'succeeded'
  | 'partial'
  | 'failed'
  | 'canceled'

/** One run in a list. */
export interface RunSummary {
  readonly runId: string
  /** `interrupted` is computed: the journal is open and no owner lives. */
  readonly status: RunStatus
  readonly flows: readonly string[]
  readonly initiator: string
  /** ISO 8601. */
  readonly createdAt: string
  /** ISO 8601, of the last event. */
  readonly updatedAt: string
  readonly lastSeq: number
  readonly openRequests: readonly OpenRequest[]
  /** Who holds the lock, and whether that owner is known to live. */
  readonly owner?: RunOwner
}

/** A request that waits for somebody, with all that is needed to show it and to answer it. */
export interface OpenRequest {
  readonly requestId: string
  /** What was asked, and so the form of its answer: `approved` (approval, action), `answers` or `payload`. */
  readonly kind: 'approval' | 'clarification' | 'action' | 'callback'
  /** `frame/step` or `frame/step[item]`. */
  readonly step: string
  /** ISO 8601. */
  readonly askedAt: string
  /** What is shown. */
  readonly prompt: string
  /** Of a clarification: what is asked, with quick replies where there are any. */
  readonly questions?: readonly Question[]
  /** Of an action: what would be done. */
  readonly action?: ProposedActionContent
  /** Of a callback: its name. */
  readonly correlation?: string
  /** SHA-256 of exactly what is shown. */
  readonly contentHash: string
  /** JSON Schema of the decision, of what `answers` holds, or of the payload. */
  readonly answerSchema: JsonSchema
  /** Milliseconds since the epoch. */
  readonly deadlineAt?: number
  /** What the deadline decides; without it the step fails. */
  readonly deadlineAnswer?: JsonValue
  /** Who may answer. @default anyone */
  readonly answerers?: readonly string[]
}

/** The process that owns a run. */
export interface RunOwner {
  readonly pid: number
  readonly host: string
  /** Left out when it cannot be known, as on another host. */
  readonly alive?: boolean
}
