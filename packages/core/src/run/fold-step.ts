/** My job: executions: their starts, ends, failures, skips, and the items of maps. */

import type { EventEnvelope, StepOutput } from '../events/envelope.ts'
import type {
  EngineFallback,
  FileChanges,
  MapExpanded,
  StepEnd,
  StepError,
  StepSession,
  StepSkipped,
  StepStart,
  ToolStart,
} from '../events/step-events.ts'
import { push, pushConclude, pushSkip, pushStart, setTimer } from './agenda.ts'
import { foldReservation, foldSettlement } from './budget.ts'
import { closeFrame, settle } from './edges.ts'
import { createItem } from './frames.ts'
import { executionOf, stepOf } from './lookup.ts'
import {
  definitionOf,
  type Execution,
  isSettled,
  type MapState,
  type RunState,
  type StepState,
} from './state.ts'
import { countAttempt } from './tally.ts'

/** An attempt begins. */
export function foldStepStart(state: RunState, event: StepStart): void {
  const execution = executionOf(state, event)
  execution.status = 'running'
  execution.attempt = event.attempt
  execution.contentKey = event.contentKey
  // A call that is never made begins no other conversation.
  if (event.contentKey !== '' && execution.sessionKey !== event.contentKey) execution.session = undefined
  execution.engine = event.engine
  execution.model = event.model
  execution.inputDigests = event.inputDigests
  execution.retryAt = undefined
  execution.told = undefined
  // Those of an attempt that was cut off or failed are no evidence of what this one gives.
  execution.fileChanges = undefined
  foldReservation(state, execution, event.reserved)
  if (!goesOn(execution, event)) state.calls.add(execution)
  if (event.kind === 'map' && execution.step.map !== undefined)
    offerItems(state, execution.step, execution.step.map)
  if (execution.item !== undefined || event.attempt > 1) return
  execution.frame.executions += 1
  for (const { index } of execution.step.place.losers) loseSlowerNeed(state, execution.frame.steps[index])
}

/** Whether it begins nothing: a map or a flow that was re-armed goes on with its items or its visit. */
function goesOn({ child, step }: Execution, { kind }: StepStart): boolean {
  if (kind === 'map') return step.map !== undefined
  return kind === 'flow' && child !== undefined && child.outcome === undefined
}

function loseSlowerNeed(state: RunState, loser: StepState | undefined): void {
  if (loser === undefined || isSettled(loser.status)) return
  if (loser.status === 'ended') loser.lost = true
  else pushSkip(state.agenda, loser, 'lost')
}

/** The engine told its session, or one that cannot be kept. */
export function foldSession(state: RunState, event: StepSession): void {
  const isThere = event.session !== undefined || event.sessionRef !== undefined
  const execution = executionOf(state, event)
  execution.session = isThere ? event : undefined
  execution.sessionKey = execution.contentKey
}

/** A tool call that acts on an approval uses it up (rule H4). */
export function foldToolStart(state: RunState, event: ToolStart): void {
  const request = event.requestId === undefined ? undefined : state.requests.get(event.requestId)
  if (request !== undefined) request.used = true
}

/** File changes are part of the evidence of an iteration (rule L2). */
export function foldFileChanges(state: RunState, event: FileChanges): void {
  const execution = executionOf(state, event)
  execution.fileChanges ??= []
  for (const { action, path, insertions, deletions } of event.files)
    execution.fileChanges.push(`${action} ${path} ${insertions} ${deletions}`)
}

/** An attempt succeeded: verification or routing is due, or the step settles. */
export function foldStepEnd(state: RunState, event: StepEnd & EventEnvelope): void {
  const execution = executionOf(state, event)
  endCall(state, execution)
  countAttempt(state, event)
  foldSettlement(state, execution, event)
  execution.error = undefined
  execution.result = {
    iteration: event.iteration,
    output: toStepOutput(event),
    handoff: event.handoff,
    evidenceDigest: event.evidenceDigest,
    contentKey: execution.contentKey ?? '',
    seq: event.seq,
  }
  if (event.output.ref !== undefined || event.dataRef !== undefined)
    execution.frame.spilled.add(execution.step)
  if (execution.item !== undefined) settleItem(state, execution, 'succeeded')
  else afterSuccess(state, execution.step)
}

function toStepOutput({ output, data, dataRef }: StepEnd): StepOutput {
  if (data === undefined && dataRef === undefined) return { output }
  return {
    output,
    ...(data === undefined ? {} : { data }),
    ...(dataRef === undefined ? {} : { dataRef }),
  }
}

function afterSuccess(state: RunState, step: StepState): void {
  const { verify, routing } = step.place.definition
  if (verify === undefined && routing === undefined) {
    settle(state, step, { status: 'succeeded', taken: step.place.fallthrough })
    return
  }
  step.status = 'ended'
  if (verify === undefined) push(state.agenda.due, { kind: 'route', step })
  else {
    step.verification = 'due'
    push(state.agenda.due, { kind: 'verify', step })
  }
}

