/** Holds what happens to the steps of one visit against the rules, and keeps where each stands. */
import type { FlowEnd } from '../../../src/events/flow-events.ts'
import type {
  RoutingDecision,
  VerificationFailed,
  VerificationPassed,
} from '../../../src/events/routing-events.ts'
import type {
  MapExpanded,
  StepEnd,
  StepError,
  StepSkipped,
  StepStart,
} from '../../../src/events/step-events.ts'
import type { FlowDefinition, StepDefinition } from '../../../src/flow/definition.ts'
import type { Timed } from './audit.ts'
import { judgeCondition, type PlainScope } from './condition-rule.ts'
import { itemsAgain, objectionToItem, objectionToMapEnd } from './map-rule.ts'
import { objectionToOutcome } from './outcome-rule.ts'
import {
  createPlainExecution,
  createPlainStep,
  isOver,
  type PlainExecution,
  type PlainStep,
  type PlainVisit,
  stepIn,
} from './plain-visit.ts'
import { CALLED_OFF, isTooEarly, objectionToRetry, retryPolicyOf, UNCOUNTED } from './retry-rule.ts'
import { objectionToRoute } from './route-rules.ts'
import { doomedBy, isBelow, objectionToSkip, objectionToStart, successesFor } from './start-rules.ts'

/** What a visit is audited with. */
export interface VisitAuditParts {
  readonly flow: FlowDefinition
  readonly visit: PlainVisit
  readonly facts: ReadonlySet<string>
  readonly isCanceled: boolean
  readonly hasSlots: boolean
  /** Takes in what is wrong with something, if anything is. */
  readonly object: (what: string, objection: string | undefined) => void
}

/** See the head of the file. */
export class VisitAudit {
  readonly visit: PlainVisit
  readonly flow: FlowDefinition
  readonly #parts: VisitAuditParts
  readonly #scope: PlainScope

  constructor(parts: VisitAuditParts) {
    this.#parts = parts
    this.visit = parts.visit
    this.flow = parts.flow
    this.#scope = { visit: parts.visit, facts: parts.facts }
  }

  start(event: Timed<StepStart>): void {
    const step = stepIn(this.visit, event.stepId)
    const name = nameOf(event)
    if (step.iteration !== event.iteration)
      this.#object(`${name} starts`, `its iteration is ${step.iteration}`)
    const execution =
      event.item === undefined ? step : (step.items?.get(event.item) ?? createPlainExecution())
    if (isTooEarly(execution, Date.parse(event.ts))) this.#object(`${name} starts again`, 'it is too early')
    if (event.item !== undefined) this.#startItem(event, step)
    else if (event.attempt === 1 || step.status === 'pending') this.#startStep(step, event)
    else if (step.status !== 'retrying') this.#object(`${name} starts again`, `it is ${step.status}`)
    execution.status = 'running'
  }

  expand({ stepId, items }: MapExpanded): void {
    const step = stepIn(this.visit, stepId)
    if (step.status !== 'running') this.#object(`${stepId} expands`, `it is ${step.status}`)
    step.items = new Map(items.map(({ key }) => [key, createPlainExecution()]))
    if (step.items.size < items.length) this.#object(`${stepId} expands`, 'two items have one key')
  }

