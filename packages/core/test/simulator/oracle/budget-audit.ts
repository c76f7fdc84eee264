/**
 * Holds what calls reserve, take and are refused against rule B3, by the journal alone: a call begins only with its
 * worst case reserved in every budget above it, its end settles what it took, and a budget is exceeded only when
 * there is too little even without what others have reserved.
 */
import type { CallBudget } from '../../../src/events/envelope.ts'
import type { BudgetExceeded } from '../../../src/events/open-events.ts'
import type { RunResumed, RunStopped } from '../../../src/events/run-events.ts'
import type { AttemptMeasures, StepError, StepStart } from '../../../src/events/step-events.ts'
import type { DurableEvent } from '../../../src/events/swarm-event.ts'
import { type CallPlace, DIMENSIONS, type Dimension, PlainBudgets, type PlainPlace } from './plain-budgets.ts'

/** What a budget audit is made of. */
export interface BudgetAuditParts {
  /** Engines that tell no price. */
  readonly priceless: readonly string[]
  /** Takes in what is wrong with something, if anything is. */
  readonly object: (what: string, objection: string | undefined) => void
}

/** A call that has reserved something. */
interface OpenCall {
  readonly reserved: CallBudget
  readonly places: readonly PlainPlace[]
}

type Ended = Extract<DurableEvent, { readonly type: 'step_end' | 'step_error' | 'step_skipped' }>

/** Sums of what engines tell may have an error. */
const EXACTNESS = 1e-6

/** See the head of the file. */
export class BudgetAudit {
  readonly #parts: BudgetAuditParts
  readonly #open = new Map<string, OpenCall>()
  /** What was exceeded, until the event that tells for whom. */
  #exceeded: (BudgetExceeded & { readonly frame: string })[] = []
  /** Visits that a budget has ended. */
  readonly #ended = new Set<string>()
  #budgets = new PlainBudgets(undefined, [])
  #resumedFrom: RunResumed['resumedFrom'] | undefined

  constructor(parts: BudgetAuditParts) {
    this.#parts = parts
  }

  take(event: DurableEvent): void {
    if (event.type === 'budget_exceeded') return this.#exceed(event)
    if (this.#exceeded.length > 0 && !isWithdrawal(event)) this.#judgeRefusal(event)
    switch (event.type) {
      case 'run_created':
        this.#budgets = new PlainBudgets(event.manifest.budget, event.flows)
        return
      case 'run_resumed':
        this.#resumedFrom = event.resumedFrom
        if (event.budget !== undefined) this.#budgets.ofRun = { ...this.#budgets.ofRun, ...event.budget }
        for (const place of event.rearmed) this.#ended.delete(place.slice(0, place.indexOf('/')))
        return
      case 'run_stopped':
        return this.#stop(event)
      case 'run_completed':
        if (this.#open.size > 0) this.#parts.object('the run ends', 'something is reserved still')
        return
      case 'flow_start':
        return this.#budgets.enter(event)
      case 'step_start':
        return this.#start(event)
      case 'step_end':
      case 'step_error':
      case 'step_skipped':
        return this.#settle(event)
    }
  }

  #start(event: StepStart): void {
    const { reserved, kind, contentKey } = event
    const what = `${nameOf(event)} begins`
    this.#budgets.begin(event)
    // After a start without a content key nothing is called.
    const isCall = kind === 'agent' && contentKey !== ''
    const places = this.#budgets.above(event)
    if (isCall) {
      this.#parts.object(what, this.#objectionToPrice(event, places))
      for (const name of DIMENSIONS)
        this.#parts.object(what, this.#objectionToReserved(places, name, reserved))
    } else if (reserved !== undefined) this.#parts.object(what, 'it calls nothing and reserves something')
    if (reserved === undefined) return
    this.#budgets.add(places, 'reserved', reserved)
    this.#open.set(nameOf(event), { reserved, places })
  }

  #objectionToPrice({ engine = '' }: StepStart, places: readonly PlainPlace[]): string | undefined {
    if (!this.#parts.priceless.includes(engine) || places.every(({ budget }) => mayBeUnpriced(budget)))
      return undefined
    return `engine "${engine}" tells no price`
  }

  #objectionToReserved(
    places: readonly PlainPlace[],
    name: Dimension,
    reserved: CallBudget | undefined,
  ): string | undefined {
    const bounds = places.filter(({ budget }) => budget?.[name] !== undefined)
    const amount = reserved?.[name]
    if (bounds.length === 0) return amount === undefined ? undefined : `nothing bounds its ${name}`
    const left = Math.min(...bounds.map((place) => this.#unspent(place, name) - this.#reserved(place, name)))
    const right = this.#worst(places, name) ?? left
    if (left < right - EXACTNESS || left <= EXACTNESS) return `only ${left} ${name} are left`
    return isNear(amount, right) ? undefined : `it should reserve ${right} ${name}, not ${amount}`
  }

  /** What a call can take at most, where its own step says so. */
  #worst([own]: readonly PlainPlace[], name: Dimension): number | undefined {
    return own?.owner === 'call' && own.budget?.[name] !== undefined ? this.#unspent(own, name) : undefined
  }

  #unspent(place: PlainPlace, name: Dimension): number {
    return (place.budget?.[name] ?? Number.POSITIVE_INFINITY) - this.#budgets.gone(place).spent[name]
  }

