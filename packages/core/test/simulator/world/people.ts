/**
 * People who answer what a run asks, well and badly, from its process and from others.
 *
 * Invariant: a request that somebody is to answer stays a choice of the world until it has ended, whatever
 * becomes of the process that asked it.
 */
import type { RequestEvent } from '../../../src/events/request-events.ts'
import type { DurableEvent } from '../../../src/events/swarm-event.ts'
import type { RequestHandler, Run } from '../../../src/orchestrator/options.ts'
import type { Answer as Given } from '../../../src/storage/storage.ts'
import { type Answer, behaviourKey, type Nuisance, type Scenario } from '../scenario.ts'
import type { Process, World } from './world.ts'

type Asked = Extract<RequestEvent, { readonly answerSchema: unknown }>

/** Where people find a run. */
export interface Doors {
  /** A handle in the process that owns the run, while one does. */
  here(): Run | undefined
  /** A handle in another process. */
  elsewhere(): Run
}

/** See the head of the file. */
export class People {
  readonly #world: World
  readonly #scenario: Scenario
  readonly #doors: Doors
  readonly #self: Process
  readonly #open = new Map<string, Asked>()
  readonly #offered = new Map<string, () => void>()
  /** Answers that were given so far. */
  given = 0

  constructor(
    world: World,
    scenario: Scenario,
    { doors, self }: { readonly doors: Doors; readonly self: Process },
  ) {
    this.#world = world
    this.#scenario = scenario
    this.#doors = doors
    this.#self = self
  }

  /** The deadline that comes first among the requests that wait. */
  get nextDeadline(): number | undefined {
    const deadlines = [...this.#open.values()].flatMap(({ deadlineAt }) => deadlineAt ?? [])
    return deadlines.length === 0 ? undefined : Math.min(...deadlines)
  }

  /** Takes in what has become durable. */
  observe(events: readonly DurableEvent[]): void {
    for (const event of events) {
      if ('answerSchema' in event) this.#asked(event)
      else if ('outcome' in event && 'requestId' in event) this.#ended(event.requestId)
    }
  }

  /** Offers again whatever still waits, after a restart. */
  askAgain(): void {
    for (const request of this.#open.values()) if (!this.#offered.has(request.requestId)) this.#offer(request)
  }

  /** The host's own way to answer, in a process. */
  handlerOf(process: Process): RequestHandler {
    return async ({ content }) => {
      const answer = this.#answerOf(content)
      if (answer.via !== 'host' || answer.says === 'nothing') return undefined
      await this.#world.turnOf(process, `the host answers ${content.requestId}`)
      return { answer: answerTo(content, answer.says === 'yes'), by: 'ann' }
    }
  }

  #asked(request: Asked): void {
    this.#open.set(request.requestId, request)
    this.#offer(request)
  }

  #ended(requestId: string): void {
    const request = this.#open.get(requestId)
    this.#open.delete(requestId)
    this.#offered.get(requestId)?.()
    this.#offered.delete(requestId)
    if (request === undefined || !this.#answerOf(request).nuisances.includes('afterwards')) return
    this.#world.offer(this.#self, `somebody answers ${requestId} too late`, () =>
      this.#send(request, false, 'submit'),
    )
  }

  #offer(request: Asked): void {
    const answer = this.#answerOf(request)
    if (answer.says === 'nothing' || (answer.via === 'host' && this.#doors.here() !== undefined)) return
    const take = (): void => {
      this.#offered.delete(request.requestId)
      this.#give(request, answer)
    }
    this.#offered.set(
      request.requestId,
      this.#world.offer(this.#self, `somebody answers ${request.requestId}`, take),
    )
  }

  #give(request: Asked, answer: Answer): void {
    const yes = answer.says === 'yes'
    for (const nuisance of answer.nuisances) this.#pester(request, nuisance, answer)
    this.#send(request, yes, answer.via)
    if (answer.nuisances.includes('twice')) this.#send(request, !yes, answer.via)
  }

  #pester(request: Asked, nuisance: Nuisance, { via, says }: Answer): void {
    const takesAnything = Object.keys(request.answerSchema).length === 0
    if (nuisance === 'invalid' && !takesAnything)
      this.#deliver(request.requestId, via, { answer: 42, by: 'ann' })
    if (nuisance === 'unknown') this.#deliver('req-unknown', via, { answer: true, by: 'ann' })
    const isStrange = nuisance === 'stranger' && request.answerers !== undefined
    if (isStrange)
      this.#deliver(request.requestId, via, { answer: answerTo(request, says !== 'yes'), by: 'eve' })
  }

  #send(request: Asked, yes: boolean, via: Answer['via']): void {
    this.#deliver(request.requestId, via, { answer: answerTo(request, yes), by: 'ann' })
  }

  #deliver(requestId: string, via: Answer['via'], { answer, by }: { answer: unknown; by: string }): void {
    // What a nuisance says is none that the types allow.
    const given = answer as Given
    const run = (via === 'respond' ? this.#doors.here() : undefined) ?? this.#doors.elsewhere()
    const receipt = run.respond(requestId, given, { by })
    this.given += 1
    // A process that gives the run up meanwhile takes no answer: the request is still there afterwards.
    receipt.catch(() => {})
  }

  #answerOf(request: Asked): Answer {
    const behaviour = this.#scenario.behaviours[behaviourKey(request.flowKey, request.stepId)]
    const name = request.type === 'proposed_action' ? request.action.name : request.prompt
    const index = /^ask-(\d+)$/.exec(name)?.[1]
    const answer = index === undefined ? behaviour?.answer : behaviour?.asks[Number(index)]?.answer
    return answer ?? { says: 'yes', via: 'respond', nuisances: [] }
  }
}

/** An answer that matches what is asked. */
export function answerTo(request: Asked, yes: boolean): Given {
  switch (request.type) {
    case 'approval_requested':
    case 'proposed_action':
      return { approved: yes }
    case 'clarification_needed':
      return { answers: { q: yes ? 'yes' : 'no' } }
    case 'callback_awaited':
      return { payload: { ok: yes } }
  }
}
