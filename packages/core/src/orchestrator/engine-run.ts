/**
 * My job: to drive an engine's generator and to make sense of whatever it yields and returns.
 *
 * Invariants:
 * 1. A tool start and a session are durable before the engine goes on (rules H4 and S5).
 * 2. What is malformed is dropped and told as a diagnostic; it never reaches the record.
 */

import type { StepContext } from '../engine/context.ts'
import type { StepEngine } from '../engine/engine.ts'
import type { EngineEvent, StepResult } from '../engine/result.ts'
import { type PlainError, toPlainError } from '../errors/plain-error.ts'
import type { EventDraft } from '../events/swarm-event.ts'
import type { JsonValue } from '../flow/json.ts'
import type { ComposedPrompt } from '../prompt/compose.ts'
import { formatAddress } from '../run/address.ts'
import { kernelError } from '../run/drafts.ts'
import type { Spent } from './call.ts'
import { commitInCall } from './call-context.ts'
import type { Call } from './call-registry.ts'
import { toPlainJson } from './plain-json.ts'
import type { Session } from './session.ts'
import { believable, believableUsage } from './spent.ts'

/** How one pass of an engine ended. */
export type EngineEnd =
  | (Spent & { readonly result: Pick<StepResult, 'output' | 'data' | 'handoff'> })
  | (Spent & { readonly error: PlainError })

/** One pass of an engine. */
export interface EnginePass {
  readonly session: Session
  readonly call: Call
  readonly engine: StepEngine
  readonly context: StepContext
  readonly composed: ComposedPrompt
}

const TOOL_CHARACTERS = 4_096

/** Runs the generator to its end. */
export async function drive(pass: EnginePass): Promise<EngineEnd> {
  const { session, call, engine, context } = pass
  const spent: { usage?: Spent['usage']; costUsd?: Spent['costUsd'] } = {}
  const transcript = session.records.openTranscript(pass)
  const generator = engine.runStep(context)
  for (;;) {
    const next = await generator.next()
    if (next.done === true) {
      const end = toEnd(next.value, spent)
      transcript.end('result' in end ? end.result.output : undefined)
      return end
    }
    call.timer?.touch()
    if (!session.calls.isCurrent(call)) continue
    const event: unknown = next.value
    if (isChunk(event)) session.broadcast.chunk(call.scope, event.text)
    else {
      const handled = handle(pass, event, spent)
      if (handled !== undefined) await handled
    }
  }
}

function isChunk(event: unknown): event is { readonly type: 'token_chunk'; readonly text: string } {
  return (
    typeof event === 'object' &&
    event !== null &&
    'type' in event &&
    event.type === 'token_chunk' &&
    'text' in event &&
    typeof event.text === 'string'
  )
}

function handle(
  pass: EnginePass,
  raw: unknown,
  spent: { usage?: Spent['usage']; costUsd?: Spent['costUsd'] },
): Promise<unknown> | undefined {
  const event = parseEngineEvent(raw)
  const { session, call } = pass
  if (event === undefined) {
    session.enqueue(() =>
      complain(pass, 'engine_event_invalid', 'The engine yielded something that is no event.'),
    )
    return undefined
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
    session.broadcast.transient({
      type: 'retry_notice',
      ...notice,
      message,
      ...(delayMs === undefined ? {} : { delayMs }),
    })
    return undefined
  }
  const draft = toDraft(call, event)
  return draft === undefined ? undefined : commitInCall(session, call, () => session.record(draft))
}

function complain({ session, call }: EnginePass, code: string, message: string): void {
  if (session.state.final !== undefined) return
  session.record({ type: 'diagnostic', code, message, address: formatAddress(call.scope) })
}

const NAMES: ReadonlySet<unknown> = new Set<EngineEvent['type']>([
  'message',
  'tool_start',
  'tool_end',
  'file_changes',
  'usage',
  'session',
  'retry_notice',
])

/** An event with its promised members, as a copy that shares nothing with the engine. */
function parseEngineEvent(raw: unknown): EngineEvent | undefined {
  try {
    const { value } = toPlainJson(raw)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const event: Readonly<Record<string, JsonValue>> = value as Record<string, JsonValue>
    return NAMES.has(event.type) && hasMembers(event) ? (event as unknown as EngineEvent) : undefined
  } catch {
    return undefined
  }
}

function hasMembers(event: Readonly<Record<string, JsonValue>>): boolean {
  switch (event.type) {
    case 'message':
      return typeof event.content === 'string' && typeof event.role === 'string'
    case 'tool_start':
      return typeof event.toolCallId === 'string' && typeof event.tool === 'string'
    case 'tool_end':
      return (
        typeof event.toolCallId === 'string' &&
        typeof event.tool === 'string' &&
        typeof event.success === 'boolean'
      )
    case 'file_changes':
      return Array.isArray(event.files)
    case 'retry_notice':
      return typeof event.message === 'string'
    case 'session':
      return event.session !== undefined
    default:
      return true
  }
}

function toDraft({ scope }: Call, event: EngineEvent): EventDraft | undefined {
  switch (event.type) {
    case 'tool_start':
      return { ...scope, ...event, ...clipMember('input', event.input) }
    case 'tool_end':
      return { ...scope, ...event, ...clipMember('output', event.output) }
    case 'file_changes':
      return { ...scope, type: 'file_changes', files: event.files }
    case 'session':
      return { ...scope, type: 'step_session', session: event.session }
    default:
      return undefined
  }
}

/** A long member becomes the beginning of its JSON: the transcript has it whole. */
function clipMember(
  name: 'input' | 'output',
  value: JsonValue | undefined,
): { input?: JsonValue; output?: JsonValue } {
  if (value === undefined) return {}
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (text.length <= TOOL_CHARACTERS) return { [name]: value }
  return { [name]: `${text.slice(0, TOOL_CHARACTERS)}... (truncated)` }
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
    return { ...spent, error: brokenResult(`returned status ${String(result.status)}`) }
  if (typeof result.output !== 'string')
    return { ...spent, error: brokenResult('returned an output that is no text') }
  return { ...spent, ...toResult(result.output, result) }
}

function toResult(
  output: string,
  result: Partial<Record<keyof StepResult, unknown>>,
): { readonly result: Pick<StepResult, 'output' | 'data' | 'handoff'> } | { readonly error: PlainError } {
  try {
    const data = result.data === undefined ? {} : { data: toPlainJson(result.data).value }
    // toHandoff looks at every member before it believes it.
    const handoff =
      result.handoff === undefined
        ? {}
        : { handoff: toPlainJson(result.handoff).value as NonNullable<StepResult['handoff']> }
    return { result: { output, ...data, ...handoff } }
  } catch (thrown) {
    return { error: toPlainError(thrown) }
  }
}

function brokenResult(what: string): PlainError {
  return kernelError('engine_contract', `The engine ${what}. runStep must return { status, output }.`)
}
