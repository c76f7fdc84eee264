/**
 * My job: the receipt of an execution, a projection of its events for people and for the sources' tools.
 * My neighbour's: the orchestrator decides when it is written; nothing in Baton ever reads it.
 *
 * 1. The sources' eight fields are always there: engine, mode, provider, step_id, flow_key, run_id,
 *    status, duration_ms (A11).
 * 2. What is unknown is `null`, never zero.
 */
import type { PlainError } from '../../errors/plain-error.ts'
import type { EventEnvelope, Usage } from '../../events/envelope.ts'
import type { RoutingDecision } from '../../events/routing-events.ts'
import type { StepEnd, StepError, StepSkipped, StepStart } from '../../events/step-events.ts'
import type { ContextTruncation } from '../../prompt/history.ts'
import type { HistoryPriority } from '../../prompt/history-priority.ts'
import type { ArtifactPaths } from './artifact-paths.ts'

/** How an attempt ended, as recorded. */
export type AttemptEnd = (StepEnd | StepError | StepSkipped) & EventEnvelope

/** What a receipt is made of. */
export interface ReceiptInput {
  readonly start: StepStart & EventEnvelope
  readonly end: AttemptEnd
  readonly paths: ArtifactPaths
  /** The engine that was called. @default the one that `step_start` names, nothing else known of it */
  readonly engine?: ReceiptEngine
  readonly routing?: RoutingDecision
  /** The bound of the loop that the step decides. */
  readonly maxIterations?: number
  readonly truncation?: ContextTruncation
  /** Of the last session that the attempt told; `null` for one that could not be kept. */
  readonly sessionDigest?: string | null
  readonly toolCalls?: number
}

/** What is told of an engine. */
export interface ReceiptEngine {
  readonly id: string
  readonly version?: string | undefined
  readonly mode?: string | undefined
  readonly provider?: string | undefined
}

/** A receipt as it is written. @source A4 Receipt */
export interface Receipt {
  readonly engine: string
  readonly engine_version: string | null
  readonly mode: string
  readonly provider: string
  readonly model: string | null
  readonly run_id: string
  readonly flow_key: string
  readonly visit: number
  readonly step_id: string
  readonly item: string | null
  readonly iteration: number
  readonly attempt: number
  readonly agent_key: string | null
  readonly status: 'succeeded' | 'failed' | 'skipped'
  readonly started_at: string
  readonly completed_at: string
  readonly duration_ms: number | null
  readonly queued_ms: number | null
  readonly tokens: ReceiptTokens
  readonly cost_usd: number | null
  readonly tool_calls: number | null
  readonly transcript_path: string
  readonly handoff_envelope_path: string
  readonly routing: ReceiptRouting | null
  readonly error: PlainError | null
  readonly context_truncation: ReceiptTruncation | null
  readonly content_key: string
  readonly idempotency_key: string
  /** Digest of the engine's session: the session itself can hold all that was said. */
  readonly session_digest: string | null
}

/** Tokens of a receipt. @source A4 Receipt */
export interface ReceiptTokens {
  readonly prompt: number | null
  readonly completion: number | null
  readonly total: number | null
}

/** Where a step led, in a receipt. @source A4 RoutingContext */
export interface ReceiptRouting {
  readonly loop_iteration: number
  readonly max_iterations: number | null
  readonly decision: RoutingDecision['decision']
  readonly next_step_id: string | null
  readonly reason: string
}

/** What a prompt left out, in a receipt. @source A7.12 */
export interface ReceiptTruncation {
  readonly steps_included: number
  readonly steps_total: number
  readonly chars_used: number
  readonly budget_chars: number
  readonly truncated: boolean
  readonly steps_clipped: number
  readonly priority_aware: true
  readonly priority_distribution: Readonly<Record<HistoryPriority, number>>
}

/** The receipt of one attempt. */
export function receiptOf(input: ReceiptInput): Receipt {
  const { start, end, paths, engine, routing, truncation } = input
  return {
    engine: engine?.id ?? start.engine ?? start.kind,
    engine_version: engine?.version ?? null,
    mode: engine?.mode ?? 'unknown',
    provider: engine?.provider ?? 'unknown',
    model: modelOf(end) ?? start.model ?? null,
    run_id: start.runId,
    flow_key: start.flowKey,
    visit: start.visit,
    step_id: start.stepId,
    item: start.item ?? null,
    iteration: start.iteration,
    attempt: start.attempt,
    agent_key: start.agentKey ?? null,
    ...outcomeOf(end),
    started_at: start.ts,
    completed_at: end.ts,
    tool_calls: input.toolCalls ?? null,
    transcript_path: paths.transcript.execution,
    handoff_envelope_path: paths.envelope.execution,
    routing: routing === undefined ? null : toRouting(routing, input.maxIterations),
    context_truncation: truncation === undefined ? null : toTruncation(truncation),
    content_key: start.contentKey,
    idempotency_key: start.idempotencyKey,
    session_digest: input.sessionDigest === undefined ? (start.sessionDigest ?? null) : input.sessionDigest,
  }
}

/** The model that answered, when it is known to be another one than was asked for. */
function modelOf(end: AttemptEnd): string | undefined {
  return end.type === 'step_end' ? end.model : undefined
}

type Outcome = Pick<Receipt, 'status' | 'duration_ms' | 'queued_ms' | 'tokens' | 'cost_usd' | 'error'>

function outcomeOf(end: AttemptEnd): Outcome {
  return {
    status: statusOf(end),
    duration_ms: end.durationMs ?? null,
    queued_ms: end.queuedMs ?? null,
    tokens: toTokens(end.usage),
    cost_usd: end.costUsd ?? null,
    error: end.type === 'step_error' ? end.error : null,
  }
}

/** How an attempt ended, in a word. */
export function statusOf({ type }: AttemptEnd): Receipt['status'] {
  if (type === 'step_skipped') return 'skipped'
  return type === 'step_end' ? 'succeeded' : 'failed'
}

function toTokens({ inputTokens, outputTokens, totalTokens }: Usage = {}): ReceiptTokens {
  const isSumKnown = inputTokens !== undefined && outputTokens !== undefined
  return {
    prompt: inputTokens ?? null,
    completion: outputTokens ?? null,
    total: totalTokens ?? (isSumKnown ? inputTokens + outputTokens : null),
  }
}

function toRouting(routing: RoutingDecision, maxIterations?: number): ReceiptRouting {
  return {
    loop_iteration: Math.max(0, ...Object.values(routing.loopState ?? {})),
    max_iterations: maxIterations ?? null,
    decision: routing.decision,
    next_step_id: routing.target ?? null,
    reason: routing.reason,
  }
}

function toTruncation(truncation: ContextTruncation): ReceiptTruncation {
  return {
    steps_included: truncation.stepsIncluded,
    steps_total: truncation.stepsTotal,
    chars_used: truncation.charactersUsed,
    budget_chars: truncation.budgetCharacters,
    truncated: truncation.truncated,
    steps_clipped: truncation.stepsClipped,
    priority_aware: true,
    priority_distribution: truncation.priorities,
  }
}
