/**
 * My job: to make settled steps run again: by a loop, by `retryFailed`, or after an edit of the flow.
 *
 * Invariants:
 * 1. Edges between re-armed steps are undecided again; edges from other steps stay as they are.
 * 2. An edge that leads out of the re-armed steps stays decided: what already followed is not repeated. One from
 *    a step that was out of range stays silent, until a loop runs both of its steps.
 * 3. An edge into a re-armed step is undecided again when it leads out of a loop whose decision is re-armed (L4).
 */
import type { FlowDefinition } from '../flow/definition.ts'
import { compileFlow } from '../flow/graph.ts'
import { push } from './agenda.ts'
import { emptyCounts } from './edge-counts.ts'
import { consider, countEdge, EDGE, hasExited, mayStart } from './edges.ts'
import { countEdges, createStep } from './frames.ts'
import { type FrameState, isSettled, type RunState, type StepState } from './state.ts'

/** What becomes of a step's counters when it runs again. */
export type Rearming =
  /** A loop's next iteration: everything begins anew but the iteration. */
  | { readonly by: 'loop'; readonly iteration: number }
  /** Another try of the same execution: same iteration, attempts go on, what is counted against it does not. */
  | { readonly by: 'retry' }

/** Makes steps pending again, and puts on the agenda those that may start at once. */
export function rearm(state: RunState, frame: FrameState, steps: ReadonlyMap<StepState, Rearming>): void {
  for (const [step, rearming] of steps) {
    if (isSettled(step.status)) frame.settled -= 1
    if (rearming.by === 'retry' && step.heldUp) {
      decideAnew(state, step)
      continue
    }
    frame.outside.delete(step)
    resetStep(step, rearming)
  }
  for (const step of steps.keys()) {
    if (step.status === 'ended') continue
    for (const edge of step.place.incoming) {
      const source = frame.steps[edge.from]
      if (source === undefined || frame.outside.has(source)) continue
      if (steps.has(source)) frame.decided[edge.id] = EDGE.open
      else if (frame.decided[edge.id] === EDGE.silent) continue
      else if (!edge.guards.every((loop) => hasExited(frame, loop))) frame.decided[edge.id] = EDGE.open
      if (edge.kind === 'data') step.edges.data += 1
      else step.edges.routes += 1
      if (frame.decided[edge.id] === EDGE.decided) countEdge(edge, source, step)
    }
  }
  for (const step of steps.keys()) consider(state, step)
}

/** What it gave stands; only where it leads was decided by a limit. */
function decideAnew({ agenda }: RunState, step: StepState): void {
  step.heldUp = false
  step.status = 'ended'
  step.taken = undefined
  push(agenda.due, { kind: 'route', step })
}

function resetStep(step: StepState, rearming: Rearming): void {
  step.status = 'pending'
  step.taken = undefined
  step.heldUp = false
  step.winner = undefined
  step.lost = false
  step.error = undefined
  step.skipReason = undefined
  step.retryAt = undefined
  step.retries = 0
  step.fallback = undefined
  step.interruptions = 0
  step.gateVerdict = undefined
  step.verification = 'none'
  step.fileChanges = undefined
  step.edges = emptyCounts()
  if (rearming.by === 'loop') {
    step.iteration = rearming.iteration
    step.attempt = 0
    forgetIteration(step)
    return
  }
  // What this iteration gave is void; what an earlier one gave can still be read (rule T1).
  if (step.result?.iteration === step.iteration) step.result = undefined
  retryChildren(step)
}

function forgetIteration(step: StepState): void {
  step.balance = undefined
  step.requests = []
  step.session = undefined
  step.child = undefined
  step.map = undefined
  step.itemAttempts = undefined
}

/** An address never begins twice with one attempt: items that come again go on counting. */
function keepItemAttempts(step: StepState): void {
  const attempts = new Map(step.itemAttempts)
  for (const { item, attempt } of step.map?.executions ?? []) attempts.set(item?.key ?? '', attempt)
  forgetIteration(step)
  step.itemAttempts = attempts
}

/** Items that did not succeed are offered again when the map starts again. */
function retryChildren({ map }: StepState): void {
  if (map === undefined) return
  map.next = 0
  map.active = 0
  map.settled = map.succeeded
  for (const execution of map.executions) {
    if (execution.status === 'succeeded') continue
    execution.status = 'pending'
    execution.error = undefined
    execution.skipReason = undefined
    execution.retries = 0
    execution.fallback = undefined
    execution.interruptions = 0
  }
}

/** Opens a visit that had ended, so that its re-armed steps can run. */
export function reopen(frame: FrameState): void {
  frame.outcome = undefined
  frame.error = undefined
  frame.closing = undefined
  frame.result = undefined
}

/**
 * Puts another definition under a visit: steps that stay keep their state, new ones are pending,
 * those of `again` run again, and every edge is decided anew from what has settled.
 */
export function reviseFrame(
  state: RunState,
  frame: FrameState,
  definition: FlowDefinition,
  again: ReadonlySet<string>,
): void {
  const before = new Map(frame.steps.map((step) => [step.place.id, step]))
  frame.graph = compileFlow(definition)
  frame.decided = new Uint8Array(frame.graph.edges.length)
  frame.steps = frame.graph.steps.map((place) => {
    const known = before.get(place.id)
    if (known === undefined) return createStep(frame, place)
    if (wentOn(known)) known.taken = place.fallthrough
    known.place = place
    if (again.has(place.id)) {
      resetStep(known, { by: 'retry' })
      keepItemAttempts(known)
    }
    return known
  })
  for (const step of before.values()) if (!frame.graph.byId.has(step.place.id)) retire(frame, step)
  redecideEdges(state, frame)
}

/** Whether a step took its successor, or would have if it had one (rule F3): it takes the one that it has now. */
function wentOn({ status, taken, skipReason, place: { definition, fallthrough } }: StepState): boolean {
  if (taken !== fallthrough) return false
  if (status === 'failed') return definition.allowFailure === true
  if (status === 'skipped') return skipReason === 'condition'
  return definition.routing?.kind !== 'terminal'
}

/** A step that is gone: what is on the agenda for it is void. */
function retire(frame: FrameState, step: StepState): void {
  step.status = 'skipped'
  frame.waitingRearms.delete(step)
  frame.spilled.delete(step)
}

function redecideEdges(state: RunState, frame: FrameState): void {
  frame.settled = 0
  for (const step of frame.steps) {
    step.edges = emptyCounts()
    if (isSettled(step.status)) frame.settled += 1
  }
  countEdges(frame)
  for (const edge of frame.graph.edges) {
    const source = frame.steps[edge.from]
    const target = frame.steps[edge.to]
    if (source === undefined || target === undefined || frame.decided[edge.id] !== EDGE.open) continue
    if (!isSettled(source.status) || !edge.guards.every((loop) => hasExited(frame, loop))) continue
    frame.decided[edge.id] = EDGE.decided
    countEdge(edge, source, target)
  }
  for (const step of frame.steps) {
    const waits = step.status === 'ready' || step.status === 'retrying'
    if (waits && !mayStart(step)) step.status = 'pending'
    const hasWayIn = step.place.isRoot || step.place.incoming.length > 0
    if (hasWayIn && !frame.outside.has(step)) consider(state, step)
  }
  if (frame.settled === frame.steps.length) push(state.agenda.due, { kind: 'close', frame })
}