  skip({ stepId, reason }: StepSkipped): void {
    const step = stepIn(this.visit, stepId)
    if (isOver(step)) this.#object(`${stepId} is skipped`, `it is ${step.status}`)
    const isCalledOff = (this.#parts.isCanceled && reason === 'stopped') || isBelow(this.#scope, reason)
    if (!isCalledOff) this.#object(`${stepId} is skipped`, objectionToSkip(this.#scope, stepId, reason))
    this.visit.doomed.delete(stepId)
    step.status = 'skipped'
    step.reason = reason
    step.taken = reason === 'condition' ? this.visit.graph.onwards.get(stepId) : undefined
  }

  skipItem(event: StepSkipped): void {
    Object.assign(this.#itemOf(event), { status: 'skipped', reason: event.reason })
  }

  end(event: StepEnd): void {
    if (event.item !== undefined) {
      this.#itemOf(event).status = 'succeeded'
      return
    }
    const step = this.#leave(event)
    this.#endMap(step, event)
    this.#endDoom(step)
    const { kind, verify, routing } = this.#definitionOf(step) ?? {}
    step.verdict = event.handoff?.verdict
    step.help = event.handoff?.canFurtherIterationHelp
    step.data = event.data
    step.isWithheld = event.dataRef !== undefined || (event.output.ref !== undefined && kind !== 'agent')
    step.status = 'ended'
    if (verify === undefined && routing === undefined) this.#succeed(step)
  }

  fail(event: Timed<StepError>): void {
    const execution = event.item === undefined ? this.#leave(event) : this.#itemOf(event)
    const policy = retryPolicyOf(this.flow, event)
    this.#object(`${nameOf(event)} fails (${event.error.code})`, objectionToRetry(execution, event, policy))
    if (event.willRetry && !UNCOUNTED.has(event.error.code)) execution.retries += 1
    execution.pause =
      event.retryAt === undefined ? undefined : { from: Date.parse(event.ts), until: event.retryAt }
    execution.status = event.willRetry ? 'retrying' : 'failed'
    if (event.item === undefined && !event.willRetry) this.#failStep(event)
  }

  check(event: VerificationPassed | VerificationFailed): void {
    const step = stepIn(this.visit, event.stepId)
    if (step.status !== 'ended') this.#object(`${step.id} is checked`, `it is ${step.status}`)
    step.isChecked = true
    if (event.type === 'verification_failed') step.verdict = event.gateStatusOnFail
    if (event.type === 'verification_failed' && event.error !== undefined) this.#settleFailed(step)
    else if (this.#definitionOf(step)?.routing === undefined) this.#succeed(step)
  }

  route(event: RoutingDecision): void {
    const step = stepIn(this.visit, event.stepId)
    const isCalledOff = event.decision === 'fail' && CALLED_OFF.has(event.reason)
    if (!isCalledOff)
      this.#object(`${step.id} is routed (${event.reason})`, objectionToRoute(this.#scope, event))
    if (event.decision === 'loop') return this.#rearm(event)
    if (event.decision === 'fail') return this.#settleFailed(step)
    step.isHeldUp = event.decision === 'end' && /(^|:)(step_)?budget$/.test(event.reason)
    if (event.decision === 'terminate') this.close('terminal')
    this.#succeed(step, event.target)
  }

  /** Nothing new starts from now on. */
  close(reason: string): void {
    this.visit.closed ??= reason
  }

  finish({ status, error }: FlowEnd): void {
    const { visit } = this
    const what = `visit ${visit.id} ends ${status}`
    visit.outcome = status
    const open = [...visit.steps.values()].filter((step) => !isOver(step)).map(({ id }) => id)
    if (open.length > 0) this.#object(what, `${open.join(', ')} has not settled`)
    if (visit.doomed.size > 0) this.#object(what, `${[...visit.doomed].join(', ')} is not lost`)
    if (error === undefined || !CALLED_OFF.has(error.code))
      this.#object(what, objectionToOutcome(visit, status))
    if (visit.parent !== undefined && status === 'partial') visit.parent.step.isBlemished = true
  }

  /** Its steps run again that had failed or were skipped: it is open again. */
  redo(ids: readonly string[]): void {
    const { visit } = this
    const isOpen = { isFailed: false, isOutOfTime: false, isOverBudget: false, isLast: false }
    Object.assign(visit, { ...isOpen, closed: undefined, outcome: undefined })
    this.#speakAgain(new Set(ids))
    for (const id of ids) {
      const step = stepIn(visit, id)
      const { iteration, items, isHeldUp, status } = step
      if (status === 'succeeded' && !isHeldUp) this.#object(`${id} runs again`, 'it succeeded')
      if (isHeldUp) Object.assign(step, { status: 'ended', taken: undefined, isHeldUp: false })
      else Object.assign(step, createPlainStep(id, iteration), { items: items && itemsAgain(items) })
      visit.winners.delete(id)
      visit.doomed.delete(id)
    }
  }

  /** The needs whose success each race sees first. */
  lookForWinners(): void {
    const { graph, winners } = this.visit
    for (const [id, { triggerRule }] of graph.steps) {
      if (triggerRule !== 'one_success' || winners.has(id)) continue
      const successes = successesFor(this.visit, id)
      if (successes.length > 0) winners.set(id, successes)
    }
  }

  #object(what: string, objection: string | undefined): void {
    this.#parts.object(what, objection)
  }

  #definitionOf({ id }: PlainStep): StepDefinition | undefined {
    return this.visit.graph.steps.get(id)
  }

  #startStep(step: PlainStep, { winner, contentKey }: StepStart): void {
    const what = `${step.id} starts`
    if (step.status !== 'pending') this.#object(what, `it is ${step.status}`)
    // One that is refused for want of money ends its visit, and then itself, uncalled.
    const isRefused = contentKey === '' && this.visit.isOverBudget
    if (!isRefused) this.#object(what, objectionToStart(this.visit, step.id))
    const { when, triggerRule } = this.#definitionOf(step) ?? {}
    if (when !== undefined && judgeCondition(when, this.#scope) === false)
      this.#object(what, 'its condition is false')
    const candidates = triggerRule === 'one_success' ? this.visit.winners.get(step.id) : undefined
    if (candidates !== undefined && !candidates.includes(winner ?? ''))
      this.#object(what, `"${winner}" won, not ${candidates.join(' or ')}`)
    for (const loser of doomedBy(this.visit, step.id)) {
      if (loser.status === 'ended') loser.isLate = true
      else this.visit.doomed.add(loser.id)
    }
  }

  #startItem(event: StepStart, step: PlainStep): void {
    const definition = this.#definitionOf(step)
    if (event.item === undefined || definition?.kind !== 'map') return
    const what = `${nameOf(event)} starts`
    if (step.status !== 'running') this.#object(what, `its map is ${step.status}`)
    this.#object(what, objectionToItem(step.items, event.item, definition))
  }

  #itemOf({ stepId, item = '' }: StepEnd | StepError | StepSkipped): PlainExecution {
    const execution = stepIn(this.visit, stepId).items?.get(item)
    if (execution !== undefined) return execution
    this.#object(`${stepId}[${item}]`, 'it is none of the recorded items')
    return createPlainExecution()
  }

