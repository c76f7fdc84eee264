/** Whether a step may start, or must be skipped, by rules F4, F5, F7, L1 and L4: read off the tables of the design. */
import { judgeCondition, type PlainScope } from './condition-rule.ts'
import { losersOf } from './plain-graph.ts'
import { edgesInto, isOver, type PlainStep, type PlainVisit, seen, stepIn } from './plain-visit.ts'

/** Why a step must not start now; nothing when it may. */
export function objectionToStart(visit: PlainVisit, id: string): string | undefined {
  if (visit.closed !== undefined) return `its visit is closed (${visit.closed})`
  const needs = needsOf(visit, id)
  const routes = edgesInto(visit, id, 'route')
  if (needs.length === 0 && routes.length === 0) return objectionToRoot(visit, id)
  const taken = routes.map((edge) => seen(visit, edge))
  if (taken.some((source) => source === undefined)) return 'a route into it is undecided'
  if (routes.length > 0 && !taken.some((source) => source?.taken === id)) return 'no route into it was taken'
  return objectionByRule(visit, id, needs)
}

function objectionToRoot(visit: PlainVisit, id: string): string | undefined {
  const isCutFree = visit.graph.edges.some(({ to }) => to === id)
  return visit.graph.roots.has(id) || isCutFree ? undefined : 'nothing leads to it'
}

type Sight = PlainStep['status'] | 'open'

function needsOf(visit: PlainVisit, id: string): readonly Sight[] {
  return edgesInto(visit, id, 'data').map((edge) => seen(visit, edge)?.status ?? 'open')
}

function objectionByRule(visit: PlainVisit, id: string, needs: readonly Sight[]): string | undefined {
  const rule = visit.graph.steps.get(id)?.triggerRule ?? 'all_success'
  const [succeeded, failed, open] = (['succeeded', 'failed', 'open'] as const).map((sight) =>
    count(needs, sight),
  )
  const holds = {
    all_success: succeeded === needs.length,
    none_failed: open === 0 && failed === 0 && (succeeded ?? 0) > 0,
    one_success: (succeeded ?? 0) > 0,
    all_done: open === 0,
  }[rule]
  return holds || needs.length === 0 ? undefined : `${rule} does not hold for ${needs.join(', ')}`
}

function count(needs: readonly Sight[], sight: Sight): number {
  return needs.filter((one) => one === sight).length
}

/** Why a step must not be skipped for this reason now; nothing when it may. */
export function objectionToSkip(scope: PlainScope, id: string, reason: string): string | undefined {
  const isRight = isSkipRight(scope, id, reason)
  return isRight ? undefined : `nothing gives the reason "${reason}"`
}

function isSkipRight(scope: PlainScope, id: string, reason: string): boolean {
  const { visit } = scope
  const definition = visit.graph.steps.get(id)
  const needs = needsOf(visit, id)
  const rule = definition?.triggerRule ?? 'all_success'
  switch (reason) {
    case 'needs_failed':
    case 'needs_skipped':
      return isNeedless(rule, needs, reason)
    case 'not_routed':
    case 'upstream_failed':
      return isUnrouted(visit, id, reason)
    case 'condition':
      return isFalse(definition?.when, scope) && objectionToStart(visit, id) === undefined
    case 'lost':
      return visit.doomed.has(id)
    case 'terminal':
    case 'stopped':
    case 'step_budget':
      return visit.closed === reason
    case 'budget':
      return visit.isOverBudget
    case 'rejected':
      return (
        definition?.kind === 'approval' &&
        definition.onReject === 'skip' &&
        stepIn(visit, id).status === 'running'
      )
    default:
      return reason === 'out_of_range' && visit.outside.has(id)
  }
}

function isFalse(when: string | undefined, scope: PlainScope): boolean {
  return when !== undefined && !(judgeCondition(when, scope) ?? false)
}

/** The right-hand column of rule F4's table. */
function isNeedless(rule: string, needs: readonly Sight[], reason: string): boolean {
  const failed = count(needs, 'failed')
  const skipped = count(needs, 'skipped')
  const isDone = count(needs, 'open') === 0
  const isBarren = isDone && count(needs, 'succeeded') === 0
  const wanted = reason === 'needs_failed' ? failed : skipped
  if (rule === 'all_success') return wanted > 0
  if (rule === 'none_failed') return reason === 'needs_failed' ? failed > 0 : failed === 0 && isBarren
  return rule === 'one_success' && isBarren && (reason === 'needs_failed') === failed > 0
}

function isUnrouted(visit: PlainVisit, id: string, reason: string): boolean {
  const sources = edgesInto(visit, id, 'route').map((edge) => seen(visit, edge))
  if (sources.length === 0 || sources.some((source) => source === undefined || source.taken === id))
    return false
  const isFailure = sources.some(
    (source) => source?.status === 'failed' || source?.reason === 'upstream_failed',
  )
  return isFailure === (reason === 'upstream_failed')
}

/** Steps that a race which starts now must call off (rule F5). */
export function doomedBy({ graph, steps }: PlainVisit, race: string): readonly PlainStep[] {
  if (graph.steps.get(race)?.losers !== 'cancel') return []
  return [...losersOf(graph, race)].flatMap((id) => {
    const step = steps.get(id)
    return step === undefined || isOver(step) ? [] : [step]
  })
}

/** Needs of a race whose success it can see. */
export function successesFor(visit: PlainVisit, race: string): readonly string[] {
  return edgesInto(visit, race, 'data')
    .filter((edge) => seen(visit, edge)?.status === 'succeeded')
    .map(({ from }) => from)
}

/**
 * Whether a visit is called off with the step that waits for it: a loser, one whose time is over, or one that was to
 * run again and is skipped.
 */
export function isBelow({ visit: { parent }, facts }: PlainScope, reason: string): boolean {
  if (parent === undefined) return false
  const above = { visit: parent.visit, facts }
  const { visit, step } = parent
  if (reason === 'lost' && visit.doomed.has(step.id)) return true
  if (reason === 'budget' && visit.isOutOfTime) return true
  if (step.status === 'pending' && objectionToSkip(above, step.id, reason) === undefined) return true
  return isBelow(above, reason)
}
