/** Where a run goes from flow to flow, and how it ends (rule V2). */
import type { RunCompleted, RunManifest } from '../../../src/events/run-events.ts'
import type { FlowDefinition } from '../../../src/flow/definition.ts'
import type { PlainOutcome, PlainVisit } from './plain-visit.ts'

/** How far a run has come. */
export interface Journey {
  readonly manifest: RunManifest
  readonly flows: ReadonlyMap<string, FlowDefinition>
  /** Its place in the list of the request. */
  position: number
  /** The flow that must begin now. */
  due: string | undefined
  /** The visit that began last, of those that nobody waits for. */
  visit: { readonly flow: FlowDefinition; readonly at: PlainVisit } | undefined
  /** How the last visit of each flow ended. */
  readonly outcomes: Map<string, PlainOutcome>
}

/** Where a run goes on. */
export interface Onward {
  readonly toFlow: string
  readonly position: number
}

/** Where the run goes after the visit that has ended; nothing when it is over. */
export function onwardOf({ manifest, flows, position, visit }: Journey): Onward | undefined {
  if (visit === undefined) return undefined
  const isFailed = visit.at.outcome === 'failed'
  const follows = manifest.follow === 'macro'
  const next = (isFailed ? visit.flow.onFailure : visit.flow.onComplete)?.nextFlow
  const known = next !== undefined && flows.has(next) ? next : undefined
  if (!isFailed) {
    const listed = manifest.flows[position + 1]
    if (listed !== undefined) return { toFlow: listed, position: position + 1 }
    return follows && known !== undefined ? { toFlow: known, position } : undefined
  }
  const isCalledOff = visit.at.closed === 'stopped' || visit.at.isLast
  if (known === undefined || isCalledOff) return undefined
  const place = manifest.flows.indexOf(known)
  if (place >= 0) return { toFlow: known, position: place }
  return follows ? { toFlow: known, position } : undefined
}

/** What is wrong with a transition; nothing when it is right. */
export function objectionToTransition(journey: Journey, { toFlow, position }: Onward): string | undefined {
  const right = onwardOf(journey)
  const isRight = right?.toFlow === toFlow && right.position === position
  return isRight ? undefined : `it should go on to ${right === undefined ? 'nothing' : right.toFlow}`
}

/** What is wrong with the end of a run; nothing when it is right. */
export function objectionToEnd(journey: Journey, { status, error }: RunCompleted): string | undefined {
  if (status === 'canceled') return undefined
  if (journey.due !== undefined)
    return error?.code === 'flow_visits_exceeded' ? undefined : `${journey.due} is due`
  const onward = onwardOf(journey)
  if (onward !== undefined) return `it should go on to ${onward.toFlow}`
  const right = statusOf(journey)
  return status === right ? undefined : `it should be ${right}`
}

function statusOf({ visit, outcomes }: Journey): PlainOutcome {
  if (visit?.at.outcome === 'failed') return 'failed'
  return [...outcomes.values()].every((outcome) => outcome === 'succeeded') ? 'succeeded' : 'partial'
}
