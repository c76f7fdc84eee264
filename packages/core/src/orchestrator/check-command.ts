/** My job: one verification command (rule L7): the host's port runs it, within its time. */
import type { CheckRunner, CommandOutcome } from '../engine/check-runner.ts'
import type { VerificationCommand } from '../flow/definition.ts'
import type { StepState } from '../run/state.ts'
import type { Host } from './host.ts'
import type { Session } from './session.ts'

const OUTPUT_CHARACTERS = 500
const DEFAULT_TIMEOUT_MS = 60_000

/** How a check ended. */
export interface CheckOutcome {
  readonly passed: boolean
  /** What it printed last, or why it could not be made. */
  readonly output: string | undefined
}

/** Runs a command of a step's checks and tells how it ended; never rejects. */
export async function checkCommand(
  session: Session,
  step: StepState,
  { command, signal }: { readonly command: VerificationCommand; readonly signal: AbortSignal },
): Promise<CheckOutcome> {
  const { checks, secrets } = session.host
  if (checks === undefined) {
    return {
      passed: false,
      output: 'No check runner is configured: give createOrchestrator a `checks` port.',
    }
  }
  try {
    const run = runBy(checks, session, { step, command })
    const given = readOutcome(await inTime(session.host, command, { signal, run }))
    const { exitCode } = given
    const output = secrets.text(given.output)
    const passed = exitCode === 0 && matches(command.successPattern, output)
    return { passed, output: output.slice(-OUTPUT_CHARACTERS) }
  } catch (thrown) {
    return { passed: false, output: secrets.plainError(thrown).message }
  }
}

/** What a host's runner gives need not be what its type says. */
function readOutcome(given: unknown): CommandOutcome {
  const { exitCode, output }: Partial<Record<keyof CommandOutcome, unknown>> = Object(given)
  if (typeof exitCode === 'number' && typeof output === 'string') return { exitCode, output }
  throw new TypeError('The check runner must give { exitCode, output }: a number and a text')
}

type RunCommand = (signal: AbortSignal) => Promise<CommandOutcome>

function runBy(
  checks: CheckRunner,
  { state, host: { workspace } }: Session,
  { step, command }: { readonly step: StepState; readonly command: VerificationCommand },
): RunCommand {
  return (signal) =>
    checks.run(command, {
      runId: state.runId,
      flowKey: step.frame.flowKey,
      stepId: step.place.id,
      ...(workspace === undefined ? {} : { workspace }),
      signal,
    })
}

function matches(pattern: string | undefined, output: string): boolean {
  return pattern === undefined || new RegExp(pattern, 'i').test(output)
}

/**
 * Runs a command until it ends. At its time, or at the signal, it is aborted and has failed, whatever it
 * gives; then it is waited for as long as an aborted call.
 */
async function inTime(
  { clock, graceMs }: Host,
  { command, timeoutMs = DEFAULT_TIMEOUT_MS }: VerificationCommand,
  { signal, run }: { readonly signal: AbortSignal; readonly run: RunCommand },
): Promise<CommandOutcome> {
  const controller = new AbortController()
  let cancelTimer = (): void => {}
  let onAbort = (): void => {}
  const givenUp = new Promise<never>((_, reject) => {
    const abort = (why: unknown): void => {
      if (controller.signal.aborted) return
      cancelTimer()
      cancelTimer = clock.setTimer(clock.now() + graceMs, () => reject(why))
      controller.abort(why)
    }
    const timedOut = new Error(`"${command}" took more than ${timeoutMs} ms`)
    cancelTimer = clock.setTimer(clock.now() + timeoutMs, () => abort(timedOut))
    onAbort = () => abort(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    const outcome = await Promise.race([givenUp, run(controller.signal)])
    controller.signal.throwIfAborted()
    return outcome
  } catch (thrown) {
    // Why it was aborted says more than what a runner makes of that.
    throw controller.signal.aborted ? controller.signal.reason : thrown
  } finally {
    cancelTimer()
    signal.removeEventListener('abort', onAbort)
  }
}
