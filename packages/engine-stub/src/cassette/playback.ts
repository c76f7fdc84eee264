/**
 * My job: to do again what a recorded call did. People are asked again, in the same places, and what the call left in
 * the run is left again.
 *
 * Invariant: what people say otherwise than they did is no call that was recorded; it fails rather than go on.
 */
import {
  EngineError,
  type EngineEvent,
  type JsonObject,
  type StepContext,
  type StepResult,
  toPlainError,
} from '@batonjs/core'
import { type StubClock, unlessAborted, wait } from '../stub-clock.ts'
import type { Cassette, Deed, End } from './format.ts'
import { mapTexts, unmaskOf } from './mask.ts'
import { decisionOf } from './noting-context.ts'
import { requestName } from './recording.ts'

/** A cassette in the machine. */
export interface Playback {
  readonly cassette: Cassette
  /** For messages. */
  readonly path: string
  readonly context: StepContext
  readonly clock: StubClock
  /** Whether the time passes that passed then. */
  readonly isPaced: boolean
}

/** What people say, and the request of this run that they answer. */
interface Answered {
  readonly answer: JsonObject
  readonly requestId?: string
}

/** The requests that were made again. */
interface Requests {
  /** What becomes of each, by its number. */
  readonly made: Map<number, Promise<Answered>>
  /** The ids of this run, by the names in the cassette. */
  readonly ids: Map<string, string>
}

/** Longest time to wait for an abort that came when the call was recorded, beyond the time that it took then. */
const ABORT_GRACE_MS = 5_000

/** Plays a call. */
export async function* play(playback: Playback): AsyncGenerator<EngineEvent, StepResult, void> {
  const { cassette, context } = playback
  const requests: Requests = { made: new Map(), ids: new Map() }
  const unmask = unmaskOf(context)
  for (const masked of cassette.acts) {
    const act = mapTexts(masked, unmask.text)
    await pass(playback, act)
    if (act.kind === 'event') yield named(act.event, requests)
    else await perform(playback, act, requests)
  }
  await pass(playback, cassette.end)
  return await finish(playback, mapTexts(cassette.end, unmask.text))
}

/** Lets the time pass that passed before something. */
async function pass(
  { clock, isPaced, context }: Playback,
  { afterMs = 0 }: { readonly afterMs?: number },
): Promise<void> {
  context.signal.throwIfAborted()
  if (isPaced && afterMs > 0) await wait(clock, afterMs, context.signal)
}

/** A tool acts on the request as this run names it. */
function named(event: EngineEvent, { ids }: Requests): EngineEvent {
  if (event.type !== 'tool_start' || event.requestId === undefined) return event
  return { ...event, requestId: ids.get(event.requestId) ?? event.requestId }
}

async function perform(
  playback: Playback,
  deed: Exclude<Deed, { readonly kind: 'event' }>,
  requests: Requests,
): Promise<void> {
  const { context } = playback
  switch (deed.kind) {
    case 'approve':
    case 'ask':
      requests.made.set(deed.request, askAgain(context, deed))
      return
    case 'answer':
    case 'unanswered':
      return await compare(playback, deed, requests)
    case 'facts':
      return await context.facts.put(deed.facts)
    case 'record':
      return await context.record(deed.event)
    case 'artifact':
      return await context.artifacts[deed.way](deed.path, deed.content)
  }
}

function askAgain(
  context: StepContext,
  deed: Extract<Deed, { readonly kind: 'approve' | 'ask' }>,
): Promise<Answered> {
  const answered =
    deed.kind === 'ask'
      ? context.ask(deed.questions, deed.options).then((answer) => ({ answer }))
      : context
          .approve(deed.action, deed.options)
          .then((decision) => ({ answer: decisionOf(decision), requestId: decision.requestId }))
  // Whoever waits for it is told.
  answered.catch(() => {})
  return answered
}

/** Waits for people where the recorded call did. */
async function compare(
  { context, path }: Playback,
  recorded: Extract<Deed, { readonly kind: 'answer' | 'unanswered' }>,
  { made, ids }: Requests,
): Promise<void> {
  const { request } = recorded
  const was = recorded.kind === 'answer' ? show(recorded.answer) : recorded.code
  const nothing: Answered = { answer: {} }
  const asked = made.get(request) ?? Promise.resolve(nothing)
  const now = await unlessAborted(asked, context.signal).then(
    ({ answer, requestId }) => {
      if (requestId !== undefined) ids.set(requestName(request), requestId)
      return show(answer)
    },
    (thrown) => {
      context.signal.throwIfAborted()
      return toPlainError(thrown).code
    },
  )
  if (was === now) return
  const message = `Request ${request} of cassette ${path} was answered otherwise:\n- ${was}\n+ ${now}\nAnswer it as it was, or record the call again.`
  throw new EngineError(message, { code: 'cassette_mismatch', details: { path, recorded: was, now } })
}

/** Members in their order, for answers may be typed by hand. */
function show(answer: JsonObject): string {
  return JSON.stringify(Object.fromEntries(Object.entries(answer).sort()))
}

async function finish(playback: Playback, end: End): Promise<StepResult> {
  switch (end.kind) {
    case 'result':
      return end.result
    case 'error': {
      const { message, ...error } = end.error
      throw new EngineError(message, error)
    }
    case 'aborted':
      return await waitForAbort(playback)
  }
}

/** The recorded call was cut off here: by a timeout, a lost race, a stop. What did that then does it again. */
async function waitForAbort({ cassette, context, clock, path }: Playback): Promise<never> {
  const ms = [...cassette.acts, cassette.end].reduce((sum, { afterMs = 0 }) => sum + afterMs, ABORT_GRACE_MS)
  await wait(clock, ms, context.signal)
  const message = `Cassette ${path} ends where its call was cut off from outside, and nothing cuts this one off. Record the call again.`
  throw new EngineError(message, { code: 'cassette_mismatch' })
}
