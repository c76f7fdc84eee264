import type { VerificationCommand } from '../flow/definition.ts'

/** Runs verification commands for core, which may not spawn processes itself (rule L7). */
export interface CheckRunner {
  /** Runs one command and tells how it ended. Throwing counts as a failed check. */
  run(command: VerificationCommand, context: CheckContext): Promise<CommandOutcome>
}

/** Where and for whom a command runs. */
export interface CheckContext {
  readonly runId: string
  readonly flowKey: string
  readonly stepId: string
  readonly workspace?: string
  readonly signal: AbortSignal
}

/** How a command ended. */
export interface CommandOutcome {
  readonly exitCode: number
  readonly output: string
}
