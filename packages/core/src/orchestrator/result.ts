/** My job: what a host gets at the end of a run, or where it rests. */
import type { PlainError } from '../errors/plain-error.ts'
import type { StepOutput } from '../events/envelope.ts'
import type { JsonValue } from '../flow/json.ts'
import { takeCensus } from '../run/census.ts'
import type { FrameState, RunState } from '../run/state.ts'
import { openRequestsOf } from '../run/summary.ts'
import { spentOf } from '../run/tally.ts'
import type { ArtifactStore } from '../storage/artifact-store.ts'
import type { RunStatus } from '../storage/run-summary.ts'
import type { RunResult } from './options.ts'
import { asValue, loadTexts, lossOf, refsOf } from './outputs.ts'

/** The result of a state; large outputs are read from artifacts. */
export async function toResult(
  state: RunState,
  status: RunStatus,
  artifacts: ArtifactStore,
): Promise<RunResult> {
  const frame = state.journey.frame
  const { output, outputs, loss } = await readOutputs(frame, artifacts)
  const error = state.error ?? loss
  return {
    runId: state.runId,
    status,
    output,
    outputs,
    ...(state.final === undefined ? {} : { census: takeCensus(state) }),
    openRequests: openRequestsOf(state),
    ...spentOf(state),
    ...(error === undefined ? {} : { error }),
    ...(state.nextFlow === undefined ? {} : { nextFlow: state.nextFlow }),
  }
}

interface Outputs {
  readonly output: JsonValue
  readonly outputs: Readonly<Record<string, JsonValue>>
  readonly loss: PlainError | undefined
}

async function readOutputs(frame: FrameState | undefined, artifacts: ArtifactStore): Promise<Outputs> {
  const results = new Map<string, StepOutput>()
  for (const { place, status, result } of frame?.steps ?? []) {
    if (status === 'succeeded' && result !== undefined) results.set(place.id, result.output)
  }
  const whole = frame?.result
  const refs = whole === undefined ? [] : [...refsOf(whole)]
  for (const output of results.values()) refs.push(...refsOf(output))
  const loaded = await loadTexts(artifacts, refs)
  const isThere = (output: StepOutput): boolean => lossOf(loaded, refsOf(output)) === undefined
  const outputs: Record<string, JsonValue> = {}
  for (const [id, output] of results) if (isThere(output)) outputs[id] = asValue(output, loaded)
  const output = whole !== undefined && isThere(whole) ? asValue(whole, loaded) : null
  return { output, outputs, loss: lossOf(loaded) }
}
