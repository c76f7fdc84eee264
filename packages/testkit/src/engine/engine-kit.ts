import { type EngineEvent, type StepEngine, type StepResult, toPlainError } from '@batonjs/core'
import { expectEqual, fail, within } from '../suite/expect.ts'
import type { TestStepContext, TestStepContextOptions } from './step-context.ts'

/** How an engine is brought into the situations that the kit cannot bring about by itself. */
export interface EngineScenarios {
  /** A call that yields at least one event and then takes longer than `graceMs` unless it is aborted. */
  readonly slow?: TestStepContextOptions
  /** A call that fails. */
  readonly failing?: TestStepContextOptions
  /** A call that proposes an action through `approve`. */
  readonly proposing?: TestStepContextOptions
}

/** One engine under test and the means to call it. */
export interface EngineKit {
  readonly engine: StepEngine
  readonly scenarios: EngineScenarios
  readonly timeoutMs: number
  readonly graceMs: number
  /** A context for this engine. */
  context(options?: TestStepContextOptions): TestStepContext
}

/** One promise of an engine. */
export interface EngineCase {
  readonly title: string
  /** The scenario without which it is skipped. */
  readonly needs?: keyof EngineScenarios | 'deterministic'
  run(kit: EngineKit): Promise<void>
}

/** How a call ended. */
export interface CallOutcome {
  readonly events: readonly EngineEvent[]
  readonly ending: { readonly result: StepResult } | { readonly thrown: unknown }
}

/** The generator of an engine's call. */
export type EngineCall = ReturnType<StepEngine['runStep']>

/** Begins a call; fails unless that gives a generator. */
export function begin({ engine }: EngineKit, context: TestStepContext): EngineCall {
  const call = engine.runStep(context)
  for (const method of ['next', 'return', 'throw'] as const) {
    const isThere = typeof call?.[method] === 'function'
    if (!isThere)
      fail(`runStep gives no generator, for it has no ${method}(): write "async *runStep(context)"`)
  }
  return call
}

/** Makes one call and reads it to its end. */
export async function callEngine(kit: EngineKit, context: TestStepContext): Promise<CallOutcome> {
  return await within(kit.timeoutMs, drain(begin(kit, context)), 'The call')
}

/** As {@link callEngine}; fails unless the call succeeds, for a call that fails proves nothing else. */
export async function succeed(
  kit: EngineKit,
  context: TestStepContext,
): Promise<Pick<CallOutcome, 'events'> & { readonly result: StepResult }> {
  const outcome = await callEngine(kit, context)
  const result = resultOf(outcome)
  const why = result?.error === undefined ? '' : `: ${result.error.message} (${result.error.code})`
  expectEqual(result?.status, 'succeeded', `the status of a call that has to succeed${why}`)
  return { events: outcome.events, result }
}

/** Reads a call to its end. */
export async function drain(call: EngineCall): Promise<CallOutcome> {
  const events: EngineEvent[] = []
  try {
    for (;;) {
      const step = await call.next()
      if (step.done === true) return { events, ending: { result: step.value } }
      events.push(step.value)
    }
  } catch (thrown) {
    return { events, ending: { thrown } }
  }
}

/** The result of a call; fails when it threw. */
export function resultOf({ ending }: CallOutcome): StepResult {
  return 'result' in ending ? ending.result : fail(`The call throws: ${toPlainError(ending.thrown).message}`)
}

/** Begins a slow call and reads its first event, so that it can be cut off in the middle. */
export async function beginSlowly(kit: EngineKit, options: TestStepContextOptions = {}) {
  const call = begin(kit, kit.context({ ...kit.scenarios.slow, ...options }))
  const first = await within(kit.timeoutMs, call.next(), 'The first event of the slow call')
  if (first.done === true) fail('The scenario "slow" ends without an event, so it cannot be cut off')
  return call
}