  #reserved(place: PlainPlace, name: Dimension): number {
    return this.#budgets.gone(place).reserved[name]
  }

  /** An attempt ends: what it told is taken, what nobody told is charged as it was reserved. */
  #settle(event: Ended): void {
    const name = nameOf(event)
    const call = this.#open.get(name)
    const told = toldIn(event)
    const isUncharged = event.charged === undefined && this.#mayHaveTakenNothing(event)
    const right = call === undefined || isUncharged ? {} : this.#chargeFor(event, call)
    for (const dimension of DIMENSIONS) {
      const charged = event.charged?.[dimension]
      if (!isNear(charged, right[dimension]))
        this.#parts.object(`${name} ends`, `it is charged with ${charged}, not ${right[dimension]}`)
    }
    this.#take(name, this.#budgets.above(event), { ...told, ...event.charged })
  }

  /** What a call took whose process died nobody knows, whatever it had told by then. */
  #chargeFor(event: Ended, call: OpenCall): CallBudget {
    const isCutOff = event.type === 'step_error' && CUT_OFF.has(event.error.code)
    return isCutOff && this.#resumedFrom === 'crash' ? call.reserved : chargeFor(event, call)
  }

  /** Only its process knows whether the service had been reached, or that it left the call while people were asked. */
  #mayHaveTakenNothing(event: Ended): boolean {
    if (event.type !== 'step_error' || event.usage !== undefined || event.costUsd !== undefined) return false
    const { code } = event.error
    return code === 'network' || (code === 'interrupted' && this.#resumedFrom !== 'crash')
  }

  /** What a stop has cut off is taken at once: the resume that ends the attempts knows nothing of it. */
  #stop({ cutOff = [] }: RunStopped): void {
    for (const taken of cutOff) {
      const name = nameOf(taken)
      this.#take(name, this.#budgets.above({ ...taken, iteration: this.#budgets.iterationOf(taken) }), taken)
    }
  }

  #take(name: string, places: readonly PlainPlace[], amounts: CallBudget): void {
    const call = this.#open.get(name)
    this.#open.delete(name)
    this.#budgets.add(places, 'spent', amounts)
    if (call !== undefined) this.#budgets.add(call.places, 'reserved', call.reserved, -1)
  }

  #exceed(event: BudgetExceeded & { readonly frame: string }): void {
    if (event.limit === 'costUsd' || event.limit === 'tokens') this.#exceeded.push(event)
  }

  /** For whom it was exceeded tells the event after it, unless the process has died between them. */
  #judgeRefusal(event: DurableEvent): void {
    const told = this.#exceeded
    this.#exceeded = []
    const closed = told.filter(({ ofStep }) => ofStep === undefined).map(({ frame }) => frame)
    if (event.type === 'step_start' || event.type === 'step_skipped') {
      const call = { ...event, iteration: event.iteration }
      this.#parts.object(`${nameOf(event)} is refused`, this.#objectionToRefusal(call, told))
    } else if (event.type !== 'run_resumed') this.#parts.object(event.type, 'nobody was refused before it')
    for (const frame of closed) this.#ended.add(frame)
  }

  #objectionToRefusal(
    call: CallPlace & { readonly iteration: number },
    told: readonly (BudgetExceeded & { readonly frame: string })[],
  ): string | undefined {
    const places = this.#budgets.above(call)
    const [first] = told
    // Only these two are kept.
    const name = first?.limit as Dimension
    const least = this.#worst(places, name) ?? 0
    const short = places.find((place) => isTooLittle(this.#unspent(place, name), least))
    if (short === undefined) return 'there is enough, but for what others have reserved'
    const { owner, top, budget } = short
    const isOwn = owner === 'call' || owner === 'map'
    const right = {
      frames: isOwn ? [call.frame] : this.#openVisits(call, top),
      ofStep: isOwn ? call.stepId : undefined,
      ofRun: owner === 'run' ? true : undefined,
      value: budget?.[name],
    }
    const frames = told.map(({ frame }) => frame)
    const is = { frames, ofStep: first?.ofStep, ofRun: first?.ofRun, value: first?.value }
    const [should, does] = [JSON.stringify(right), JSON.stringify(is)]
    return should === does ? undefined : `it tells ${does} instead of ${should}`
  }

  /** Visits that end with a budget and have not been told of, the uppermost first. */
  #openVisits(call: CallPlace, top: string | undefined): readonly string[] {
    return this.#budgets
      .visitsUpTo(call, top)
      .filter((frame) => !this.#ended.has(frame))
      .reverse()
  }
}

const CUT_OFF: ReadonlySet<string> = new Set(['interrupted', 'poisoned'])

/** What an attempt before has asked is withdrawn when the next one is refused. */
function isWithdrawal(event: DurableEvent): boolean {
  return 'outcome' in event && 'requestId' in event && event.outcome === 'withdrawn'
}

/** Failures with which a service says that it has done nothing. */
const NOT_TAKEN_UP: ReadonlySet<string> = new Set([
  'auth',
  'context_overflow',
  'engine_unavailable',
  'invalid_request',
  'overloaded',
  'quota',
  'rate_limit',
])

function chargeFor(event: Ended, { reserved, places }: OpenCall): CallBudget {
  const told = toldIn(event)
  const hasTold = event.usage !== undefined || event.costUsd !== undefined
  if (!hasTold && isNotTakenUp(event)) return {}
  const isFree = hasTold && places.every(({ budget }) => mayBeUnpriced(budget))
  return {
    ...(told.costUsd === undefined && reserved.costUsd !== undefined && !isFree
      ? { costUsd: reserved.costUsd }
      : {}),
    ...(told.tokens === undefined && reserved.tokens !== undefined ? { tokens: reserved.tokens } : {}),
  }
}

function isNotTakenUp(event: Ended): event is Ended & StepError {
  return event.type === 'step_error' && NOT_TAKEN_UP.has(event.error.code)
}

function toldIn({ usage = {}, costUsd }: AttemptMeasures): CallBudget {
  const { inputTokens, outputTokens, totalTokens } = usage
  const hasParts = inputTokens !== undefined || outputTokens !== undefined
  const tokens = totalTokens ?? (hasParts ? (inputTokens ?? 0) + (outputTokens ?? 0) : undefined)
  return { ...(costUsd === undefined ? {} : { costUsd }), ...(tokens === undefined ? {} : { tokens }) }
}

function mayBeUnpriced(budget: PlainPlace['budget']): boolean {
  return budget?.costUsd === undefined || budget.unpriced === 'allow'
}

function isTooLittle(unspent: number, least: number): boolean {
  return unspent <= EXACTNESS || unspent < least - EXACTNESS
}

function isNear(a: number | undefined, b: number | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && Math.abs(a - b) < EXACTNESS)
}

function nameOf({ frame, stepId, item }: CallPlace): string {
  return `${frame}/${stepId}${item === undefined ? '' : `[${item}]`}`
}
