/**
 * Runs whose calls end when a test says so: a rule can be seen at the very moment at which it acts.
 * Everything is real but the calls and the time: orchestrator, journal, memory storage. After each act
 * the journal is held against its laws, and what a test sees of the run is folded from the journal.
 */
import { checkJournal, createHandClock, type HandClock } from '@batonjs/testkit'
import { expect } from 'vitest'
import type { CheckRunner } from '../engine/check-runner.ts'
import type { RunCompleted } from '../events/run-events.ts'
import type { DurableEvent } from '../events/swarm-event.ts'
import { defineFlow } from '../flow/define-flow.ts'
import type { FlowInput } from '../flow/flow.ts'
import type { JsonValue } from '../flow/json.ts'
import { createOrchestrator, type Orchestrator } from '../orchestrator/create-orchestrator.ts'
import { createMemoryStorage } from '../orchestrator/memory/memory-storage.ts'
import type { Acknowledgement, ResumeOptions, RunRequest, SlotPolicy } from '../orchestrator/options.ts'
import type { Answer, RunStorage } from '../storage/storage.ts'
import { foldRun } from './fold.ts'
import {
  callsOf,
  clearDesk,
  type Deed,
  deedOf,
  endCall,
  type OpenCall,
  placeOf,
  type Script,
} from './hand-call.fixture.ts'
import type { Execution, RunState } from './state.ts'

/** How a run is begun, beside its flows. */
export interface HandRunOptions {
  /** Further flows. */
  readonly flows?: readonly FlowInput[]
  readonly request?: RunRequest
  readonly checks?: CheckRunner
  readonly slots?: SlotPolicy
}

let runs = 0
let draws = 0

/** Numbers that look random and never repeat, also from one process of a run to the next. */
function createChance(): () => number {
  return () => {
    draws += 1
    return (draws * 0.618_033_988_749_895) % 1
  }
}

/** Begins a run of a flow and lets it come to where only its calls can move it. */
export async function begin(flow: FlowInput, options: HandRunOptions = {}): Promise<HandRun> {
  const { flows = [], request = { flow: flow.key }, ...rest } = options
  const run = new HandRun([flow, ...flows], createMemoryStorage(), rest)
  await run.start(request)
  return run
}

/** Begins a run and ends its calls after a script, the oldest first, until nothing runs any more. */
export async function play(
  flow: FlowInput,
  script: Script = {},
  options: HandRunOptions = {},
): Promise<HandRun> {
  const run = await begin(flow, options)
  await run.finish(script)
  return run
}

/** A run as it would be found after its process died right after an event. */
export async function dieAfter(
  run: HandRun,
  seq: number,
  flows: readonly FlowInput[] = run.flows,
): Promise<HandRun> {
  const storage = createMemoryStorage()
  const events = run.events.filter((event) => event.seq <= seq)
  const writer = await storage.createRun(events)
  await writer.close()
  return new HandRun(flows, storage, run.options, events)
}

/** A run whose calls a test ends by hand. */
export class HandRun {
  readonly flows: readonly FlowInput[]
  readonly options: Omit<HandRunOptions, 'flows' | 'request'>
  readonly clock: HandClock = createHandClock()
  readonly events: DurableEvent[]
  readonly storage: RunStorage
  readonly orchestrator: Orchestrator
  #failure: unknown
  #id: string

  constructor(
    flows: readonly FlowInput[],
    storage: RunStorage,
    options: HandRun['options'],
    events: readonly DurableEvent[] = [],
  ) {
    this.flows = flows
    this.storage = storage
    this.options = options
    this.events = [...events]
    this.#id = events[0]?.runId ?? ''
    this.orchestrator = createOrchestrator({
      ...options,
      flows: flows.map((flow) => defineFlow(flow)),
      storage,
      clock: this.clock,
      retry: { delayMs: 1_000, maxRetries: 2 },
      random: createChance(),
    })
    this.orchestrator.on('*', (event) => void this.events.push(event))
  }

  /** Begins the run. */
  async start(request: RunRequest): Promise<void> {
    runs += 1
    this.#id = `run-${runs}`
    await this.orchestrator.start({ ...request, runId: this.#id })
    await this.#settle()
  }

  /** Goes on with the run; `undefined` flows are those that it was begun with. */
  async resume(options: ResumeOptions = {}): Promise<void> {
    clearDesk(this.#id)
    this.#own(this.orchestrator.resumeStream(this.#id, options)).catch((error: unknown) => {
      this.#failure = error
    })
    await this.#settle()
  }

  /** Reads a stream to its end: leaving it would stop the run. */
  async #own(stream: AsyncIterable<unknown>): Promise<void> {
    for await (const _ of stream) await null
  }

