/** My job: the checks of a step (rule L7). Artifacts are looked up in the run; commands run through the host's port. */
import { toPlainError } from '../errors/plain-error.ts'
import type { CheckResult, VerificationFailed, VerificationPassed } from '../events/routing-events.ts'
import { compileCondition } from '../flow/condition.ts'
import type { StepDefinition, Verification, VerificationCommand } from '../flow/definition.ts'
import { isVerdictField } from '../flow/verdict-field.ts'
import { kernelError, stepScope } from '../run/drafts.ts'
import type { StepState } from '../run/state.ts'
import { visitFolder } from './records/artifact-paths.ts'
import type { Session } from './session.ts'

const OUTPUT_CHARACTERS = 500
const NAME_CHARACTERS = 100
const DEFAULT_TIMEOUT_MS = 60_000

/** Runs every check of a step and tells how they ended; never rejects. */
export async function runChecks(
  session: Session,
  step: StepState,
): Promise<VerificationPassed | VerificationFailed> {
  const { verify = {} } = step.place.definition
  const artifactChecks = await checkArtifacts(session, step, verify)
  const commandChecks: CheckResult[] = []
  for (const command of verify.commands ?? []) commandChecks.push(await checkCommand(session, step, command))
  return toEvent(step, { artifactChecks, commandChecks, configured: session.host.checks !== undefined })
}

async function checkArtifacts(
  session: Session,
  step: StepState,
  verify: Verification,
): Promise<readonly CheckResult[]> {
  const paths = verify.artifacts ?? []
  if (paths.length === 0) return []
  const folder = visitFolder(step.frame)
  const present = new Set(await session.artifacts.list(`${folder}/`))
  return paths.map((path) => {
    const passed = present.has(`${folder}/${path}`)
    const output = passed ? undefined : `"${folder}/${path}" is not among the run's artifacts`
    return toCheck('artifact', path, { passed, output })
  })
}

interface Outcome {
  readonly passed: boolean
  readonly output: string | undefined
}

function toCheck(
  checkType: CheckResult['checkType'],
  name: string,
  { passed, output }: Outcome,
): CheckResult {
  const shown = output === undefined ? {} : { output: output.slice(0, OUTPUT_CHARACTERS) }
  return { checkType, name: name.slice(0, NAME_CHARACTERS), passed, ...shown }
}

async function checkCommand(
  session: Session,
  step: StepState,
  command: VerificationCommand,
): Promise<CheckResult> {
  const { checks } = session.host
  if (checks === undefined) {
    const output = 'No check runner is configured: give createOrchestrator a `checks` port.'
    return toCheck('command', command.command, { passed: false, output })
  }
  try {
    const { exitCode, output } = await withTimeout(session, command, (signal) =>
      checks.run(command, {
        runId: session.state.runId,
        flowKey: step.frame.flowKey,
        stepId: step.place.id,
        ...(session.host.workspace === undefined ? {} : { workspace: session.host.workspace }),
        signal,
      }),
    )
    const passed = exitCode === 0 && matches(command.successPattern, output)
    return toCheck('command', command.command, { passed, output: output.slice(-OUTPUT_CHARACTERS) })
  } catch (thrown) {
    return toCheck('command', command.command, { passed: false, output: toPlainError(thrown).message })
  }
}

function matches(pattern: string | undefined, output: string): boolean {
  return pattern === undefined || new RegExp(pattern, 'i').test(output)
}

/** Gives up on a command that ignores its signal: a check that does not end has failed. */
function withTimeout<T>(
  session: Session,
  { command, timeoutMs = DEFAULT_TIMEOUT_MS }: VerificationCommand,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const { clock } = session.host
  return new Promise((resolve, reject) => {
    const giveUp = (why: string): void => {
      controller.abort(new Error(why))
      reject(new Error(why))
    }
    const cancel = clock.setTimer(clock.now() + timeoutMs, () =>
      giveUp(`"${command}" took more than ${timeoutMs} ms`),
    )
    const onClosing = (): void => giveUp('the run rests')
    session.closing.addEventListener('abort', onClosing, { once: true })
    run(controller.signal)
      .then(resolve, reject)
      .finally(() => {
        cancel()
        session.closing.removeEventListener('abort', onClosing)
      })
  })
}

interface Checked {
  readonly artifactChecks: readonly CheckResult[]
  readonly commandChecks: readonly CheckResult[]
  readonly configured: boolean
}

function toEvent(
  step: StepState,
  { artifactChecks, commandChecks, configured }: Checked,
): VerificationPassed | VerificationFailed {
  const { definition } = step.place
  const station =
    definition.kind === 'agent' && definition.station !== undefined ? { station: definition.station } : {}
  const scope = { ...stepScope(step), ...station, artifactChecks, commandChecks }
  const failed = [...artifactChecks, ...commandChecks].filter((check) => !check.passed)
  if (failed.length === 0) return { type: 'verification_passed', ...scope }
  const gateStatusOnFail = definition.verify?.gateStatusOnFail ?? 'UNVERIFIED'
  const event = { type: 'verification_failed' as const, ...scope, gateStatusOnFail }
  if (readsVerdict(definition)) return event
  const isUnconfigured = !configured && commandChecks.some((check) => !check.passed)
  const code = isUnconfigured ? 'verification_unconfigured' : 'verification_failed'
  const named = failed.map((check) => `${check.name}: ${check.output ?? 'failed'}`).join('\n')
  return {
    ...event,
    error: kernelError(code, `Step "${step.place.id}" did not pass its checks:\n${named}`.slice(0, 2_000)),
  }
}

/** Whether the step's routing looks at the verdict, so that a failed check has a way to go. */
function readsVerdict({ id, routing }: StepDefinition): boolean {
  if (routing?.kind === 'microloop') return isVerdictField(routing.field)
  if (routing?.kind !== 'branch') return false
  return routing.cases.some((branchCase) =>
    'when' in branchCase
      ? compileCondition(branchCase.when).readsVerdictOf(id)
      : isVerdictField(branchCase.field),
  )
}
