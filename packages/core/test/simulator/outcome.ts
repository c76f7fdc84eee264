/** How a run ended, without anything that may differ from one order of events to another. */
import type { DurableEvent } from '../../src/events/swarm-event.ts'
import type { FlowDefinition } from '../../src/flow/definition.ts'
import type { Audit } from './oracle/audit.ts'
import { surelyBefore, toPlainGraph } from './oracle/plain-graph.ts'
import type { Scenario } from './scenario.ts'

/** The end of a run by name: its status, its output, and each step and item with what it gave. */
export type Outcome = Readonly<Record<string, string>>

type EventOf<Type extends DurableEvent['type']> = Extract<DurableEvent, { readonly type: Type }>

/** The outcome of a journal. */
export function outcomeOf(journal: readonly DurableEvent[], { visits }: Audit): Outcome {
  const names = nameVisits(journal)
  const outcome: Record<string, string> = {}
  for (const [frame, visit] of visits) {
    const name = names.get(frame) ?? frame
    outcome[name] = visit.outcome ?? 'open'
    for (const { id, status, iteration } of visit.steps.values()) {
      outcome[`${name}/${id}`] = `${status} in iteration ${iteration}`
    }
  }
  for (const event of journal) {
    if (event.type === 'step_end') outcome[giftName(event, names)] = giftOf(event)
    if (event.type === 'run_completed') outcome.run = `${event.status} ${event.result?.output.digest}`
  }
  return outcome
}

function giftName(
  { frame, stepId, item, iteration }: EventOf<'step_end'>,
  names: ReadonlyMap<string, string>,
): string {
  return `${names.get(frame)}/${stepId}${item === undefined ? '' : `[${item}]`}#${iteration} gave`
}

function giftOf({ output, data, handoff }: EventOf<'step_end'>): string {
  return JSON.stringify([output.digest, output.text?.slice(0, 80), data, handoff?.verdict])
}

/** Visits are numbered as they begin: their names here tell who began them instead. */
function nameVisits(journal: readonly DurableEvent[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  const iterations = new Map<string, number>()
  let roots = 0
  for (const event of journal) {
    if (event.type === 'step_start') iterations.set(`${event.frame}/${event.stepId}`, event.iteration)
    if (event.type !== 'flow_start') continue
    const { frame, flowKey, parent } = event
    if (parent === undefined) {
      roots += 1
      names.set(frame, `${roots}. ${flowKey}`)
      continue
    }
    const place = `${parent.frame}/${parent.stepId}`
    const item = parent.item === undefined ? '' : `[${parent.item}]`
    names.set(frame, `${names.get(parent.frame)}/${parent.stepId}${item}#${iterations.get(place)} ${flowKey}`)
  }
  return names
}

/** What two runs of one scenario ended differently in; nothing when they ended alike. */
export function differenceOf(one: Outcome, other: Outcome): string | undefined {
  const name = [...new Set([...Object.keys(one), ...Object.keys(other)])].find(
    (key) => one[key] !== other[key],
  )
  return name === undefined ? undefined : `${name}: ${one[name]} or ${other[name]}`.slice(0, 600)
}

/**
 * Whether a step reads one that may not be over when it begins, so that it sees whatever is there by then. Facts belong
 * to the run: those of a child flow may come from another visit of it, beside this one.
 */
function readsAside(flow: FlowDefinition): boolean {
  const graph = toPlainGraph(flow)
  return flow.steps.some((step) => {
    const read = [...JSON.stringify(step).matchAll(/(?:\$|steps\.)(s\d+)\./g)].map(([, id]) => id ?? '')
    const before = surelyBefore(graph, step.id)
    return read.some((id) => id !== step.id && !before.has(id)) || /facts\.c/.test(step.when ?? '')
  })
}

/**
 * Whether nothing of the outcome may depend on the order of events: there is no race, no end that cuts others
 * off, no budget, time does not pass while calls could still end, and no loop brings steps
 * into the range of the request for which the others do not wait.
 */
export function isOrderless(
  { flows, request, host }: Scenario,
  definitions: readonly FlowDefinition[],
): boolean {
  const { stepExecutions, durationMs } = request.limits ?? {}
  const steps = flows.flatMap((flow) => flow.steps)
  return (
    !host.eager &&
    !isBudgeted({ flows, request }) &&
    stepExecutions === undefined &&
    durationMs === undefined &&
    !(request.startStep !== undefined && definitions.some((flow) => toPlainGraph(flow).loops.length > 0)) &&
    !definitions.some(readsAside) &&
    steps.every(
      ({ triggerRule, routing, onReject }) =>
        triggerRule !== 'one_success' && routing?.kind !== 'terminal' && onReject !== 'stop',
    )
  )
}

/** Whether what a call may take depends on what others have taken. */
function isBudgeted({ flows, request }: Pick<Scenario, 'flows' | 'request'>): boolean {
  return request.budget !== undefined || JSON.stringify(flows).includes('"budget":')
}
