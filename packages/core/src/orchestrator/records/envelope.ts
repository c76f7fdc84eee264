/**
 * My job: the handoff envelope of an execution, a projection of its events for people and for the
 * sources' tools. My neighbour's: prompt/handoff.ts reads what the engine said; the orchestrator writes.
 *
 * 1. Every attempt that ended has an envelope; one whose engine handed over nothing says so in
 *    `_envelope_source` (A7.11).
 * 2. The verdict is never invented: without one the status is UNVERIFIED, unless checks passed (L6, L7).
 */
import type { PlainError } from '../../errors/plain-error.ts'
import type { EventEnvelope, FactInput, Handoff } from '../../events/envelope.ts'
import type {
  CheckResult,
  RoutingDecision,
  VerificationFailed,
  VerificationPassed,
} from '../../events/routing-events.ts'
import type { FileChange, StepStart } from '../../events/step-events.ts'
import type { JsonObject } from '../../flow/json.ts'
import { textOf } from '../../prompt/as-text.ts'
import { clip } from '../../prompt/tags.ts'
import { type AttemptEnd, statusOf } from './receipt.ts'

/** What an envelope is made of. */
export interface EnvelopeInput {
  readonly start: StepStart & EventEnvelope
  readonly end: AttemptEnd
  readonly verification?: VerificationPassed | VerificationFailed
  readonly routing?: RoutingDecision
  readonly files?: readonly FileChange[]
  readonly station?: string
  /** SHA-256 of the prompt. */
  readonly promptHash?: string
}

/** An envelope as it is written. @source A4 HandoffEnvelope */
export interface HandoffEnvelope {
  readonly step_id: string
  readonly flow_key: string
  readonly run_id: string
  readonly item: string | null
  readonly agent_key: string | null
  /** The verdict. */
  readonly status: string
  /** Whether the step itself worked. */
  readonly step_status: 'succeeded' | 'failed' | 'skipped'
  readonly summary: string
  readonly artifacts: Readonly<Record<string, string>>
  readonly file_changes: { readonly files: readonly FileChange[] }
  readonly routing_signal: EnvelopeRouting | null
  readonly error: PlainError | null
  /** `null` for an attempt that another process began. */
  readonly duration_ms: number | null
  readonly timestamp: string
  readonly station_id: string | null
  readonly prompt_hash: string | null
  /** `null` when no check ran. */
  readonly verification_passed: boolean | null
  readonly verification_details: EnvelopeVerification | null
  readonly can_further_iteration_help: boolean | null
  readonly concerns: readonly { readonly concern: string }[]
  readonly assumptions_made: readonly JsonObject[]
  readonly decisions_made: readonly JsonObject[]
  readonly facts: readonly FactInput[]
  readonly observations: readonly JsonObject[]
  readonly station_opinions: readonly JsonObject[]
  readonly iteration_context: { readonly iteration: number; readonly attempt: number }
  readonly fields: JsonObject
  readonly _envelope_source: 'engine' | 'orchestrator_fallback'
}

/** Where a step led, in an envelope. @source A4 RoutingSignal */
export interface EnvelopeRouting {
  readonly decision: RoutingDecision['decision']
  readonly next_step_id: string | null
  readonly reason: string
  readonly routing_source: string
}

/** The checks of a step, in an envelope. @source A7.3 */
export interface EnvelopeVerification {
  readonly artifact_checks: readonly CheckResult[]
  readonly command_checks: readonly CheckResult[]
}

const SUMMARY_LIMIT = 500

/** The envelope of one attempt that ended. */
export function envelopeOf(input: EnvelopeInput): HandoffEnvelope {
  const { start, end, verification } = input
  const handoff = end.type === 'step_end' ? end.handoff : undefined
  return {
    step_id: start.stepId,
    flow_key: start.flowKey,
    run_id: start.runId,
    item: start.item ?? null,
    agent_key: start.agentKey ?? null,
    status: verdictOf(handoff, verification),
    ...outcomeOf(end),
    summary: handoff?.summary ?? fallbackSummary(end),
    file_changes: { files: input.files ?? [] },
    routing_signal: input.routing === undefined ? null : toRouting(input.routing),
    timestamp: end.ts,
    station_id: input.station ?? null,
    prompt_hash: input.promptHash ?? null,
    ...verificationOf(verification),
    ...learned(start, end.ts, handoff),
    observations: [],
    station_opinions: [],
    iteration_context: { iteration: start.iteration, attempt: start.attempt },
    _envelope_source: handoff === undefined ? 'orchestrator_fallback' : 'engine',
  }
}

