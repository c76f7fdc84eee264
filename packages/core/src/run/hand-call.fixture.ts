/** Function steps whose calls lie on a desk until a test ends them. */
import type { CheckRunner, CommandOutcome } from '../engine/check-runner.ts'
import type { FunctionContext } from '../engine/context.ts'
import { RunError } from '../errors/swarm-error.ts'
import type { Handoff } from '../events/envelope.ts'
import type { FlowInput, FunctionStepInput, StepInput } from '../flow/flow.ts'
import type { JsonValue } from '../flow/json.ts'

/** What a call does. Without `value` it gives its own address, which no other iteration gives. */
export interface Deed {
  readonly value?: JsonValue
  readonly verdict?: string
  readonly handoff?: Handoff
  /** Fails with this code. */
  readonly fail?: string
  /** The failure may be tried again. */
  readonly retryable?: boolean
}

/** Deeds by step, or by `step[item]`: one for every iteration, or one each, the last for all that follow. */
export type Script = Readonly<Record<string, Deed | readonly Deed[]>>

/** A step whose call the test ends. */
export function step(id: string, policy: Partial<FunctionStepInput> = {}): FunctionStepInput {
  return { id, kind: 'function', run: layOnDesk, ...policy }
}

/** The step that a map runs, without an id. */
export const itemStep = { kind: 'function', run: layOnDesk } as const

/** A flow `main` of these steps. */
export function main(...steps: readonly StepInput[]): FlowInput {
  return { key: 'main', steps }
}

/** A call that has begun and not ended. */
export interface OpenCall {
  readonly context: FunctionContext
  readonly resolve: (value: JsonValue) => void
  readonly reject: (reason: unknown) => void
}

const desks = new Map<string, readonly OpenCall[]>()

function layOnDesk(context: FunctionContext): Promise<JsonValue> {
  return new Promise((resolve, reject) => {
    const call = { context, resolve, reject }
    desks.set(context.runId, [...callsOf(context.runId), call])
    context.signal.addEventListener('abort', () => {
      takeOff(call)
      reject(context.signal.reason)
    })
  })
}

function takeOff(call: OpenCall): void {
  const { runId } = call.context
  desks.set(
    runId,
    callsOf(runId).filter((one) => one !== call),
  )
}

/** The calls of a run that have not ended, the oldest first. */
export function callsOf(runId: string): readonly OpenCall[] {
  return desks.get(runId) ?? []
}

/** Forgets the calls of a run whose process is gone. */
export function clearDesk(runId: string): void {
  desks.delete(runId)
}

/** Ends a call. */
export function endCall(call: OpenCall, { value, verdict, handoff, fail, retryable = false }: Deed): void {
  const { context } = call
  takeOff(call)
  if (fail !== undefined) {
    call.reject(new RunError(`${context.stepId} failed as it was told to`, { code: fail, retryable }))
    return
  }
  if (verdict !== undefined || handoff !== undefined) {
    context.handoff({ ...handoff, ...(verdict === undefined ? {} : { verdict }) })
  }
  call.resolve(value === undefined ? addressOf(context) : value)
}

/** The address without the attempt. */
function addressOf(context: FunctionContext): string {
  const { flowKey, visit, iteration } = context
  return `${flowKey}#${visit}/${placeOf(context)}#${iteration}`
}

/** `step` or `step[item]`. */
export function placeOf({ stepId, item }: FunctionContext): string {
  return item === undefined ? stepId : `${stepId}[${item}]`
}

/** What a script says of a call. */
export function deedOf(script: Script, context: FunctionContext): Deed {
  const deeds = script[placeOf(context)] ?? script[context.stepId] ?? {}
  if (!isList(deeds)) return deeds
  return deeds[Math.min(context.iteration, deeds.length) - 1] ?? {}
}

function isList(deeds: Deed | readonly Deed[]): deeds is readonly Deed[] {
  return Array.isArray(deeds)
}

/** A check runner whose commands end when the test says so. */
export class HandChecks implements CheckRunner {
  #waiting: ((outcome: CommandOutcome) => void)[] = []

  run(): Promise<CommandOutcome> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  /** Lets every waiting command succeed. */
  pass(output = ''): void {
    this.#end({ exitCode: 0, output })
  }

  /** Lets every waiting command fail. */
  fail(output = ''): void {
    this.#end({ exitCode: 1, output })
  }

  #end(outcome: CommandOutcome): void {
    for (const resolve of this.#waiting.splice(0)) resolve(outcome)
  }
}
