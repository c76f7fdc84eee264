import type { Question } from '../flow/definition.ts'
import type { JsonSchema, JsonValue } from '../flow/json.ts'
import type { Spending, StepScope } from './envelope.ts'

/** What every request to somebody outside records (rule H1). */
export interface RequestRecord extends StepScope {
  /** Stable across attempts (rule H4). */
  readonly requestId: string
  /** What is shown. */
  readonly prompt: string
  /** SHA-256 of exactly what is shown: prompt, content, questions and schema. */
  readonly contentHash: string
  /** JSON Schema that the answer must match: the decision, what `answers` holds, or the payload. */
  readonly answerSchema: JsonSchema
  /** Milliseconds since the epoch at which the default is taken. */
  readonly deadlineAt?: number
  /** The answer that the deadline gives; without one the step fails with `request_expired`. */
  readonly deadlineAnswer?: JsonValue
  /** Who may answer. @default anyone */
  readonly answerers?: readonly string[]
  /** An earlier answer to the same request that was used up, so that it is asked again. */
  readonly repeats?: string
  /** What the call that asks had told by then of what it used. */
  readonly spent?: Spending
}

/** How a request ended; every request has exactly one such event. */
export interface RequestResolution extends StepScope {
  readonly requestId: string
  /** `withdrawn`: nobody waits for it any more. */
  readonly outcome: 'answered' | 'defaulted' | 'withdrawn' | 'canceled'
  /** Left out when there was none. */
  readonly answer?: JsonValue
  /** Who answered; `deadline` for a default, else who withdrew or canceled. */
  readonly by: string
  /** The delivery that brought the answer. */
  readonly inputId?: string
}

/** An approval step shows something. @source C1, A6 */
export interface ApprovalRequested extends RequestRecord {
  readonly type: 'approval_requested'
}

/** An approval step's request ended. The answer is `{ approved, comment? }`. */
export interface ApprovalResolved extends RequestResolution {
  readonly type: 'approval_resolved'
}

/** Questions are asked. @source B2 */
export interface ClarificationNeeded extends RequestRecord {
  readonly type: 'clarification_needed'
  readonly questions: readonly Question[]
}

/** Questions ended. The answer is an object by question id. */
export interface ClarificationAnswered extends RequestResolution {
  readonly type: 'clarification_answered'
}

/** A running call wants to do something that changes things. @source B2 */
export interface ProposedAction extends RequestRecord {
  readonly type: 'proposed_action'
  readonly action: ProposedActionContent
}

/** What would be done, exactly. */
export interface ProposedActionContent {
  /** Such as the name of the tool. */
  readonly name: string
  /** What it would be given. */
  readonly input?: JsonValue
  /** Why, in the proposer's words. */
  readonly summary?: string
}

/** A proposed action ended. The answer is `{ approved, comment? }`. */
export interface ActionResolved extends RequestResolution {
  readonly type: 'action_resolved'
}

/** A wait step waits for its callback. @source D2 */
export interface CallbackAwaited extends RequestRecord {
  readonly type: 'callback_awaited'
  /** Names the callback. */
  readonly correlation: string
  /** Milliseconds since the epoch at which one reminder is recorded. */
  readonly reminderAt?: number
}

/** A callback came, or its wait ended otherwise. The answer is the payload. */
export interface CallbackReceived extends RequestResolution {
  readonly type: 'callback_received'
}

/** An answer that did not count, and why (rule H1). */
export interface AnswerRejected {
  readonly type: 'answer_rejected'
  /** The request that it was meant for. */
  readonly requestId: string
  /** `stale`: it was withdrawn or canceled. */
  readonly reason: 'late' | 'duplicate' | 'stale' | 'unauthorised' | 'invalid' | 'unknown_request'
  readonly message: string
  /** Who sent it. */
  readonly by: string
  readonly inputId?: string
}

/** Events of people and callbacks. */
export type RequestEvent =
  | ApprovalRequested
  | ApprovalResolved
  | ClarificationNeeded
  | ClarificationAnswered
  | ProposedAction
  | ActionResolved
  | CallbackAwaited
  | CallbackReceived
  | AnswerRejected
