/**
 * My job: to drive an engine's generator and to make sense of whatever it yields and returns.
 *
 * Invariants:
 * 1. A tool start and a session are durable before the engine goes on (rules H4 and S5).
 * 2. What is malformed is dropped and told as a diagnostic; it never reaches the record.
 */

import type { StepContext } from '../../engine/context.ts'
import type { StepEngine } from '../../engine/engine.ts'
import type { EngineEvent, StepResult } from '../../engine/result.ts'
import { type PlainError, toPlainError } from '../../errors/plain-error.ts'
import type { ComposedPrompt } from '../../prompt/compose.ts'
import { formatAddress } from '../../run/address.ts'
import { kernelError } from '../../run/drafts.ts'
import { toPlainJson } from '../plain-json.ts'
import type { Session } from '../session.ts'
import { nextTurn } from '../turn.ts'
import type { Spent } from './call.ts'
import { commitInCall } from './commit-in-call.ts'
import { isChunk, parseEngineEvent, toDrafts } from './engine-event.ts'
import { keepSession } from './engine-session.ts'
import type { RunningCall } from './running-call.ts'
import { believable, believableUsage } from './spent.ts'

/** What of an engine's result is believed to be an answer. */
export type EngineAnswer = Pick<StepResult, 'output' | 'data' | 'handoff' | 'model'>

/** How one pass of an engine ended. */
export type EngineEnd = (Spent & { readonly result: EngineAnswer }) | (Spent & { readonly error: PlainError })

/** One pass of an engine. */
export interface EnginePass {
  readonly session: Session
  readonly call: RunningCall
  readonly engine: StepEngine
  readonly context: StepContext
  readonly composed: ComposedPrompt
}

const MODEL_CHARACTERS = 200

/** An engine may yield without end and wait for nothing: others have their turn in between. */
const EVENTS_IN_A_ROW = 32_768

/** Runs the generator to its end. */
export async function drive(pass: EnginePass): Promise<EngineEnd> {
  const { session, call, engine, context } = pass
  const spent: { usage?: Spent['usage']; costUsd?: Spent['costUsd'] } = {}
  const transcript = session.records.openTranscript(pass)
  const generator = engine.runStep(context)
  for (let events = 1; ; events += 1) {
    const next = await generator.next()
    if (events % EVENTS_IN_A_ROW === 0) await nextTurn()
    if (next.done === true) {
      const end = toEnd(next.value, spent)
      transcript.end('result' in end ? end.result.output : undefined)
      return end
    }
    call.timer?.touch()
    if (!session.calls.isCurrent(call)) return await leave(generator)
    const event: unknown = next.value
    if (isChunk(event)) session.broadcast.chunk(call.scope, event.text)
    else {
      const handled = handle(pass, event, spent)
      if (handled !== undefined) await handled
    }
  }
}

/** Nobody waits for the call any more: its `finally` blocks run, and nothing more is asked of it. */
async function leave(generator: ReturnType<StepEngine['runStep']>): Promise<EngineEnd> {
  await generator.return({ status: 'failed', output: '' })
  return { error: kernelError('aborted', 'The step had ended before its engine did.') }
}

function handle(
  pass: EnginePass,
  raw: unknown,
  spent: { usage?: Spent['usage']; costUsd?: Spent['costUsd'] },
): Promise<unknown> | undefined {
  const event = parseEngineEvent(raw)
  const { session, call } = pass
  if (event === undefined || isOutOfOrder(call, event)) {
    const message = `The engine yielded ${event === undefined ? 'something that is no event' : `a ${event.type} out of order`}; it is dropped.`
    return commitInCall(session, call, () => complain(pass, 'engine_event_invalid', message))
  }
  session.records.transcribe(call, event)
  if (event.type === 'usage') {
    spent.usage = believableUsage(event.usage)
    spent.costUsd = believable(event.costUsd)
    return undefined
  }
  if (event.type === 'retry_notice') {
    const { message, delayMs } = event
    const notice = {
      ...call.scope,
      runId: session.state.runId,
      ts: session.stamp(),
      after: session.state.lastSeq,
    }
    session.broadcast.transient(call.scope, {
      type: 'retry_notice',
      ...notice,
      message,
      ...(delayMs === undefined ? {} : { delayMs }),
    })
    return undefined
  }
  if (event.type === 'session') return keepSession(session, call, event.session)
  const drafts = toDrafts(call, event)
  if (drafts.length === 0) return undefined
  return commitInCall(session, call, () => {
    for (const draft of drafts) session.record(draft)
  })
}

/** Whether a tool starts that is in use, or ends that is not. */
function isOutOfOrder({ tools }: RunningCall, event: EngineEvent): boolean {
  if (event.type === 'tool_end') return !tools.delete(event.toolCallId)
  if (event.type !== 'tool_start') return false
  const isOpen = tools.has(event.toolCallId)
  tools.add(event.toolCallId)
  return isOpen
}

function complain({ session, call }: EnginePass, code: string, message: string): void {
  if (session.state.final !== undefined) return
  session.record({ type: 'diagnostic', code, message, address: formatAddress(call.scope) })
}

/** The end of a pass; anything but a result is the engine's failure. */
function toEnd(raw: unknown, sofar: { usage?: Spent['usage']; costUsd?: Spent['costUsd'] }): EngineEnd {
  if (typeof raw !== 'object' || raw === null) return { error: brokenResult('returned nothing') }
  const result: Partial<Record<keyof StepResult, unknown>> = raw
  const usage = result.usage === undefined ? sofar.usage : believableUsage(result.usage)
  const costUsd = result.costUsd === undefined ? sofar.costUsd : believable(result.costUsd)
  const spent: Spent = { usage, costUsd, unpriced: usage !== undefined && costUsd === undefined }
  if (result.status === 'failed')
    return { ...spent, error: toPlainError(result.error ?? brokenResult('failed without an error')) }
  if (result.status !== 'succeeded')
    return { ...spent, error: brokenResult(`returned status ${String(result.status).slice(0, 100)}`) }
  if (typeof result.output !== 'string')
    return { ...spent, error: brokenResult('returned an output that is no text') }
  return { ...spent, ...toResult(result.output, result) }
}

function toResult(
  output: string,
  result: Partial<Record<keyof StepResult, unknown>>,
): { readonly result: EngineAnswer } | { readonly error: PlainError } {
  try {
    const { model } = result
    const answer = {
      output,
      ...(result.data === undefined ? {} : { data: toPlainJson(result.data).value }),
      ...(typeof model === 'string' && model !== '' ? { model: model.slice(0, MODEL_CHARACTERS) } : {}),
    }
    if (result.handoff === undefined) return { result: answer }
    // toHandoff looks at every member before it believes it.
    const handoff = toPlainJson(result.handoff).value as NonNullable<StepResult['handoff']>
    return { result: { ...answer, handoff } }
  } catch (thrown) {
    return { error: toPlainError(thrown) }
  }
}

function brokenResult(what: string): PlainError {
  return kernelError('engine_contract', `The engine ${what}. runStep must return { status, output }.`)
}
