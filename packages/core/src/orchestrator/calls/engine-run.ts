/**
 * My job: to drive an engine's generator and to make sense of whatever it yields and returns.
 *
 * Invariants:
 * 1. A tool start and a session are durable before the engine goes on (rules H4 and S5).
 * 2. What is malformed is dropped and told as a diagnostic; it never reaches the record.
 */

import type { StepContext } from '../../engine/context.ts'
import type { StepEngine } from '../../engine/engine.ts'
import type { EngineEvent } from '../../engine/result.ts'
import type { PlainError } from '../../errors/plain-error.ts'
import type { EventDraft } from '../../events/swarm-event.ts'
import { show } from '../../input/value.ts'
import type { ComposedPrompt } from '../../prompt/compose.ts'
import { kernelError } from '../../run/drafts.ts'
import type { Session } from '../session.ts'
import { nextTurn } from '../turn.ts'
import { commitInCall } from './commit-in-call.ts'
import { isChunk, readEngineEvent, toDrafts } from './engine-event.ts'
import { type EngineEnd, readStepResult } from './engine-result.ts'
import { keepSession, loseSession } from './engine-session.ts'
import { abortOverspent } from './remaining-budget.ts'
import type { RunningCall } from './running-call.ts'
import { believableSpent } from './spent.ts'
import { StreamedText } from './streamed-text.ts'
import { disorderOf, misuseOf } from './tool-calls.ts'

/** One pass of an engine. */
export interface EnginePass {
  readonly session: Session
  readonly call: RunningCall
  readonly engine: StepEngine
  readonly context: StepContext
  readonly composed: ComposedPrompt
}

/** An engine may yield without end and wait for nothing: others have their turn in between. */
const EVENTS_IN_A_ROW = 32_768

/** Runs the generator to its end. */
export async function drive(pass: EnginePass): Promise<EngineEnd> {
  const { session, call } = pass
  call.beginPass()
  const transcript = session.records.openTranscript(pass)
  const begun = begin(pass)
  if ('error' in begun) return begun
  const text = new StreamedText(session, call, transcript)
  let answer: string | undefined
  try {
    const end = await follow(pass, begun.generator, text)
    if ('result' in end) answer = end.result.output
    return end
  } finally {
    text.end()
    transcript.end(answer)
  }
}

/** Whether it is more than a word about trying again. */
function isWork(event: unknown): boolean {
  return typeof event === 'object' && event !== null && Reflect.get(event, 'type') !== 'retry_notice'
}

type Generator = ReturnType<StepEngine['runStep']>

async function follow(pass: EnginePass, generator: Generator, text: StreamedText): Promise<EngineEnd> {
  const { session, call } = pass
  const { secrets } = session.host
  for (let events = 1; ; events += 1) {
    const next = await generator.next()
    if (events % EVENTS_IN_A_ROW === 0) await nextTurn()
    if (next.done === true) {
      const { end, spent, problems } = readStepResult(next.value, { told: call.told, secrets })
      call.tell(spent)
      for (const problem of problems) call.complaints.tellLater('engine_result_invalid', problem)
      return end
    }
    call.timer?.touch()
    call.hasSpoken ||= isWork(next.value)
    if (!session.calls.isCurrent(call)) return await leave(generator)
    const event: unknown = next.value
    const handled = isChunk(event) ? text.push(event.text) : handle(pass, event)
    if (handled !== undefined) await handled.catch((thrown) => giveBack(generator, thrown))
  }
}

/** Begins the engine's generator; anything else that it gives breaks the port. */
function begin({
  session,
  engine,
  context,
}: EnginePass): { readonly generator: Generator } | { readonly error: PlainError } {
  const given: unknown = engine.runStep(context)
  // All that is used of a generator: `next` is asked for here, `return` when nobody waits any more.
  if (typeof Reflect.get(Object(given), 'next') === 'function') return { generator: given as Generator }
  Promise.resolve(given).catch(() => {})
  const what = given instanceof Promise ? 'a promise' : show(session.host.secrets.copy(given))
  const message = `runStep of engine "${engine.id}" gave ${what} instead of a generator. Write it as "async *runStep(context)".`
  return { error: kernelError('engine_contract', message) }
}