  /** The step whose attempt ends. */
  #leave({ stepId }: StepEnd | StepError): PlainStep {
    const step = stepIn(this.visit, stepId)
    if (step.status !== 'running') this.#object(`${stepId} ends`, `it is ${step.status}`)
    return step
  }

  #endMap(step: PlainStep, event: StepEnd | StepError): void {
    const definition = this.#definitionOf(step)
    if (definition?.kind === 'map')
      this.#object(`${step.id} ends`, objectionToMapEnd(step.items, event, definition))
  }

  #failStep(event: StepError): void {
    const step = stepIn(this.visit, event.stepId)
    const { code } = event.error
    this.#endMap(step, event)
    this.#endDoom(step)
    this.#settleFailed(step)
    const { when, kind, onReject } = this.#definitionOf(step) ?? {}
    const isByCondition = code === 'condition_error' && when !== undefined && kind !== 'map'
    const judgement = isByCondition ? judgeCondition(when, this.#scope) : 'error'
    if (judgement !== undefined && judgement !== 'error')
      this.#object(`${step.id} fails`, `its condition gives ${judgement}`)
    if (code !== 'approval_rejected' || onReject !== 'stop') return
    this.visit.isFailed = true
    this.close('stopped')
  }

  /** A loser that ends by itself was not called off, unless it had ended before its race began. */
  #endDoom(step: PlainStep): void {
    if (this.visit.doomed.delete(step.id) && !this.#parts.hasSlots)
      this.#object(`${step.id} ends`, 'it has lost its race')
  }

  #succeed(step: PlainStep, taken = this.visit.graph.onwards.get(step.id)): void {
    step.status = 'succeeded'
    step.taken = taken
  }

  #settleFailed(step: PlainStep): void {
    step.status = 'failed'
    const goesOn = this.#definitionOf(step)?.allowFailure === true
    step.taken = goesOn ? this.visit.graph.onwards.get(step.id) : undefined
  }

  /** Steps that were out of range come in: edges between them count. */
  #speakAgain(ids: ReadonlySet<string>): void {
    const { outside, cut } = this.visit
    for (const id of ids) outside.delete(id)
    for (const edge of cut) if (ids.has(edge.from) && ids.has(edge.to)) cut.delete(edge)
  }

  #rearm({ resets = [], loopState = {}, rearmed = [] }: RoutingDecision): void {
    const { visit } = this
    for (const key of resets) visit.counts.delete(key)
    for (const [key, count] of Object.entries(loopState)) visit.counts.set(key, count)
    this.#speakAgain(new Set(rearmed.map(({ stepId }) => stepId)))
    for (const { stepId, iteration } of rearmed) {
      Object.assign(stepIn(visit, stepId), createPlainStep(stepId, iteration))
      visit.winners.delete(stepId)
      visit.doomed.delete(stepId)
    }
  }
}

function nameOf({ stepId, item }: Pick<StepError, 'stepId' | 'item'>): string {
  return item === undefined ? stepId : `${stepId}[${item}]`
}
