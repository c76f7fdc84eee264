/**
 * Reads a journal from beginning to end and holds every start, skip, route and end against the rules of the
 * design, as they are written down a second time in this folder. Knows nothing of the kernel's code.
 */
import type { EventEnvelope } from '../../../src/events/envelope.ts'
import type { FlowStart, MacroRoute } from '../../../src/events/flow-events.ts'
import type { BudgetExceeded } from '../../../src/events/open-events.ts'
import type { RunCompleted, RunCreated } from '../../../src/events/run-events.ts'
import type { DurableEvent } from '../../../src/events/swarm-event.ts'
import type { FlowDefinition } from '../../../src/flow/definition.ts'
import { BudgetAudit } from './budget-audit.ts'
import { objectionToCensus } from './census-rule.ts'
import { type Journey, objectionToEnd, objectionToTransition } from './journey-rule.ts'
import { toPlainGraph } from './plain-graph.ts'
import { createPlainVisit, type PlainVisit, stepIn } from './plain-visit.ts'
import { QuotaAudit } from './quota-audit.ts'
import { VisitAudit } from './visit-audit.ts'

/** Everything that a journal does against the rules, and how its steps ended. */
export interface Audit {
  readonly problems: readonly string[]
  readonly visits: ReadonlyMap<string, PlainVisit>
}

/** What the audit has to know beside the journal. */
export interface AuditOptions {
  /** Somebody has told the run to cancel. @default false */
  readonly isCanceled?: boolean
  /** Calls wait for slots: what has been decided may begin after it was overtaken. @default false */
  readonly hasSlots?: boolean
  /** Whose quota an engine uses up. @default its own */
  readonly accounts?: Readonly<Record<string, string>>
  /** Engines that tell no price. @default none */
  readonly priceless?: readonly string[]
}

/** An event as it stands in the journal. */
export type Timed<Event> = Event & EventEnvelope

/** Audits a journal. */
export function auditJournal(
  journal: readonly DurableEvent[],
  { hasSlots = false, isCanceled = false, accounts = {}, priceless = [] }: AuditOptions = {},
): Audit {
  const audit = new RunAudit({ hasSlots, isCanceled, accounts, priceless })
  for (const event of journal) audit.take(event)
  const visits = new Map([...audit.visits].map(([frame, { visit }]) => [frame, visit]))
  return { problems: audit.problems, visits }
}

class RunAudit {
  readonly problems: string[] = []
  readonly visits = new Map<string, VisitAudit>()
  readonly #options: Required<AuditOptions>
  readonly #flows = new Map<string, FlowDefinition>()
  readonly #facts = new Set<string>()
  readonly #budgets: BudgetAudit
  readonly #quotas: QuotaAudit
  #journey: Journey | undefined
  /** The run was told to pause or to stop. */
  #isResting = false
  #event: DurableEvent | undefined

  constructor(options: Required<AuditOptions>) {
    this.#options = options
    const object = this.#object.bind(this)
    this.#budgets = new BudgetAudit({ ...options, object })
    this.#quotas = new QuotaAudit({ ...options, object })
  }

  take(event: DurableEvent): void {
    this.#event = event
    this.#budgets.take(event)
    this.#quotas.take(event)
    if ('stepId' in event) this.#readStep(event)
    else this.#read(event)
    if ('frame' in event) this.visits.get(event.frame)?.lookForWinners()
  }

