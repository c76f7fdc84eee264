/** My job: the parts that drafts of events have in common. */
import { type PlainError, toPlainError } from '../errors/plain-error.ts'
import type { FlowScope, Handoff, OutputRecord, StepOutput, StepScope } from '../events/envelope.ts'
import type { SkipReason, StepEnd, StepError, StepSkipped, StepStart } from '../events/step-events.ts'
import { canonicalJson, digestText } from '../flow/digest.ts'
import type { JsonValue } from '../flow/json.ts'
import { executionKey } from './address.ts'
import { definitionOf, type Execution, type FrameState } from './state.ts'

/** Of a content key, as many as tell the editions of one step apart. */
const CONTENT_DIGITS = 8

/** The scope of a visit. */
export function flowScope(frame: FrameState): FlowScope {
  return { flowKey: frame.flowKey, visit: frame.visit, frame: frame.id }
}

/** The scope of an execution's attempt. */
export function stepScope(execution: Execution, attempt = execution.attempt): StepScope {
  const known = execution.scope
  if (known !== undefined && known.attempt === attempt && known.iteration === execution.iteration)
    return known
  const scope = createScope(execution, attempt)
  execution.scope = scope
  return scope
}

function createScope(execution: Execution, attempt: number): StepScope {
  const { frame, step, item, iteration } = execution
  const agentKey = agentKeyOf(execution)
  const base = {
    flowKey: frame.flowKey,
    visit: frame.visit,
    frame: frame.id,
    stepId: step.place.id,
    iteration,
    attempt,
  }
  if (item === undefined && agentKey === undefined) return base
  return {
    ...base,
    ...(item === undefined ? {} : { item: item.key }),
    ...(agentKey === undefined ? {} : { agentKey }),
  }
}

/** The first of the step's agents, or its station. */
export function agentKeyOf(execution: Execution): string | undefined {
  const definition = definitionOf(execution)
  return definition.kind === 'agent' ? (definition.agents?.[0] ?? definition.station) : undefined
}

/**
 * The idempotency key of an execution (rule S5): its run, its address without the attempt, and the
 * beginning of its content key, so that an edited step is other work.
 */
export function idempotencyKeyOf(execution: Execution, contentKey: string): string {
  return `${addressInRun(execution)}@${contentKey.slice(0, CONTENT_DIGITS)}`
}

/** What tells an execution from those of all runs, whatever its attempt and its content. */
export function addressInRun({ frame, step, item, iteration }: Execution): string {
  const address = executionKey({ frame: frame.id, stepId: step.place.id, item: item?.key, iteration })
  return `${frame.runId}/${address}`
}

/** The start of the next attempt. */
export function stepStart(
  execution: Execution,
  facts: Omit<Partial<StepStart>, 'type'> & { readonly contentKey: string },
): StepStart {
  const { step, frame } = execution
  return {
    type: 'step_start',
    ...stepScope(execution, execution.attempt + 1),
    kind: definitionOf(execution).kind,
    index: step.place.index + 1,
    total: frame.steps.length,
    idempotencyKey: idempotencyKeyOf(execution, facts.contentKey),
    ...(step.winner === undefined ? {} : { winner: step.winner }),
    ...facts,
  }
}

/** The end of an attempt that succeeded; the orchestrator fills in what was measured. */
export function stepEnd(execution: Execution, result: StepOutput, handoff?: Handoff): StepEnd {
  return {
    type: 'step_end',
    ...stepScope(execution),
    status: 'succeeded',
    ...result,
    ...(handoff === undefined ? {} : { handoff }),
    evidenceDigest: evidenceOf(result.output, execution.fileChanges),
  }
}

/** Digest of what an iteration achieved (rule L2). */
export function evidenceOf(output: OutputRecord, fileChanges: readonly string[] | undefined): string {
  return fileChanges === undefined ? output.digest : digestText([output.digest, ...fileChanges].join('\n'))
}

/** The failure of an attempt; the orchestrator fills in what was measured. */
export function stepError(execution: Execution, error: PlainError, willRetry = false): StepError {
  return { type: 'step_error', ...stepScope(execution), error, willRetry }
}

/** A step that does not run. */
export function stepSkipped(execution: Execution, reason: SkipReason): StepSkipped {
  const { frame, step, item, iteration, attempt } = execution
  return {
    type: 'step_skipped',
    flowKey: frame.flowKey,
    visit: frame.visit,
    frame: frame.id,
    stepId: step.place.id,
    ...(item === undefined ? {} : { item: item.key }),
    iteration,
    ...(attempt === 0 ? {} : { attempt }),
    reason,
  }
}

/** The output of a small structured value. */
export function outputOfData(data: JsonValue): StepOutput {
  const text = canonicalJson(data)
  return { output: { digest: digestText(text), characters: text.length }, data }
}

/** An error of the kernel's own, as an event carries it. */
export function kernelError(code: string, message: string): PlainError {
  return toPlainError({ name: 'RunError', code, message })
}
