/** Runs under a budget, and what they reserved. */
import type { StubReply } from '@batonjs/engine-stub'
import { allOf, checkJournal, createHandClock } from '@batonjs/testkit'
import { expect } from 'vitest'
import type { DurableEvent } from '../events/swarm-event.ts'
import type { Flow, StepInput } from '../flow/flow.ts'
import type { RunRequest, RunResult } from './options.ts'
import { createProcess, journalOf, type ProcessOptions, type TestProcess } from './process.fixture.ts'

/** A call that costs so much, and ten tokens. */
export const cost = (costUsd: number): StubReply => ({ costUsd, usage: { totalTokens: 10 } })
/** As {@link cost}, and takes 100 ms. */
export const slow = (costUsd: number): StubReply => ({ ...cost(costUsd), acts: [{ kind: 'wait', ms: 100 }] })
/** A step that is nothing but its prompt. */
export const step = (id: string) => ({ id, prompt: id })

/** Steps one after the other. */
export const steps = (...ids: readonly string[]): readonly StepInput[] => ids.map(step)

/** Steps side by side. */
export const beside = (...ids: readonly string[]): readonly StepInput[] =>
  ids.map((id) => ({ ...step(id), needs: [] }))

/** A process and what it is asked to run. */
interface Case extends ProcessOptions {
  readonly request?: RunRequest
}

/** Runs a flow to its end under a budget. */
export async function spend(
  what: readonly StepInput[] | readonly Flow[],
  { request, ...options }: Case,
): Promise<TestProcess & { readonly result: RunResult; readonly events: readonly DurableEvent[] }> {
  const clock = options.clock ?? createHandClock()
  const process = createProcess(what, { ...options, clock })
  const result = await clock.drive(process.orchestrator.execute({ runId: 'run-1', ...request }))
  const events = await journalOf(process.storage, 'run-1')
  expect(checkJournal(events)).toEqual([])
  return { ...process, clock, result, events }
}

/** What each attempt had reserved. */
export function reservations(events: readonly DurableEvent[]): readonly (readonly [string, unknown])[] {
  return allOf(events, 'step_start').map(({ stepId, reserved }) => [stepId, reserved])
}

/** When each step began, in milliseconds since the first. */
export function begins(events: readonly DurableEvent[]): Readonly<Record<string, number>> {
  const starts = allOf(events, 'step_start')
  const first = Date.parse(starts[0]?.ts ?? '')
  return Object.fromEntries(starts.map(({ stepId, item, ts }) => [item ?? stepId, Date.parse(ts) - first]))
}