  #read(event: DurableEvent): void {
    switch (event.type) {
      case 'run_created':
        return this.#create(event)
      case 'macro_route':
        return this.#travel(event)
      case 'flow_start':
        return this.#begin(event)
      case 'flow_end': {
        const visit = this.#visit(event.frame)
        visit.finish(event)
        if (visit.visit.parent === undefined) this.#journey?.outcomes.set(event.flowKey, event.status)
        return
      }
      case 'budget_exceeded':
        return this.#exceed(event)
      case 'run_completed':
        return this.#complete(event)
      case 'run_pausing':
      case 'run_stopping':
        this.#isResting = true
        return
      case 'run_resumed':
        this.#isResting = false
        this.#redo(event.rearmed)
    }
  }

  #readStep(event: Extract<DurableEvent, { readonly stepId: string; readonly frame: string }>): void {
    const visit = this.#visit(event.frame)
    switch (event.type) {
      case 'step_start':
        if (this.#isResting) this.#object(`${event.stepId} starts`, 'the run was told to rest')
        return visit.start(event)
      case 'map_expanded':
        return visit.expand(event)
      case 'step_end':
        return visit.end(event)
      case 'step_error':
        return visit.fail(event)
      case 'step_skipped':
        return event.item === undefined ? visit.skip(event) : visit.skipItem(event)
      case 'verification_passed':
      case 'verification_failed':
        return visit.check(event)
      case 'routing_decision':
        return visit.route(event)
      case 'facts_updated':
        for (const { key } of event.entries) this.#facts.add(key)
    }
  }

  #object(what: string, objection: string | undefined): void {
    if (objection !== undefined) this.problems.push(`seq ${this.#event?.seq}: ${what}: ${objection}`)
  }

  #visit(frame: string): VisitAudit {
    const visit = this.visits.get(frame)
    if (visit === undefined) throw new Error(`Visit ${frame} has not begun`)
    return visit
  }

  #create({ manifest, flows }: RunCreated): void {
    for (const flow of flows) this.#flows.set(flow.key, flow)
    const outcomes = new Map()
    this.#journey = {
      manifest,
      flows: this.#flows,
      position: 0,
      due: manifest.flows[0],
      visit: undefined,
      outcomes,
    }
  }

  #travel(event: MacroRoute): void {
    if (this.#journey === undefined) return
    this.#object('the run goes on', objectionToTransition(this.#journey, event))
    this.#journey.position = event.position
    this.#journey.due = event.toFlow
  }

  #begin(event: FlowStart & { readonly frame: string; readonly flowKey: string }): void {
    const { frame, flowKey, params, parent } = event
    const flow = this.#flows.get(flowKey)
    if (flow === undefined) throw new Error(`The run has no flow ${flowKey}`)
    const above = parent === undefined ? undefined : this.#visit(parent.frame).visit
    const waiting =
      above === undefined ? undefined : { visit: above, step: stepIn(above, parent?.stepId ?? '') }
    const visit = createPlainVisit({ id: frame, graph: toPlainGraph(flow), params, parent: waiting })
    const object = this.#object.bind(this)
    this.visits.set(frame, new VisitAudit({ flow, visit, facts: this.#facts, object, ...this.#options }))
    if (parent === undefined) this.#enter(event, { flow, at: visit })
  }

  /** A flow that nobody waits for begins: it must be due, and the request may leave out a part of it. */
  #enter(
    { flowKey, index }: FlowStart & { readonly flowKey: string },
    visit: NonNullable<Journey['visit']>,
  ): void {
    const journey = this.#journey
    if (journey === undefined) return
    if (journey.due !== flowKey) this.#object(`flow ${flowKey} begins`, `${journey.due} is due`)
    journey.due = undefined
    journey.visit = visit
    const { flows, startStep, endStep } = journey.manifest
    const ids = visit.flow.steps.map(({ id }) => id)
    const isLast = index !== undefined && journey.position === flows.length - 1
    const first = index === 1 && startStep !== undefined ? ids.indexOf(startStep) : 0
    const last = isLast && endStep !== undefined ? ids.indexOf(endStep) : ids.length
    const { outside, cut, graph } = visit.at
    for (const [place, id] of ids.entries()) if (place < first || place > last) outside.add(id)
    for (const edge of graph.edges) if (outside.has(edge.from)) cut.add(edge)
  }

  #exceed({ frame, limit, ofStep, ofRun }: BudgetExceeded & { readonly frame: string }): void {
    // The step fails, and its visit goes on.
    if (ofStep !== undefined) return
    const audit = this.#visit(frame)
    audit.visit.isFailed = true
    audit.visit.isOverBudget ||= limit !== 'stepExecutions'
    audit.visit.isOutOfTime ||= limit === 'durationMs'
    audit.visit.isLast ||= ofRun === true
    audit.close(limit === 'stepExecutions' ? 'step_budget' : 'budget')
  }

  /** A resume runs steps again that had failed or were skipped, by visits. */
  #redo(places: readonly string[]): void {
    const byVisit = new Map<string, string[]>()
    for (const place of places) {
      const frame = place.slice(0, place.indexOf('/'))
      byVisit.set(frame, [...(byVisit.get(frame) ?? []), place.slice(frame.length + 1)])
    }
    for (const [frame, steps] of byVisit) this.#visit(frame).redo(steps)
  }

  #complete(event: RunCompleted): void {
    const visits = [...this.visits.values()].map(({ visit }) => visit)
    this.#object('the run ends', objectionToCensus(event.census, visits))
    if (this.#journey !== undefined) this.#object('the run ends', objectionToEnd(this.#journey, event))
    const open = visits.filter(({ outcome }) => outcome === undefined)
    if (open.length > 0 && event.status !== 'canceled')
      this.#object('the run ends', `${open.length} visits are open`)
  }
}