/** Nobody waits for the call any more: its `finally` blocks run, and nothing more is asked of it. */
async function leave(generator: Generator): Promise<EngineEnd> {
  await generator.return({ status: 'failed', output: '' })
  return { error: kernelError('aborted', 'The step had ended before its engine did.') }
}

/** What it says could not be recorded: its `finally` blocks run all the same. */
async function giveBack(generator: Generator, thrown: unknown): Promise<never> {
  await generator.return({ status: 'failed', output: '' })
  throw thrown
}

function handle(pass: EnginePass, raw: unknown): Promise<unknown> | undefined {
  const { session, call } = pass
  const { secrets } = session.host
  const { event, problems } = readEngineEvent(raw, secrets)
  if (event?.type === 'session' && secrets.holds(raw)) return loseSession(session, call)
  const disorder = event === undefined ? undefined : disorderOf(call, event)
  const taken = disorder === undefined ? event : undefined
  if (problems.length === 0 && disorder === undefined)
    return taken === undefined ? undefined : take(pass, taken)
  const what = taken === undefined ? 'The event is dropped.' : 'That part is dropped.'
  const complaints = [...problems, ...(disorder === undefined ? [] : [disorder])].flatMap(
    ({ path, message }) =>
      call.complaints.tellFirst('engine_event_invalid', { path, message: `${message} ${what}` }) ?? [],
  )
  const goOn = (): Promise<unknown> | undefined => (taken === undefined ? undefined : take(pass, taken))
  if (complaints.length === 0) return goOn()
  return commitInCall(session, call, () => recordAll(session, complaints)).then(goOn)
}

/** Takes an event in: the transcript has it, and then what has become of it. */
function take(pass: EnginePass, event: EngineEvent): Promise<unknown> | undefined {
  const room = pass.session.records.transcribe(pass.call, event)
  const taken = record(pass, event)
  return room === undefined ? taken : Promise.all([room, taken])
}

function record({ session, call }: EnginePass, event: EngineEvent): Promise<unknown> | undefined {
  switch (event.type) {
    case 'usage':
      call.tell(believableSpent(event.usage, event.costUsd))
      abortOverspent(call)
      return undefined
    case 'retry_notice':
      return notify(session, call, event)
    case 'session':
      return keepSession(session, call, event.session)
    case 'tool_start':
      return commitInCall(session, call, () => startTool(session, call, event))
    default: {
      const drafts = toDrafts(call, event)
      if (drafts.length === 0) return undefined
      return commitInCall(session, call, () => recordAll(session, drafts))
    }
  }
}

function notify(
  session: Session,
  call: RunningCall,
  { message, delayMs }: Extract<EngineEvent, { readonly type: 'retry_notice' }>,
): undefined {
  session.broadcast.transient(call.scope, {
    type: 'retry_notice',
    ...call.scope,
    runId: session.state.runId,
    ts: session.stamp(),
    after: session.state.lastSeq,
    message,
    ...(delayMs === undefined ? {} : { delayMs }),
  })
}

/** A request that does not allow the tool is not named by its start. */
function startTool(
  session: Session,
  call: RunningCall,
  event: Extract<EngineEvent, { readonly type: 'tool_start' }>,
): void {
  const misuse = misuseOf(session.state, call, event)
  if (misuse === undefined) return recordAll(session, toDrafts(call, event))
  const { requestId: _, ...unnamed } = event
  const complaint = call.complaints.tellFirst('tool_request_invalid', misuse)
  recordAll(session, [...(complaint === undefined ? [] : [complaint]), ...toDrafts(call, unnamed)])
}

function recordAll(session: Session, drafts: readonly EventDraft[]): void {
  for (const draft of drafts) session.record(draft)
}
