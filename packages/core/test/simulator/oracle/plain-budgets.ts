/**
 * Which budgets stand above a call by rule B3, and what of them is gone, written down a second time: everything is
 * added up under a name, and nothing is kept beside the definitions.
 */
import type { CallBudget } from '../../../src/events/envelope.ts'
import type { FlowStart } from '../../../src/events/flow-events.ts'
import type { Budget } from '../../../src/flow/budget.ts'
import type { FlowDefinition } from '../../../src/flow/definition.ts'

/** What budgets bound. */
export type Dimension = 'costUsd' | 'tokens'

export const DIMENSIONS: readonly Dimension[] = ['costUsd', 'tokens']

/** A call, by what stands in each of its events. */
export interface CallPlace {
  readonly frame: string
  readonly stepId: string
  readonly item?: string
}

/** A place that can have a budget. */
export interface PlainPlace {
  /** What its balance is added up under. */
  readonly key: string
  readonly budget: Budget | undefined
  /** The call's own, its map's, that of the run, or one between them. */
  readonly owner: 'call' | 'map' | 'visit' | 'run'
  /** The uppermost visit below it: it ends when the budget is used up. Nothing for what is the step's own. */
  readonly top: string | undefined
}

/** What of a place is gone. */
export interface Gone {
  readonly spent: Record<Dimension, number>
  readonly reserved: Record<Dimension, number>
}

interface Visit {
  readonly flow: FlowDefinition
  /** What it runs for, as it stood when the visit began. */
  readonly parent: (CallPlace & { readonly iteration: number }) | undefined
}

/** The budgets of a run. */
export class PlainBudgets {
  /** The run's, with what resumes gave. */
  ofRun: Budget | undefined
  readonly #flows = new Map<string, FlowDefinition>()
  readonly #visits = new Map<string, Visit>()
  readonly #iterations = new Map<string, number>()
  readonly #gone = new Map<string, Gone>()

  constructor(ofRun: Budget | undefined, flows: readonly FlowDefinition[]) {
    this.ofRun = ofRun
    for (const flow of flows) this.#flows.set(flow.key, flow)
  }

  /** A visit begins. */
  enter({ frame, flowKey, parent }: FlowStart & { readonly frame: string; readonly flowKey: string }): void {
    const flow = this.#flows.get(flowKey)
    if (flow === undefined) throw new Error(`The run has no flow ${flowKey}`)
    const above = parent && { ...parent, iteration: this.iterationOf(parent) }
    this.#visits.set(frame, { flow, parent: above })
  }

  /** An execution begins. */
  begin({ frame, stepId, iteration }: CallPlace & { readonly iteration: number }): void {
    this.#iterations.set(`${frame}/${stepId}`, iteration)
  }

  /** The iteration that a step is in. */
  iterationOf({ frame, stepId }: CallPlace): number {
    return this.#iterations.get(`${frame}/${stepId}`) ?? 1
  }

  /** The places above a call, the nearest first. */
  above(call: CallPlace & { readonly iteration: number }, top?: string): readonly PlainPlace[] {
    const visit = this.#visits.get(call.frame)
    if (visit === undefined) throw new Error(`Visit ${call.frame} has not begun`)
    const own = this.#ofStep(visit.flow, call, top)
    const flow = { key: call.frame, budget: visit.flow.budget, owner: 'visit', top: call.frame } as const
    const { parent } = visit
    if (parent !== undefined) return [...own, flow, ...this.above(parent, call.frame)]
    return [...own, flow, { key: 'the run', budget: this.ofRun, owner: 'run', top: call.frame }]
  }

  /** The visits from that of a call up to another one. */
  visitsUpTo({ frame }: CallPlace, top: string | undefined): readonly string[] {
    const parent = frame === top ? undefined : this.#visits.get(frame)?.parent
    return parent === undefined ? [frame] : [frame, ...this.visitsUpTo(parent, top)]
  }

  /** What of a place is gone. */
  gone({ key }: PlainPlace): Gone {
    const known = this.#gone.get(key)
    if (known !== undefined) return known
    const gone: Gone = { spent: { costUsd: 0, tokens: 0 }, reserved: { costUsd: 0, tokens: 0 } }
    this.#gone.set(key, gone)
    return gone
  }

  /** Adds to what is spent or reserved of each of these places. */
  add(places: readonly PlainPlace[], what: keyof Gone, amounts: CallBudget, sign: 1 | -1 = 1): void {
    for (const place of places)
      for (const name of DIMENSIONS) this.gone(place)[what][name] += sign * (amounts[name] ?? 0)
  }

  #ofStep(
    { steps }: FlowDefinition,
    { frame, stepId, item, iteration }: CallPlace & { readonly iteration: number },
    top: string | undefined,
  ): readonly PlainPlace[] {
    const step = steps.find(({ id }) => id === stepId)
    const key = `${frame}/${stepId}#${iteration}`
    const owner = (near: 'call' | 'map') => (top === undefined ? near : 'visit')
    if (item === undefined) return [{ key, budget: step?.budget, owner: owner('call'), top }]
    const each = step?.kind === 'map' ? step.step.budget : undefined
    return [
      { key: `${key}[${item}]`, budget: each, owner: owner('call'), top },
      { key, budget: step?.budget, owner: owner('map'), top },
    ]
  }
}
