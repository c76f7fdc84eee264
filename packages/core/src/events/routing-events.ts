import type { PlainError } from '../errors/plain-error.ts'
import type { JsonValue } from '../flow/json.ts'
import type { Assumption, DecisionNote, FactEntry, StepScope } from './envelope.ts'

/** Where a settled step leads, recorded once and never re-evaluated (rule L1). @source A6.1, A6.4 */
export interface RoutingDecision extends StepScope {
  readonly type: 'routing_decision'
  /** `fail` settles the step as failed with `error`. */
  readonly decision: 'advance' | 'loop' | 'branch' | 'terminate' | 'end' | 'fail'
  /** The step gone to; left out when the branch of the flow ends here. */
  readonly target?: string
  /** Such as `linear`, `verified`, `max_iterations`, `case:2`, `default`. */
  readonly reason: string
  /** The value that was compared. */
  readonly value?: JsonValue
  /** Other targets that the spec allowed. */
  readonly notTaken: readonly string[]
  /** Steps that run again, with their new iteration (rule E4). */
  readonly rearmed?: readonly RearmedStep[]
  /** Loop counters that return to 0, as `decision:target` (rule L3). */
  readonly resets?: readonly string[]
  /** Counters of this step's loops after the decision, as `decision:target` → re-arms. */
  readonly loopState?: Readonly<Record<string, number>>
  /** Equal evidence digests in a row, for a microloop. */
  readonly stalledFor?: number
  /** Digest of the evidence of the loop's body. */
  readonly bodyEvidence?: string
  readonly error?: PlainError
  /** 'spec', or the id of a navigator. */
  readonly source: string
}

/** A step that a loop runs again. */
export interface RearmedStep {
  readonly stepId: string
  readonly iteration: number
}

/** A navigator left the golden path (rule N1). @source A6.4 */
export interface RoutingOffroad extends StepScope {
  readonly type: 'routing_offroad'
  /** Where the spec would have gone. */
  readonly goldenPathStep?: string
  /** Where the run goes. */
  readonly actualStep?: string
  /** Kind of the route, such as `detour`. */
  readonly routeType: string
  readonly rationale: string
  /** The step that goes on when what was put in has ended. */
  readonly returnAddress?: string
  /** 0 to 1. */
  readonly confidence: number
  /** What was looked at. */
  readonly evaluatedConditions: readonly string[]
  /** Whether several routes were equally good. */
  readonly tieBreakerUsed: boolean
  /** The options that were not taken. */
  readonly notTaken: readonly string[]
}

/** Checks begin. @source A6.1 */
export interface VerificationStarted extends StepScope {
  readonly type: 'verification_started'
  readonly station?: string
}

/** One check and its evidence. @source A4 VerificationCheck */
export interface CheckResult {
  readonly checkType: 'artifact' | 'command'
  readonly name: string
  readonly passed: boolean
  /** At most 500 characters. */
  readonly output?: string
}

/** Every check passed. @source A6.1 */
export interface VerificationPassed extends StepScope {
  readonly type: 'verification_passed'
  readonly station?: string
  readonly artifactChecks: readonly CheckResult[]
  readonly commandChecks: readonly CheckResult[]
}

/** A check failed; the verdict becomes `gateStatusOnFail` (rule L7). @source A6.1 */
export interface VerificationFailed extends StepScope {
  readonly type: 'verification_failed'
  readonly station?: string
  readonly gateStatusOnFail: string
  readonly artifactChecks: readonly CheckResult[]
  readonly commandChecks: readonly CheckResult[]
  /** Present when no routing reads the verdict: the step has settled as failed. */
  readonly error?: PlainError
}

/** Entries were added to the blackboard. @source A6.4 */
export interface FactsUpdated extends StepScope {
  readonly type: 'facts_updated'
  readonly entries: readonly FactEntry[]
  /** Keys that now hold more than one distinct value. */
  readonly conflicts: readonly string[]
}

/** A step took something for granted. @source A6.4 */
export interface AssumptionRecorded extends StepScope {
  readonly type: 'assumption_recorded'
  readonly assumption: Assumption
}

/** A step made a choice. @source A6.4 */
export interface DecisionRecorded extends StepScope {
  readonly type: 'decision_recorded'
  readonly decision: DecisionNote
}

/** Events of routing, checks and memory. */
export type RoutingEvent =
  | RoutingDecision
  | RoutingOffroad
  | VerificationStarted
  | VerificationPassed
  | VerificationFailed
  | FactsUpdated
  | AssumptionRecorded
  | DecisionRecorded
