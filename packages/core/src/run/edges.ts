/**
 * My job: when a step may start or must be skipped (rules F3 to F6, L4). My neighbours: the fold tells
 * me that a step has settled; I put starts and skips on the agenda.
 *
 * Invariants:
 * 1. An edge is decided once per iteration of its source, and only when its source has settled and
 *    every loop that holds the source but not the target has exited (L4).
 * 2. A step is considered when an edge into it is decided, never by a scan of the flow (F6).
 */
import type { SkipReason } from '../events/step-events.ts'
import type { Edge } from '../flow/graph.ts'
import type { Loop } from '../flow/loops.ts'
import { push, pushSkip, pushStart } from './agenda.ts'
import { type Execution, type FrameState, isSettled, type RunState, type StepState } from './state.ts'

/** What an edge has said to its target: nothing yet, its word, or nothing for good (decision 0011). */
export const EDGE = { open: 0, decided: 1, silent: 2 } as const

/** How a step settles. */
export interface Settlement {
  readonly status: 'succeeded' | 'failed' | 'skipped'
  /** The step that its routing goes to. */
  readonly taken: string | undefined
}

/** Settles a step: decides its edges, lets its loops exit, and ends the visit when it was the last. */
export function settle(state: RunState, step: StepState, settlement: Settlement): void {
  const { frame } = step
  step.status = settlement.status
  step.taken = settlement.taken
  // A check that is still under way has nothing to say any more.
  if (step.verification !== 'none') step.verification = 'done'
  frame.settled += 1
  for (const loop of step.place.decides) decideEdgesLeaving(state, frame, loop)
  for (const edge of step.place.outgoing) decideEdge(state, frame, edge)
  wakeRearms(state, frame)
  if (frame.settled === frame.steps.length) push(state.agenda.due, { kind: 'close', frame })
}

/** Lets decision steps look again whether their loop's body rests (rule L3). */
function wakeRearms(state: RunState, frame: FrameState): void {
  if (frame.waitingRearms.size === 0) return
  for (const step of frame.waitingRearms) push(state.agenda.due, { kind: 'route', step })
  frame.waitingRearms.clear()
}

function decideEdgesLeaving(state: RunState, frame: FrameState, loop: Loop): void {
  for (const index of loop.body) {
    for (const edge of frame.steps[index]?.place.outgoing ?? []) {
      if (edge.guards.includes(loop)) decideEdge(state, frame, edge)
    }
  }
}

function decideEdge(state: RunState, frame: FrameState, edge: Edge): void {
  const source = frame.steps[edge.from]
  const target = frame.steps[edge.to]
  if (source === undefined || target === undefined || frame.decided[edge.id] !== EDGE.open) return
  if (!isSettled(source.status)) return
  if (edge.guards.length > 0 && !edge.guards.every((loop) => hasExited(frame, loop))) return
  frame.decided[edge.id] = EDGE.decided
  countEdge(edge, source, target)
  consider(state, target)
}

/** Whether a loop's decision step has settled: steps outside see its body only then (rule L4). */
export function hasExited(frame: FrameState, loop: Loop): boolean {
  const decision = frame.steps[loop.decision]
  return decision !== undefined && isSettled(decision.status)
}

/** Adds a decided edge to the counts of its target. */
export function countEdge(edge: Edge, source: StepState, target: StepState): void {
  const counts = target.edges
  if (edge.kind === 'route') countRoute(source, target)
  else {
    counts.dataDecided += 1
    if (source.status === 'succeeded') countSuccess(source, target)
    else if (source.status === 'failed') counts.dataFailed += 1
    else counts.dataSkipped += 1
  }
}

function countSuccess(source: StepState, target: StepState): void {
  target.edges.dataSucceeded += 1
  const races = target.place.definition.triggerRule === 'one_success'
  if (races && target.status === 'pending') target.winner ??= source.place.id
}

function countRoute(source: StepState, target: StepState): void {
  const counts = target.edges
  counts.routesDecided += 1
  if (source.taken === target.place.id) counts.routesTaken += 1
  else if (source.status === 'failed' || source.skipReason === 'upstream_failed') counts.upstreamFailed = true
}

/** Puts the start or the skip of a step on the agenda, if its edges have decided one. */
export function consider(state: RunState, step: StepState): void {
  if (step.status !== 'pending') return
  const { agenda } = state
  const verdict = step.frame.closing ?? judge(step)
  if (verdict === undefined) return
  if (verdict !== 'start') {
    pushSkip(agenda, step, verdict)
    return
  }
  step.status = 'ready'
  pushStart(agenda, step)
}

/** Whether the edges of a step, as they are decided now, let it start. */
export function mayStart(step: StepState): boolean {
  return judge(step) === 'start'
}

function judge(step: StepState): 'start' | SkipReason | undefined {
  const data = judgeNeeds(step)
  if (data === undefined || data !== 'start') return data
  const { routes, routesDecided, routesTaken, upstreamFailed } = step.edges
  if (routes === 0) return 'start'
  if (routesDecided < routes) return undefined
  if (routesTaken > 0) return 'start'
  return upstreamFailed ? 'upstream_failed' : 'not_routed'
}

/** Rule F4's table. */
function judgeNeeds(step: StepState): 'start' | SkipReason | undefined {
  const { data, dataDecided, dataSucceeded, dataFailed, dataSkipped } = step.edges
  if (data === 0) return 'start'
  const isOver = dataDecided === data
  switch (step.place.definition.triggerRule ?? 'all_success') {
    case 'all_success':
      if (dataFailed > 0) return 'needs_failed'
      if (dataSkipped > 0) return 'needs_skipped'
      return isOver ? 'start' : undefined
    case 'none_failed':
      if (dataFailed > 0) return 'needs_failed'
      if (!isOver) return undefined
      return dataSucceeded > 0 ? 'start' : 'needs_skipped'
    case 'one_success':
      if (dataSucceeded > 0) return 'start'
      if (!isOver) return undefined
      return dataFailed > 0 ? 'needs_failed' : 'needs_skipped'
    case 'all_done':
      return isOver ? 'start' : undefined
  }
}

/**
 * Nothing new starts in a visit any more; what has not started is skipped (rule L1, `terminal`). A map that
 * runs finishes its items, but not when a human has stopped the visit (rule H5).
 */
export function closeFrame({ agenda }: RunState, frame: FrameState, reason: SkipReason): void {
  if (frame.closing !== undefined) return
  frame.closing = reason
  for (const step of frame.steps) {
    if (hasNotBegun(step)) pushSkip(agenda, step, reason)
    if (reason !== 'stopped') continue
    for (const item of step.map?.executions ?? []) if (hasNotBegun(item)) pushSkip(agenda, item, reason)
  }
}

/** Whether an execution has not begun in this iteration. */
export function hasNotBegun({ status }: Execution): boolean {
  return status === 'pending' || status === 'ready'
}
