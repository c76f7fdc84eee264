/** How a visit ends, by rules X1, V1 and M1. */
import { type PlainOutcome, type PlainStep, type PlainVisit, stepIn } from './plain-visit.ts'

/** What is wrong with how a visit ended; nothing when it is right. */
export function objectionToOutcome(visit: PlainVisit, outcome: PlainOutcome): string | undefined {
  const right = outcomeOf(visit)
  return outcome === right ? undefined : `it should be ${right}`
}

function outcomeOf(visit: PlainVisit): PlainOutcome {
  const steps = [...visit.steps.values()]
  const failed = steps.filter(({ status }) => status === 'failed')
  if (visit.isFailed || failed.some(({ id }) => !isAbsorbed(visit, id))) return 'failed'
  return failed.length > 0 || steps.some(isIncomplete) ? 'partial' : 'succeeded'
}

/** Succeeded, but not with all that it stands for. */
function isIncomplete({ status, isBlemished, items }: PlainStep): boolean {
  const hasFailedItem = [...(items?.values() ?? [])].some((item) => item.status === 'failed')
  return status === 'succeeded' && (isBlemished || hasFailedItem)
}

const BY_FAILURE: ReadonlySet<string | undefined> = new Set([
  'lost',
  'needs_failed',
  'needs_skipped',
  'not_routed',
  'upstream_failed',
])

/** Whether a failure may happen, or reaches a race that was won without it. */
export function isAbsorbed(visit: PlainVisit, id: string, from: readonly string[] = []): boolean {
  const { graph } = visit
  if (from.length === 0 && graph.steps.get(id)?.allowFailure === true) return true
  return graph.edges.some((edge) => {
    if (edge.from !== id || from.includes(edge.to)) return false
    const { status, reason } = stepIn(visit, edge.to)
    if (status === 'succeeded') return graph.steps.get(edge.to)?.triggerRule === 'one_success'
    return status === 'skipped' && BY_FAILURE.has(reason) && isAbsorbed(visit, edge.to, [...from, id])
  })
}
