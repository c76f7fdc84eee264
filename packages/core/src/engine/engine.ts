import type { StepContext } from './context.ts'
import type { EngineEvent, StepResult } from './result.ts'

/**
 * The port behind which every model, CLI and agent lives. An engine only speaks to its model: core
 * composes the prompt, validates structured output, retries, counts, times out and writes
 * transcripts and receipts. Nothing it does can harm more than its own step (law 5).
 */
export interface StepEngine {
  /** The version of this port. */
  readonly specVersion: 1
  /** kebab-case, such as `claude-step`; flows name it and receipts record it. */
  readonly id: string
  /** Version of the engine or of the CLI behind it, for the receipt. */
  readonly version?: string
  /** How it works, such as `sdk`, `cli` or `stub`, for the receipt. @source A4 Receipt */
  readonly mode?: string
  /** Who serves the model, such as `anthropic`, for the receipt. @source A4 Receipt */
  readonly provider?: string
  /**
   * Whose quota its calls use up: engines of one account wait together (rule B1). It is recorded; one that holds a
   * secret counts as left out. @default the id
   */
  readonly account?: string
  /**
   * Whether its calls tell `costUsd`. False: a budget of dollars refuses them, unless it allows unpriced calls (rule
   * B3). @default it may
   */
  readonly tellsCost?: boolean
  /**
   * Values such as keys that must never be recorded or shown; core takes them out of whatever engines, functions and
   * checks say. Read each time, so a key may be learnt late; one of less than 8 characters is passed over. @default none
   */
  readonly secrets?: readonly string[]
  /**
   * Makes one call: yields what happens and returns how it ended. Throwing counts as a failure that
   * is not retryable, unless the error says `retryable: true`. Called again for each attempt.
   */
  runStep(context: StepContext): AsyncGenerator<EngineEvent, StepResult, void>
  /** Tells without a model call whether the engine can run here. Left out: it always can. */
  probe?(): Promise<EngineProbe>
  /** Releases what the engine holds. Called once, when the orchestrator is disposed. */
  dispose?(): Promise<void>
}

/** Whether an engine can run here. */
export interface EngineProbe {
  readonly available: boolean
  readonly version?: string
  /** What to install or set, when it is not available. */
  readonly message?: string
}