/** An attempt failed: it is tried again, or the step settles as failed. */
export function foldStepError(state: RunState, event: StepError): void {
  const execution = executionOf(state, event)
  endCall(state, execution)
  countAttempt(state, event)
  foldSettlement(state, execution, event)
  execution.error = event.error
  const isInterruption = event.error.code === 'interrupted'
  if (isInterruption) {
    // A call that an orderly stop cut off is not to blame for it.
    if (state.resumedFrom === 'crash') execution.interruptions += 1
    state.tally.interruptions += 1
  }
  if (!isInterruption) useUpUnanswered(execution)
  if (!event.willRetry) settleFailed(state, execution)
  else {
    if (!isInterruption && event.error.code !== 'quota') {
      execution.retries = event.fallback === undefined ? execution.retries + 1 : 0
      state.tally.earlierFailures += 1
    }
    if (event.fallback !== undefined) changeEngine(execution, event.fallback)
    tryAgain(state, execution, event.retryAt)
  }
}

/** Another engine goes on, to which the session of the one before says nothing. */
function changeEngine(execution: Execution, fallback: EngineFallback): void {
  execution.fallback = fallback
  execution.session = undefined
}

/** The attempt has taken note of the requests that ended without an answer: the next one asks anew. */
function useUpUnanswered({ requests }: Execution): void {
  for (const request of requests) if (request.status === 'withdrawn') request.used = true
}

function tryAgain(state: RunState, execution: Execution, retryAt: number | undefined): void {
  if (retryAt === undefined) {
    execution.status = 'ready'
    pushStart(state.agenda, execution)
    return
  }
  execution.status = 'retrying'
  execution.retryAt = retryAt
  setTimer(state.agenda, { kind: 'retry', at: retryAt, execution })
}

function settleFailed(state: RunState, execution: Execution): void {
  const { error, frame, step } = execution
  if (definitionOf(execution).onReject === 'stop' && error?.code === 'approval_rejected') {
    frame.error = error
    closeFrame(state, frame, 'stopped')
  }
  if (execution.item !== undefined) {
    settleItem(state, execution, 'failed')
    return
  }
  const { place } = step
  const taken = place.definition.allowFailure === true ? place.fallthrough : undefined
  settle(state, execution.step, { status: 'failed', taken })
}

/** A step does not run, or lost a race while it ran. */
export function foldStepSkipped(state: RunState, event: StepSkipped): void {
  const execution = executionOf(state, event)
  endCall(state, execution)
  countAttempt(state, event)
  foldSettlement(state, execution, event)
  execution.skipReason = event.reason
  if (execution.item !== undefined) {
    settleItem(state, execution, 'skipped')
    return
  }
  const taken = event.reason === 'condition' ? execution.step.place.fallthrough : undefined
  settle(state, execution.step, { status: 'skipped', taken })
}

/** The items of a map are known: the first of them may start. */
export function foldMapExpanded(state: RunState, event: MapExpanded): void {
  const step = stepOf(state, event)
  endCall(state, step)
  const executions = event.items.map((item, index) => createItem(step, { ...item, index }))
  const map: MapState = {
    items: event.items,
    executions,
    byKey: new Map(executions.map((execution) => [execution.item?.key ?? '', execution])),
    next: 0,
    active: 0,
    settled: 0,
    succeeded: 0,
  }
  step.map = map
  if (event.items.length === 0) pushConclude(state.agenda, step)
  else offerItems(state, step, map)
}

/** Offers a start to as many items as the map's concurrency allows. */
export function offerItems(state: RunState, step: StepState, map: MapState): void {
  const { definition } = step.place
  const bound = definition.kind === 'map' ? (definition.concurrency ?? Number.POSITIVE_INFINITY) : 1
  while (map.next < map.executions.length && map.active < bound) {
    const execution = map.executions[map.next]
    map.next += 1
    if (execution === undefined || execution.status !== 'pending') continue
    execution.status = 'ready'
    map.active += 1
    pushStart(state.agenda, execution)
  }
}

function settleItem(state: RunState, execution: Execution, status: 'succeeded' | 'failed' | 'skipped'): void {
  const { step } = execution
  const { map } = step
  if (map === undefined) return
  if (execution.status !== 'pending') map.active -= 1
  execution.status = status
  map.settled += 1
  if (status === 'succeeded') map.succeeded += 1
  if (map.settled === map.executions.length) pushConclude(state.agenda, step)
  else if (step.status === 'running') offerItems(state, step, map)
}

function endCall(state: RunState, execution: Execution): void {
  state.calls.delete(execution)
}
