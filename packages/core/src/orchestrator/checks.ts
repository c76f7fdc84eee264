/** My job: the checks of a step (rule L7). Artifacts are looked up in the run; commands run through the host's port. */
import type { CheckResult, VerificationFailed, VerificationPassed } from '../events/routing-events.ts'
import { compileCondition } from '../flow/condition.ts'
import type { StepDefinition, Verification } from '../flow/definition.ts'
import { isVerdictField } from '../flow/verdict-field.ts'
import { kernelError, stepScope } from '../run/drafts.ts'
import type { StepState } from '../run/state.ts'
import { type CheckOutcome, checkCommand } from './check-command.ts'
import { visitFolder } from './records/artifact-paths.ts'
import type { Session } from './session.ts'

const OUTPUT_CHARACTERS = 500
const NAME_CHARACTERS = 100

/** Runs every check of a step and tells how they ended; never rejects. Begins none any more after the signal. */
export async function runChecks(
  session: Session,
  step: StepState,
  signal: AbortSignal,
): Promise<VerificationPassed | VerificationFailed> {
  const { verify = {} } = step.place.definition
  const artifactChecks = await checkArtifacts(session, step, verify)
  const commandChecks: CheckResult[] = []
  for (const command of verify.commands ?? []) {
    if (signal.aborted) break
    const outcome = await checkCommand(session, step, { command, signal })
    commandChecks.push(toCheck('command', command.command, outcome))
  }
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
  try {
    const present = new Set(await session.artifacts.list(`${folder}/`))
    return paths.map((path) => {
      const passed = present.has(`${folder}/${path}`)
      const output = passed ? undefined : `"${folder}/${path}" is not among the run's artifacts`
      return toCheck('artifact', path, { passed, output })
    })
  } catch (thrown) {
    const output = `The run's artifacts cannot be listed: ${session.host.secrets.plainError(thrown).message}`
    return paths.map((path) => toCheck('artifact', path, { passed: false, output }))
  }
}

function toCheck(
  checkType: CheckResult['checkType'],
  name: string,
  { passed, output }: CheckOutcome,
): CheckResult {
  const shown = output === undefined ? {} : { output: output.slice(0, OUTPUT_CHARACTERS) }
  return { checkType, name: name.slice(0, NAME_CHARACTERS), passed, ...shown }
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