function verdictOf(handoff: Handoff | undefined, verification: EnvelopeInput['verification']): string {
  if (verification?.type === 'verification_failed') return verification.gateStatusOnFail
  return handoff?.verdict ?? (verification === undefined ? 'UNVERIFIED' : 'VERIFIED')
}

function outcomeOf(end: AttemptEnd): Pick<HandoffEnvelope, 'step_status' | 'error' | 'duration_ms'> {
  return {
    step_status: statusOf(end),
    error: end.type === 'step_error' ? end.error : null,
    duration_ms: end.durationMs ?? null,
  }
}

function fallbackSummary(end: AttemptEnd): string {
  if (end.type === 'step_skipped') return `Skipped: ${end.reason}`
  if (end.type === 'step_error') return clip(end.error.message, SUMMARY_LIMIT)
  return clip(textOf({ ...end, ...end.output }), SUMMARY_LIMIT)
}

function toRouting({ decision, target, reason, source }: RoutingDecision): EnvelopeRouting {
  return { decision, next_step_id: target ?? null, reason, routing_source: source }
}

function verificationOf(
  verification: EnvelopeInput['verification'],
): Pick<HandoffEnvelope, 'verification_passed' | 'verification_details'> {
  if (verification === undefined) return { verification_passed: null, verification_details: null }
  const { artifactChecks, commandChecks } = verification
  return {
    verification_passed: verification.type === 'verification_passed',
    verification_details: { artifact_checks: artifactChecks, command_checks: commandChecks },
  }
}

type Learned = Pick<
  HandoffEnvelope,
  | 'artifacts'
  | 'can_further_iteration_help'
  | 'concerns'
  | 'assumptions_made'
  | 'decisions_made'
  | 'facts'
  | 'fields'
>

function learned(start: StepStart, timestamp: string, handoff: Handoff = {}): Learned {
  return {
    artifacts: handoff.artifacts ?? {},
    can_further_iteration_help: handoff.canFurtherIterationHelp ?? null,
    concerns: (handoff.concerns ?? []).map((concern) => ({ concern })),
    assumptions_made: toAssumptions(start, timestamp, handoff),
    decisions_made: toDecisions(start, timestamp, handoff),
    facts: handoff.facts ?? [],
    fields: handoff.fields ?? {},
  }
}

/** @source A4 AssumptionEntry */
function toAssumptions(start: StepStart, timestamp: string, { assumptions = [] }: Handoff) {
  return assumptions.map(({ statement, rationale, impactIfWrong, confidence }, index) => ({
    assumption_id: marker('ASM', index),
    flow_introduced: start.flowKey,
    step_introduced: start.stepId,
    agent: start.agentKey ?? null,
    statement,
    rationale: rationale ?? null,
    impact_if_wrong: impactIfWrong ?? null,
    confidence: confidence ?? null,
    status: 'active',
    timestamp,
  }))
}

/** @source A4 DecisionLogEntry */
function toDecisions(start: StepStart, timestamp: string, { decisions = [] }: Handoff) {
  return decisions.map(({ subject, decision, rationale }, index) => ({
    decision_id: marker('DEC', index),
    flow: start.flowKey,
    step: start.stepId,
    agent: start.agentKey ?? null,
    subject,
    decision,
    rationale: rationale ?? null,
    timestamp,
  }))
}

/** `ASM_001`: the sources' form of a marker. @source A7.10 */
function marker(prefix: string, index: number): string {
  return `${prefix}_${String(index + 1).padStart(3, '0')}`
}
