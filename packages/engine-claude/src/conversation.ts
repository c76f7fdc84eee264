import type { JsonObject, StepFailure } from '@batonjs/core'

/**
 * A conversation with Claude, whoever carries it: the CLI over its pipes, or the SDK. Both say the same messages, so
 * everything above this line is the same for both.
 */
export interface Conversation {
  /** What Claude says and asks, in order. Ends with Claude; to be read once. */
  readonly incoming: AsyncIterable<Incoming>
  /** Nothing more will be said: Claude ends after its answer. */
  finish(): void
  /** Why Claude is gone without an answer. To be called when `incoming` has ended. */
  departure(): Promise<StepFailure>
  /** Interrupts Claude if it still works, and ends everything that it has started. */
  end(): Promise<void>
}

/** What comes from Claude: a message as it stands, or a tool that wants permission. */
export type Incoming =
  | { readonly kind: 'message'; readonly message: JsonObject }
  | { readonly kind: 'permission'; readonly request: ToolPermission }

/** A tool that may not run before somebody has decided. */
export interface ToolPermission {
  readonly tool: string
  readonly toolUseId: string
  /** Exactly what it will be given. */
  readonly input: JsonObject
  /** Why it has to ask, in Claude's words. */
  readonly reason?: string
  /** Tells Claude. Without it the tool waits for ever. */
  answer(decision: ToolDecision): void
}

/** The answer to a tool, in the words of both protocols. */
export type ToolDecision =
  | { readonly behavior: 'allow'; readonly updatedInput: JsonObject }
  | { readonly behavior: 'deny'; readonly message: string }

/** What is said of tools before Claude looks at its own rules. In the names a `*` stands for any characters. */
export interface ToolRules {
  /** Names of tools that the host's policy denies. */
  readonly denied: readonly string[]
  /** Names of the only tools that may run without a question, when the host's policy denies everything else. */
  readonly unasked?: readonly string[]
}

/** What a conversation is about. */
export interface Order extends ToolRules {
  readonly prompt: string
  /** The conversation to go on with. */
  readonly session?: string
  readonly model?: string
  readonly schema?: JsonObject
  readonly folder?: string
  /** US dollars of this call at most. */
  readonly maxBudgetUsd?: number
  /** Identifies the work, for the processes that are started. */
  readonly mark: string
  /** Whether an earlier attempt may have left processes. */
  readonly sweep: boolean
}
