import {
  checkOptions,
  type EngineEvent,
  type MembersOf,
  type StepContext,
  type StepEngine,
  type StepResult,
  systemClock,
} from '@batonjs/core'
import { checkScript } from './check-script.ts'
import { toReplyChooser } from './choose-reply.ts'
import { perform, type Stage } from './perform.ts'
import { createRepairCounter } from './repair-counter.ts'
import type { StubCall, StubScript } from './script.ts'
import type { StubClock } from './stub-clock.ts'

/** An engine without a model, and the calls that it got. */
export interface StubEngine extends StepEngine {
  /** Every call since the start or the last {@link StubEngine.reset}, in the order in which they began. */
  readonly calls: readonly StubCall[]
  /** Forgets the calls. */
  reset(): void
}

/** How a stub engine works. */
export interface StubEngineOptions {
  /** @default 'stub' */
  readonly id?: string
  /** What delays are measured by. @default the time of the machine */
  readonly clock?: StubClock
  /** Whether `calls` is kept, with all prompts; turn it off for very long runs. @default true */
  readonly recordCalls?: boolean
}

const OPTIONS: MembersOf<StubEngineOptions> = {
  'id?': 'text',
  'clock?': { open: true, members: { now: 'function', setTimer: 'function' } },
  'recordCalls?': 'flag',
}

/**
 * Makes an engine that needs no model and no key. Without a script each call gets a synthetic answer
 * that says so, and that is the same for the same prompt. Throws `script_invalid`, `options_invalid`.
 *
 * @example
 * const engine = createStubEngine({ steps: { review: [{ verdict: 'UNVERIFIED' }, { text: 'Fine now' }] } })
 */
export function createStubEngine(
  script: StubScript = { steps: {} },
  options: StubEngineOptions = {},
): StubEngine {
  checkScript(script)
  checkOptions('createStubEngine', options, OPTIONS)
  const { id = 'stub', clock = systemClock, recordCalls = true } = options
  const choose = toReplyChooser(script)
  const countRepair = createRepairCounter()
  const calls: StubCall[] = []

  async function* runStep(context: StepContext): AsyncGenerator<EngineEvent, StepResult, void> {
    const { call, approvals, answers } = openCall(context, countRepair(context))
    if (recordCalls) calls.push(call)
    try {
      const reply = choose(call)
      const signal = reply.stubborn === true ? undefined : context.signal
      const result = yield* perform(reply, { call, approvals, answers, clock, signal, tools: 0 })
      call.state = 'returned'
      return result
    } catch (thrown) {
      const heeded = context.signal.aborted && thrown === context.signal.reason
      call.state = heeded ? 'aborted' : 'threw'
      if (heeded) return aborted(call)
      throw thrown
    } finally {
      if (call.state === 'open') call.state = 'closed'
    }
  }

  return {
    specVersion: 1,
    id,
    mode: 'stub',
    provider: 'stub',
    calls,
    runStep,
    reset: () => void calls.splice(0),
    probe: async () => ({ available: true, message: 'Answers are synthetic: no model is called' }),
  }
}

function aborted(call: StubCall): StepResult {
  const message = `[stub] ${call.address} was aborted`
  return { status: 'failed', output: '', error: { code: 'aborted', message, retryable: false } }
}

/** A call whose state its engine still writes. */
type OpenCall = Omit<StubCall, 'state'> & { state: StubCall['state'] }

function openCall(context: StepContext, repair: number) {
  const { flowKey, visit, stepId, item, iteration, attempt } = context
  const approvals: Stage['approvals'] = []
  const answers: Stage['answers'] = []
  const ofItem = item === undefined ? {} : { item }
  const place = item === undefined ? stepId : `${stepId}[${item}]`
  const address = `${flowKey}#${visit}/${place}#${iteration}.${attempt}`
  const call: OpenCall = {
    address,
    stepId,
    ...ofItem,
    iteration,
    attempt,
    repair,
    context,
    approvals,
    answers,
    state: 'open',
  }
  return { call, approvals, answers }
}
