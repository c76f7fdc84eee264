/**
 * My job: where a step that succeeded leads (rules L1 to L3). My neighbour: the fold applies it.
 *
 * Invariants:
 * 1. A decision depends on the state alone; once recorded it is never evaluated again.
 * 2. A loop is re-armed only while no step of its body runs (L3).
 */
import { toPlainError } from '../errors/plain-error.ts'
import type { RoutingDecision } from '../events/routing-events.ts'
import { routeTargets } from '../flow/graph.ts'
import type { Loop } from '../flow/loops.ts'
import type { BranchRouting, MicroloopRouting } from '../flow/routing.ts'
import type { Action } from './action.ts'
import { chooseCase } from './choose-case.ts'
import { kernelError, stepScope } from './drafts.ts'
import { bodyEvidence, exitReason, isBusy, loopStateOf } from './loops.ts'
import type { RunState, StepState } from './state.ts'

/** What a decision says beside its scope. */
type Verdict = Pick<RoutingDecision, 'decision' | 'reason'> & Partial<RoutingDecision>

/** The recorded answer to "where next?", or nothing while a loop's body still runs. */
export function decideRoute(state: RunState, step: StepState): Action | undefined {
  const verdict = evaluate(state, step)
  if (verdict === 'wait') {
    step.frame.waitingRearms.add(step)
    return undefined
  }
  const named = routeTargets(step.place.definition.routing)
  const notTaken = [...new Set(named)].filter((target) => target !== verdict.target)
  const decision = {
    type: 'routing_decision' as const,
    ...stepScope(step),
    notTaken,
    source: 'spec',
    ...verdict,
  }
  return { kind: 'record', events: [decision] }
}

function evaluate(state: RunState, step: StepState): Verdict | 'wait' {
  const { routing } = step.place.definition
  try {
    switch (routing?.kind) {
      case 'microloop':
        return evaluateMicroloop(step, routing)
      case 'branch':
        return evaluateBranch(state, step, routing)
      case 'terminal':
        return { decision: 'terminate', reason: 'terminal' }
      default:
        return advance(step.place.fallthrough, 'linear')
    }
  } catch (thrown) {
    return { decision: 'fail', reason: 'condition_error', error: toPlainError(thrown, 'condition_error') }
  }
}

function advance(target: string | undefined, reason: string): Verdict {
  return target === undefined ? { decision: 'end', reason } : { decision: 'advance', target, reason }
}

function evaluateMicroloop(step: StepState, routing: MicroloopRouting): Verdict | 'wait' {
  const loop = step.place.decides.find(({ kind }) => kind === 'microloop')
  if (loop === undefined) return advance(step.place.fallthrough, 'linear')
  const evidence = bodyEvidence(step.frame, loop)
  const known = loopStateOf(step.frame, loop.key)
  const same = known.evidence === evidence ? known.same + 1 : 0
  const { reason, value } = exitReason(step, routing, { rearms: known.count, same })
  const stalledFor = { stalledFor: same, bodyEvidence: evidence, ...(value === undefined ? {} : { value }) }
  if (reason !== undefined) return { ...advance(step.place.fallthrough, reason), ...stalledFor }
  const again = rearmLoop(step, loop)
  return again === 'wait' ? again : { ...again, ...stalledFor }
}

function rearmLoop(step: StepState, loop: Loop): Verdict | 'wait' {
  const { frame } = step
  const over = step.lost ? 'lost' : frame.closing
  if (over !== undefined) return advance(undefined, over)
  if (isBusy(frame, loop, step)) return 'wait'
  const count = loopStateOf(frame, loop.key).count + 1
  const rearmed = loop.body.flatMap((index) => {
    const member = frame.steps[index]
    return member === undefined ? [] : [{ stepId: member.place.id, iteration: member.iteration + 1 }]
  })
  return {
    decision: 'loop',
    target: frame.steps[loop.target]?.place.id ?? '',
    reason: `iteration:${count}`,
    rearmed,
    resets: innerLoops(step, loop).map((inner) => inner.key),
    loopState: { [loop.key]: count },
  }
}

/** Loops decided inside a body, other than by its own decision about the same body. */
function innerLoops(step: StepState, loop: Loop): readonly Loop[] {
  return step.frame.graph.loops.filter(
    (inner) => inner !== loop && loop.holds.has(inner.decision) && inner.body.length < loop.body.length,
  )
}

function evaluateBranch(state: RunState, step: StepState, routing: BranchRouting): Verdict | 'wait' {
  const chosen = chooseCase(state, step, routing)
  if (chosen !== undefined) return takeCase(step, routing, chosen)
  if (routing.default !== undefined)
    return takeCase(step, routing, { target: routing.default, reason: 'default' })
  const message = `Step "${step.place.id}": no case of its branch matches and it has no default. Add a default or a case.`
  return { decision: 'fail', reason: 'route_unmatched', error: kernelError('route_unmatched', message) }
}

interface Choice {
  readonly target: string
  readonly reason: string
}

function takeCase(step: StepState, routing: BranchRouting, { target, reason }: Choice): Verdict | 'wait' {
  const loop = loopTo(step, target)
  if (loop === undefined) return { decision: 'branch', target, reason }
  if (loopStateOf(step.frame, loop.key).count < loop.maxIterations) {
    const again = rearmLoop(step, loop)
    return again === 'wait' ? again : { ...again, reason: `${reason}:${again.reason}` }
  }
  const fallback = routing.default
  if (fallback !== undefined && loopTo(step, fallback) === undefined) {
    return { decision: 'branch', target: fallback, reason: 'max_iterations' }
  }
  const message = `Step "${step.place.id}" pointed back to "${target}" ${loop.maxIterations} times, its bound. Raise maxIterations or add a default that goes on.`
  return { decision: 'fail', reason: 'loop_exhausted', error: kernelError('loop_exhausted', message) }
}

function loopTo(step: StepState, target: string): Loop | undefined {
  return step.place.decides.find((loop) => step.frame.steps[loop.target]?.place.id === target)
}
