import type { PlainError } from '../errors/plain-error.ts'
import type { Handoff, Usage } from '../events/envelope.ts'
import type { FileChange } from '../events/step-events.ts'
import type { JsonValue } from '../flow/json.ts'

/** What an engine yields while it works. What it leaves out is the statement that it cannot tell. */
export type EngineEvent =
  | { readonly type: 'token_chunk'; readonly text: string }
  | { readonly type: 'message'; readonly role: 'system' | 'user' | 'assistant'; readonly content: string }
  | {
      readonly type: 'tool_start'
      readonly toolCallId: string
      readonly tool: string
      readonly input?: JsonValue
      /** The request that approved this call: its answer is used up. */
      readonly requestId?: string
    }
  | {
      readonly type: 'tool_end'
      readonly toolCallId: string
      readonly tool: string
      readonly success: boolean
      readonly output?: JsonValue
      readonly durationMs?: number
    }
  | { readonly type: 'file_changes'; readonly files: readonly FileChange[] }
  /** Usage so far of this call, cumulative: the last one counts. */
  | { readonly type: 'usage'; readonly usage: Usage; readonly costUsd?: number }
  /**
   * What a later attempt needs to continue this conversation, at most 1 MiB as JSON: the last one counts.
   * Of a larger one nothing is kept, and no older one comes back.
   */
  | { readonly type: 'session'; readonly session: JsonValue }
  | { readonly type: 'retry_notice'; readonly message: string; readonly delayMs?: number }

/** How a call ended. */
export interface StepResult {
  readonly status: 'succeeded' | 'failed'
  /** The answer's text. */
  readonly output: string
  /** Structured output; core validates it against the step's schema. */
  readonly data?: JsonValue
  readonly handoff?: Handoff
  readonly usage?: Usage
  /** US dollars; left out when unknown. */
  readonly costUsd?: number
  /** Why it failed; required with `failed`. */
  readonly error?: StepFailure
  /** The model that answered, when it is not the one asked for. */
  readonly model?: string
}

/** Why a call failed. `retryable` decides whether core tries again. */
export interface StepFailure extends Omit<PlainError, 'name'> {
  /** @default 'EngineError' */
  readonly name?: string
}
