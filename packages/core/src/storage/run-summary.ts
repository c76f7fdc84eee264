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

/** A request that waits for somebody. */
export interface OpenRequest {
  readonly requestId: string
  readonly kind: 'approval' | 'clarification' | 'action' | 'callback'
  /** `frame/step` or `frame/step[item]`. */
  readonly step: string
  readonly prompt: string
  /** SHA-256 of exactly what is shown. */
  readonly contentHash: string
  /** Milliseconds since the epoch. */
  readonly deadlineAt?: number
  readonly answerers?: readonly string[]
}

/** The process that owns a run. */
export interface RunOwner {
  readonly pid: number
  readonly host: string
  /** Left out when it cannot be known, as on another host. */
  readonly alive?: boolean
}