  /** Ends a running call: `step` or `step[item]`. */
  async end(place: string, deed: Deed = {}): Promise<void> {
    const call = this.#calls.find((one) => placeOf(one.context) === place)
    if (call === undefined) throw new Error(`"${place}" does not run, but: ${this.running.join(', ')}`)
    endCall(call, deed)
    await this.#settle()
  }

  /** Ends one call after the other, the oldest first, until none runs. */
  async finish(script: Script = {}): Promise<void> {
    for (let call = this.#calls[0]; call !== undefined; call = this.#calls[0]) {
      endCall(call, deedOf(script, call.context))
      await this.#settle()
    }
  }

  /** Answers the open request of a step. */
  async answer(stepId: string, answer: JsonValue, by = 'host'): Promise<Acknowledgement> {
    const request = [...this.state.open.values()].find((one) => one.execution.step.place.id === stepId)
    if (request === undefined) throw new Error(`"${stepId}" asks nothing`)
    return await this.respond(request.requestId, answer, by)
  }

  /** Answers a request by its id. */
  async respond(requestId: string, answer: JsonValue, by = 'host'): Promise<Acknowledgement> {
    // Also what the types would refuse: somebody in another process knows none.
    const given = answer as unknown as Answer
    const acknowledgement = await this.orchestrator.open(this.#id).respond(requestId, given, { by })
    await this.#settle()
    return acknowledgement
  }

  /** Lets time pass. */
  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms)
    await this.#settle()
  }

  get #calls(): readonly OpenCall[] {
    return callsOf(this.#id)
  }

  /** Lets happen what waits for nothing, then checks the record. */
  async #settle(): Promise<void> {
    await this.clock.advance(0)
    if (this.#failure !== undefined) throw this.#failure
    expect(checkJournal(this.events)).toEqual([])
  }

  /** Calls that have not ended, the oldest first. */
  get running(): readonly string[] {
    return this.#calls.map((call) => placeOf(call.context))
  }

  /** The state that the journal gives. */
  get state(): RunState {
    return foldRun(this.events)
  }

  /** Where each step of a visit stands, with the reason or the code. */
  steps(frame = `${this.flows[0]?.key}#1`): Readonly<Record<string, string>> {
    const steps = this.state.frames.get(frame)?.steps ?? []
    return Object.fromEntries(steps.map((one) => [one.place.id, standOf(one)]))
  }

  /** Executions in the order in which they began: `step[item]#iteration`, with the attempt from the second on. */
  get starts(): readonly string[] {
    return this.all('step_start').map(({ stepId, item, iteration, attempt }) => {
      const place = item === undefined ? stepId : `${stepId}[${item}]`
      return `${place}#${iteration}${attempt === 1 ? '' : `.${attempt}`}`
    })
  }

  /** How often each step ran. */
  get counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const { stepId } of this.all('step_start')) counts[stepId] = (counts[stepId] ?? 0) + 1
    return counts
  }

  /** `step: reason → target` of each routing decision. */
  get routes(): readonly string[] {
    return this.all('routing_decision').map(
      ({ stepId, reason, target = 'end' }) => `${stepId}: ${reason} → ${target}`,
    )
  }

  /** The events of one type. */
  all<Type extends DurableEvent['type']>(type: Type): Extract<DurableEvent, { readonly type: Type }>[] {
    return this.events.filter(
      (event): event is Extract<DurableEvent, { readonly type: Type }> => event.type === type,
    )
  }

  /** The end of the run. Throws while there is none. */
  get completed(): RunCompleted {
    const [completed] = this.all('run_completed').slice(-1)
    if (completed === undefined) throw new Error(`The run goes on: ${JSON.stringify(this.steps())}`)
    return completed
  }

  get status(): RunCompleted['status'] {
    return this.completed.status
  }
}

function standOf({ status, error, skipReason }: Execution): string {
  if (status === 'failed') return `failed: ${error?.code}`
  return status === 'skipped' ? `skipped: ${skipReason}` : status
}
