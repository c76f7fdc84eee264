/**
 * My job: from "may start" to a recorded start: slot, references, content key, then the effect.
 *
 * Invariants:
 * 1. References are resolved before `step_start` is recorded; a missing or lost one fails the step uncalled (T1).
 * 2. A step that waited for its slot or its inputs is decided anew: the flow may have ended, or the run rest (S2).
 */

import { type Reference, referencesOf } from '../../flow/reference.ts'
import { textsIn } from '../../flow/step-texts.ts'
import { isEmpty, push, pushStart } from '../../run/agenda.ts'
import { decideStart } from '../../run/decide-start.ts'
import { canStart, definitionOf, type Execution } from '../../run/state.ts'
import { startAgent } from '../calls/call-agent.ts'
import { startFunction } from '../calls/call-function.ts'
import { engineOf } from '../calls/engine-choice.ts'
import { refsOfHistory } from '../history.ts'
import { loadTexts, lossOf, NO_TEXTS } from '../outputs.ts'
import type { Session } from '../session.ts'
import type { ReleaseSlot } from '../slots.ts'
import { failLaunch, type Launch } from './record-start.ts'
import { refsToLoad } from './reference-lookup.ts'
import { startFlow } from './start-flow.ts'
import { startMap } from './start-map.ts'
import { startRequest } from './start-request.ts'

const KEEP_NOTHING: ReleaseSlot = () => {}

/** Starts an execution now, or as soon as it has a slot and its inputs. */
export function start(session: Session, execution: Execution): void {
  const { kind } = definitionOf(execution)
  const isCall = kind === 'agent' || kind === 'function'
  const engine = isCall ? engineFor(session, execution) : undefined
  const launch = { session, execution, loaded: NO_TEXTS, place: placeOf(execution) }
  if (!isCall || session.slots.isFree(engine)) {
    prepare({ ...launch, release: KEEP_NOTHING, queuedMs: 0 })
    return
  }
  const askedAt = session.host.clock.monotonic()
  session.background(session.slots.take(engine), (release) => {
    const queuedMs = session.host.clock.monotonic() - askedAt
    if (release === undefined) startLater(session, execution)
    else decideAnew({ ...launch, release, queuedMs }, prepare)
  })
}

function placeOf({ iteration, attempt }: Execution): string {
  return `${iteration}.${attempt}`
}

function engineFor(session: Session, execution: Execution): string | undefined {
  return definitionOf(execution).kind === 'agent' ? engineOf(session, execution).id : undefined
}

/** The step is looked at again: when a run that rests goes on, or at once, and then by its budgets. */
function startLater({ state }: Session, execution: Execution): void {
  if (execution.status === 'retrying') push(state.agenda.starts, { kind: 'again', execution })
  else pushStart(state.agenda, execution)
}

/** Goes on with a launch that has waited, if it still may. */
function decideAnew(launch: Launch, goOn: (launch: Launch) => void): void {
  const { session, execution, release } = launch
  const { state } = session
  // One that was skipped and armed again meanwhile, or tried, has another launch.
  const isOvertaken = !canStart(execution) || placeOf(execution) !== launch.place
  if (isOvertaken || state.final !== undefined) {
    release()
    return
  }
  if (!isEmpty(state.agenda.due)) {
    // What is known goes first: somebody may just have ended the visit.
    session.enqueue(() => decideAnew(launch, goOn))
    return
  }
  // Somebody may have found the quota used up since the call was let in.
  if (state.control !== 'running' || session.slots.isClosed(engineFor(session, execution))) {
    startLater(session, execution)
    release()
    return
  }
  const decision = decideStart(state, execution)
  if (decision.kind === 'start') goOn(launch)
  else {
    release()
    if (decision.kind === 'hold') startLater(session, execution)
    else if (decision.kind === 'record') for (const event of decision.events) session.record(event)
  }
}

/** Reads the artifacts that the step refers to, if there are any. */
function prepare(launch: Launch): void {
  const { session, execution } = launch
  const refs = refsFor(execution)
  if (refs.length === 0) begin(launch)
  else {
    session.background(loadTexts(session.artifacts, refs), (loaded) =>
      decideAnew({ ...launch, loaded }, beginWhole),
    )
  }
}

function refsFor(execution: Execution): readonly string[] {
  const refs = refsToLoad(execution, readsOf(execution))
  return definitionOf(execution).kind === 'agent' ? [...refs, ...refsOfHistory(execution)] : refs
}

const referenceLists = new WeakMap<object, readonly Reference[]>()

/** Every reference in the texts of a step, parsed once for each definition. The step of a map has its own. */
function readsOf(execution: Execution): readonly Reference[] {
  const definition = definitionOf(execution)
  const known = referenceLists.get(definition)
  if (known !== undefined) return known
  const own = textsIn(definition).filter(({ inMap }) => !inMap)
  const references = own.flatMap(({ text }) => referencesOf(text))
  referenceLists.set(definition, references)
  return references
}

/** Nothing is begun on half of what it reads. */
function beginWhole(launch: Launch): void {
  const loss = lossOf(launch.loaded)
  if (loss === undefined) begin(launch)
  else failLaunch(launch, loss.code, loss.message)
}

function begin(launch: Launch): void {
  switch (definitionOf(launch.execution).kind) {
    case 'agent':
      return startAgent(launch)
    case 'function':
      return startFunction(launch)
    case 'flow':
      return startFlow(launch)
    case 'map':
      return startMap(launch)
    case 'approval':
    case 'question':
    case 'wait':
      return startRequest(launch)
  }
}
