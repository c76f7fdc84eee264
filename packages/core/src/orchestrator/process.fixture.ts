import { createStubEngine, type StubEngine, type StubReplies, type StubScript } from '@batonjs/engine-stub'
import { createHandClock, type HandClock } from '@batonjs/testkit'
import type { DurableEvent, SwarmEvent } from '../events/swarm-event.ts'
import { defineFlow } from '../flow/define-flow.ts'
import type { Flow, StepInput } from '../flow/flow.ts'
import type { RunStorage } from '../storage/storage.ts'
import { createOrchestrator, type Orchestrator } from './create-orchestrator.ts'
import { createMemoryStorage } from './memory/memory-storage.ts'
import type { OrchestratorOptions, Run } from './options.ts'

/** One process as a test sees it: an orchestrator with its own engine, on a storage that can outlive it. */
export interface TestProcess {
  readonly orchestrator: Orchestrator
  readonly engine: StubEngine
  readonly clock: HandClock
  readonly storage: RunStorage
  /** `step#iteration.attempt` of each call that the engine got, in order. */
  readonly called: () => readonly string[]
}

/** What a process is made of. */
export interface ProcessOptions extends Omit<Partial<OrchestratorOptions>, 'clock'> {
  readonly replies?: Readonly<Record<string, StubReplies>>
  readonly script?: StubScript
  readonly clock?: HandClock
}

/** Starts a process that runs these steps, as the flow `main`, or these flows. */
export function createProcess(
  what: readonly StepInput[] | readonly Flow[],
  {
    replies = {},
    script,
    clock = createHandClock(),
    storage = createMemoryStorage(),
    ...rest
  }: ProcessOptions = {},
): TestProcess {
  const engine = createStubEngine(script ?? { steps: replies }, { clock })
  const orchestrator = createOrchestrator({
    flows: toFlows(what),
    engines: [engine],
    ...rest,
    clock,
    storage,
  })
  const called = (): readonly string[] =>
    engine.calls.map(({ address }) => address.slice(address.indexOf('/') + 1))
  return { orchestrator, engine, clock, storage, called }
}

function toFlows(what: readonly StepInput[] | readonly Flow[]): readonly Flow[] {
  return isFlows(what) ? what : [defineFlow({ key: 'main', steps: what })]
}

function isFlows(what: readonly StepInput[] | readonly Flow[]): what is readonly Flow[] {
  return what.some((one) => 'functions' in one)
}

/** Reads a run's events, from the first on, until one is the one that is waited for, and leaves. */
export async function readUntil(
  run: Run,
  isWanted: (event: SwarmEvent) => boolean,
): Promise<readonly SwarmEvent[]> {
  const events: SwarmEvent[] = []
  for await (const event of run.events()) {
    events.push(event)
    if (isWanted(event)) return events
  }
  throw new Error(`The run ended first: ${events.map(({ type }) => type).join(', ')}`)
}

/** Whether a step has begun. */
export function startOf(stepId: string): (event: SwarmEvent) => boolean {
  return (event) => event.type === 'step_start' && event.stepId === stepId
}

/** The journal of a run. */
export async function journalOf(storage: RunStorage, runId: string): Promise<readonly DurableEvent[]> {
  const events: DurableEvent[] = []
  for await (const event of storage.readEvents(runId)) events.push(event)
  return events
}

/** What a promise rejects with, as its code; fails when it resolves. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (thrown) {
    // Whatever was thrown: a test compares the code with what it expects.
    return (thrown as { code?: unknown }).code
  }
  throw new Error('It was expected to be refused')
}
