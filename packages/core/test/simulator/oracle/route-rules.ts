/** Whether a routing decision is right, by rules F7, L1, L2, L3 and L6. */
import type { RoutingDecision } from '../../../src/events/routing-events.ts'
import type { BranchRouting, FieldCase, MicroloopRouting } from '../../../src/flow/routing.ts'
import { type Judgement, judgeCondition, type PlainScope } from './condition-rule.ts'
import type { PlainLoop } from './plain-graph.ts'
import { isUnderWay, loopsOf, memberOf, type PlainStep, type PlainVisit, stepIn } from './plain-visit.ts'

/** What is wrong with a decision; nothing when it is right. */
export function objectionToRoute(scope: PlainScope, event: RoutingDecision): string | undefined {
  const { visit } = scope
  const step = stepIn(visit, event.stepId)
  const definition = visit.graph.steps.get(event.stepId)
  if (step.status !== 'ended') return `it is ${step.status}`
  if (definition?.verify !== undefined && !step.isChecked) return 'its checks have not ended'
  if (event.decision === 'loop') return objectionToLoop(visit, event)
  const { routing } = definition ?? {}
  if (event.decision === 'terminate') return routing?.kind === 'terminal' ? undefined : 'it is not terminal'
  if (routing?.kind === 'microloop') return objectionToExit(visit, event, routing)
  if (routing?.kind === 'branch') return objectionToBranch(scope, event, routing)
  if (event.decision === 'fail' || event.target === visit.graph.onwards.get(event.stepId)) return undefined
  return `it does not go on to ${visit.graph.onwards.get(event.stepId)}`
}

function objectionToLoop(visit: PlainVisit, event: RoutingDecision): string | undefined {
  const loop = loopsOf(visit, event.stepId).find(({ target }) => target === event.target)
  if (loop === undefined) return `no loop leads to "${event.target}"`
  if (visit.closed !== undefined) return 'its visit is closed'
  const busy = [...loop.body].filter((id) => id !== event.stepId && isUnderWay(stepIn(visit, id)))
  if (busy.length > 0) return `${busy.join(', ')} of its body still runs`
  const count = (visit.counts.get(loop.key) ?? 0) + 1
  if (count > loop.most) return `it re-arms for the ${count}th time, of ${loop.most}`
  if (event.loopState?.[loop.key] !== count) return `its counter should be ${count}`
  const rearmed = (event.rearmed ?? []).map(({ stepId, iteration }) => `${stepId} ${iteration}`)
  const wanted = [...loop.body].map((id) => `${id} ${stepIn(visit, id).iteration + 1}`)
  if (!isSame(rearmed, wanted)) return `it re-arms ${rearmed.join(', ')} instead of ${wanted.join(', ')}`
  const inner = innerLoops(visit, loop).map(({ key }) => key)
  return isSame(event.resets ?? [], inner) ? undefined : `it should reset ${inner.join(', ')}`
}

/** Loops that an outer one resets: decided in its body, and smaller. */
function innerLoops({ graph }: PlainVisit, outer: PlainLoop): readonly PlainLoop[] {
  return graph.loops.filter(
    (loop) => loop !== outer && outer.body.has(loop.decision) && loop.body.size < outer.body.size,
  )
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return [...a].sort().join() === [...b].sort().join()
}

/** The first reason of rule L2 that holds must be the one that is told. */
function objectionToExit(
  visit: PlainVisit,
  { stepId, reason, decision, stalledFor = 0 }: RoutingDecision,
  routing: MicroloopRouting,
): string | undefined {
  const step = stepIn(visit, stepId)
  if (decision === 'fail')
    return routing.field !== undefined && step.isWithheld ? undefined : 'it can be decided'
  if (reason === visit.closed) return undefined
  if (reason === 'lost') return step.isLate ? undefined : 'its race is not won'
  const value = comparedIn(step, routing.field)
  const count = visit.counts.get(`${stepId}:${routing.loopTarget}`) ?? 0
  const successes = (routing.successValues ?? ['VERIFIED']).map((word) => word.toLowerCase())
  const reasons: readonly (readonly [string, boolean])[] = [
    ['verified', value !== undefined && successes.includes(value.toLowerCase())],
    ['no_further_help', step.help === false],
    ['blocked', step.verdict?.toLowerCase() === 'blocked'],
    ['max_iterations', count >= (routing.maxIterations ?? 3)],
    ['stalled', stalledFor >= (routing.stallAfter ?? 3)],
  ]
  const right = reasons.find(([, holds]) => holds)?.[0]
  return reason === right ? undefined : `it exits with "${reason}" instead of "${right}"`
}

function objectionToBranch(
  scope: PlainScope,
  event: RoutingDecision,
  routing: BranchRouting,
): string | undefined {
  const { visit } = scope
  const step = stepIn(visit, event.stepId)
  const named = [...routing.cases.map(({ next }) => next), routing.default]
  if (event.target !== undefined && !named.includes(event.target))
    return `"${event.target}" is none of its targets`
  const judged = routing.cases.map((one) => ({
    next: one.next,
    judgement: 'when' in one ? judgeCondition(one.when, scope) : holds(step, one),
  }))
  const chosen = judged.find(({ judgement }) => judgement !== false)
  if (chosen !== undefined && chosen.judgement === undefined) return undefined
  if (chosen?.judgement === 'error')
    return event.reason === 'condition_error' ? undefined : 'one of its cases cannot be evaluated'
  const target = chosen?.next ?? routing.default
  const isBound = event.reason === 'max_iterations' || event.reason === 'loop_exhausted'
  if (isBound) return isUsedUp(visit, event.stepId, target) ? undefined : 'its bound is not used up'
  if (event.target === undefined && isOverruled(visit, step, event.reason)) return undefined
  if (target === undefined) return event.reason === 'route_unmatched' ? undefined : 'nothing matches'
  return event.target === target ? undefined : `it goes to "${event.target}" instead of "${target}"`
}

/** A loop that would go round again in a visit that is closed, or in a race that is won, ends. */
function isOverruled({ closed }: PlainVisit, { isLate }: PlainStep, reason: string): boolean {
  return (closed !== undefined && reason.endsWith(closed)) || (isLate && reason.endsWith('lost'))
}

function isUsedUp(visit: PlainVisit, decision: string, target: string | undefined): boolean {
  const loop = loopsOf(visit, decision).find((one) => one.target === target)
  return loop !== undefined && (visit.counts.get(loop.key) ?? 0) >= loop.most
}

/** The verdict, or a field that the routing names. */
function comparedIn(step: PlainStep, field: string | undefined): string | undefined {
  if (field === undefined) return step.verdict
  const value = memberOf(step, field)
  return typeof value === 'string' ? value : undefined
}

function holds(step: PlainStep, { field, operator = 'equals', value: expected }: FieldCase): Judgement {
  if (field !== undefined && step.isWithheld) return 'error'
  const value = comparedIn(step, field)?.toLowerCase()
  const isOneOf = (Array.isArray(expected) ? expected : [expected]).some(
    (word) => String(word).toLowerCase() === value,
  )
  return operator.startsWith('not') ? !isOneOf : isOneOf
}
