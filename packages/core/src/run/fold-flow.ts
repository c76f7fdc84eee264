/** My job: visits of flows: their begin, their end, what is added to them, and the way from one to the next. */

import { RunError } from '../errors/swarm-error.ts'
import type { EventEnvelope } from '../events/envelope.ts'
import type {
  FlowEnd,
  FlowRevised,
  FlowStart,
  GraphExtended,
  MacroRoute,
  NodeInjected,
} from '../events/flow-events.ts'
import { limitTime, push, pushConclude } from './agenda.ts'
import { hasBudget, hasOwnBudget } from './budget.ts'
import { openFrame } from './frames.ts'
import { insertStep, patchFlow, withInjected } from './graph-change.ts'
import { executionOf, frameOf } from './lookup.ts'
import { reopen, reviseFrame } from './rearm.ts'
import type { Execution, FrameState, RunState } from './state.ts'

/** A visit begins. */
export function foldFlowStart(state: RunState, event: FlowStart): void {
  const definition = state.flows.get(event.flowKey)
  if (definition === undefined) {
    const message = `The journal visits flow "${event.flowKey}", which "run_created" does not define. Restore the run's folder from a backup.`
    throw new RunError(message, { code: 'journal_corrupt' })
  }
  state.visits.set(event.flowKey, event.visit)
  const frame = openFrame(state, event, definition)
  if (event.parent === undefined) enterByJourney(state, frame)
  else descend(state, executionOf(state, event.parent), frame)
}

function descend(state: RunState, execution: Execution, frame: FrameState): void {
  execution.child = frame
  state.calls.delete(execution)
}

function enterByJourney({ journey }: RunState, frame: FrameState): void {
  journey.frame = frame
  journey.due = undefined
  journey.total += 1
  journey.visited.set(frame.flowKey, (journey.visited.get(frame.flowKey) ?? 0) + 1)
}

/** A visit ended: the step that waits for it can be concluded, or the run goes on. */
export function foldFlowEnd(state: RunState, event: FlowEnd & EventEnvelope): void {
  const frame = frameOf(state, event.frame)
  frame.outcome = event.status
  frame.result = event.result
  frame.error = event.error
  if (frame.parent === undefined) {
    state.journey.outcomes.set(event.flowKey, event.status)
    push(state.agenda.due, { kind: 'travel' })
    return
  }
  pushConclude(state.agenda, executionOf(state, frame.parent))
}

/** The run goes to another flow. */
export function foldMacroRoute(state: RunState, event: MacroRoute): void {
  const { journey } = state
  const { fromFlow, toFlow, reason, outcome } = event
  journey.history.push({ fromFlow, toFlow, reason, outcome })
  journey.frame = undefined
  journey.due = toFlow
  journey.position = event.position
  push(state.agenda.due, { kind: 'travel' })
}

/** An edited flow takes the place of the stored one, in the run and in its open visits. */
export function foldFlowRevised(state: RunState, event: FlowRevised): void {
  const { flow, deadlineAt } = event
  state.flows.set(event.flowKey, flow)
  state.isBudgeted ||= hasBudget(flow)
  const isTimed = flow.limits?.durationMs !== undefined
  for (const id of event.frames) {
    const frame = frameOf(state, id)
    const rearmed = event.rearmed.filter((step) => step.frame === id).map((step) => step.stepId)
    reopen(frame)
    if (frame.parent === undefined) state.journey.frame = frame
    // Without a new time a visit keeps its own, unless the edited flow sets none.
    if (deadlineAt !== undefined || !isTimed) limitTime(state.agenda, frame, deadlineAt)
    reviseFrame(state, frame, withInjected(flow, frame.injected), new Set(rearmed))
  }
}

const NOTHING_AGAIN: ReadonlySet<string> = new Set()

/** A visit has a step more, right after the one that it follows. */
export function foldNodeInjected(state: RunState, { frame: id, node, position }: NodeInjected): void {
  const frame = frameOf(state, id)
  frame.injected.push({ node, after: position })
  state.isBudgeted ||= hasOwnBudget(node)
  reviseFrame(state, frame, insertStep(frame.graph.definition, node, position), NOTHING_AGAIN)
}

/** A visit has another graph; an edit of the flow takes its place. */
export function foldGraphExtended(state: RunState, { frame: id, patch }: GraphExtended): void {
  const frame = frameOf(state, id)
  const patched = patchFlow(frame.graph.definition, patch)
  state.isBudgeted ||= hasBudget(patched)
  reviseFrame(state, frame, patched, NOTHING_AGAIN)
}
